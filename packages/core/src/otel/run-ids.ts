import { randomBytes } from "node:crypto";

/** The ids that a span is to have. */
export interface SpanIds {
  readonly traceId: string;
  readonly spanId: string;
}

/**
 * The generator of ids for the tracer provider: random, but for the spans of runs, whose ids follow from the run. Without it
 * the hops of a run could not refer to each other's spans.
 *
 * @example `new TracerProvider({ idGenerator: new RunIds(), spanProcessors })`
 */
export class RunIds {
  #next: SpanIds | undefined;

  generateTraceId(): string {
    return this.#next?.traceId ?? randomBytes(16).toString("hex");
  }

  generateSpanId(): string {
    return this.#next?.spanId ?? randomBytes(8).toString("hex");
  }

  /** Makes a span that has these ids. */
  give<Made>(ids: SpanIds, make: () => Made): Made {
    this.#next = ids;
    try {
      return make();
    } finally {
      this.#next = undefined;
    }
  }
}
