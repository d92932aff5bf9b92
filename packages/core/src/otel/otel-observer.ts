import {
  type Attributes,
  type Context,
  context,
  diag,
  type HrTime,
  type Meter,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { ConfigError } from "../errors.ts";
import type { Observer, RunEvent } from "../observe/observer.ts";
import type { RunIds } from "./run-ids.ts";
import { RunMetrics } from "./run-metrics.ts";
import { contextOf, type SpanPlace, spanContextOf, traceIdOf } from "./run-trace.ts";

/** Options of {@link otelObserver}. */
export interface OtelOptions {
  /** The tracer of a provider whose `idGenerator` is {@link OtelOptions.ids}. */
  readonly tracer: Tracer;
  /** The generator of ids that the provider has. */
  readonly ids: RunIds;
  /** The meter for metrics. Default: none are made. */
  readonly meter?: Meter;
  /**
   * Name of the count of `progress()` that the metric `longhaul.items` grows by. It has to count from the beginning of the run, and
   * later hops need a RunStore, whose record has it. Default `records`.
   */
  readonly items?: string;
  /**
   * Whether a run continues the trace of its event's `traceparent`, as a child of that span. Whether it is traced is then decided
   * there. Default `false`: a run has a trace of its own, whose root links to that span.
   */
  readonly continuesTrace?: boolean;
  /** Share of the runs that are traced, from 0 to 1. The run's id decides, so all its hops are traced, or none. Default 1. */
  readonly sampleRatio?: number;
}

type HopStart = Extract<RunEvent, { readonly type: "hop.start" }>;

/**
 * One trace for each run, while it still runs. The ids of the trace, of its root span and of each hand-off follow from the run
 * and the hop. So no span is kept open between hops, and each hop links to the hand-off that began it, whatever the driver.
 * The trace has a span `run`, a span for each attempt of each hop, and one for each hand-off.
 *
 * Nobody waits for an observer: let {@link flushed} export what was recorded before the environment is frozen.
 *
 * @example
 * ```ts
 * const ids = new RunIds();
 * const provider = new TracerProvider({ idGenerator: ids, spanProcessors: [new BatchSpanProcessor({ exporter })] });
 * const observer = otelObserver({ tracer: provider.getTracer("orders"), ids });
 * export const handler = flushed(recursive({ start, run, observers: [observer] }), provider);
 * ```
 * @throws {@link ConfigError} for a `sampleRatio` that is no share.
 */
export function otelObserver({
  tracer,
  ids,
  meter,
  items = "records",
  continuesTrace = false,
  sampleRatio = 1,
}: OtelOptions): Observer {
  if (typeof sampleRatio !== "number" || !(sampleRatio >= 0 && sampleRatio <= 1)) {
    throw new ConfigError(`sampleRatio must be from 0 to 1, not ${JSON.stringify(sampleRatio)}.`);
  }
  const spans = new RunSpans(tracer, ids, continuesTrace);
  const metrics = meter && new RunMetrics(meter, items);
  const live = new Map<string, Span>();
  // The first 32 bits of the trace's id are as good as a random number.
  const isChosen = (run: string) => Number.parseInt(traceIdOf(run).slice(0, 8), 16) < sampleRatio * 2 ** 32;
  const isTraced = (event: RunEvent) => {
    const parent = spans.parentOf(event);
    return parent ? (parent.traceFlags & TraceFlags.SAMPLED) !== 0 : isChosen(event.run);
  };
  return {
    observe(event) {
      const key = JSON.stringify([event.run, event.hop]);
      switch (event.type) {
        case "hop.start":
          if (isTraced(event)) live.set(key, spans.begun(event));
          metrics?.begun(event);
          break;
        case "step":
          break;
        case "checkpoint":
          live
            .get(key)
            ?.addEvent(
              "checkpoint",
              { "longhaul.durable": event.isDurable, "longhaul.steps": event.steps },
              timeOf(event.at),
            );
          break;
        default: {
          metrics?.ended(event);
          // Refused before it began; one that was overtaken at work is "fenced".
          if (event.type === "duplicate" && event.refusal !== "fenced") {
            if (isTraced(event)) spans.refused(event);
            break;
          }
          const span = live.get(key);
          live.delete(key);
          if (span) spans.ended(span, event);
        }
      }
    },
  };
}

/** Makes the spans of runs. */
class RunSpans {
  readonly #tracer: Tracer;
  readonly #ids: RunIds;
  readonly #continuesTrace: boolean;
  #hasWarned = false;

  constructor(tracer: Tracer, ids: RunIds, continuesTrace: boolean) {
    this.#tracer = tracer;
    this.#ids = ids;
    this.#continuesTrace = continuesTrace;
  }

  /** The parent of the run's root, in whose trace the run is. */
  parentOf({ traceparent }: RunEvent): SpanContext | undefined {
    return this.#continuesTrace ? spanContextOf(traceparent) : undefined;
  }

  begun(event: HopStart): Span {
    const { hop, attempt, at } = event;
    if (hop === 0) this.#begins(event);
    const options = {
      kind: SpanKind.CONSUMER,
      startTime: timeOf(at),
      links: hop === 0 ? [] : [{ context: this.#contextOf(event, { handOffOf: hop - 1 }) }],
      attributes: {
        ...placeOf(event),
        "longhaul.attempt": attempt,
        "longhaul.reserve_ms": event.reserveMs,
        "longhaul.window_ms": event.windowMs,
      },
    };
    return this.#tracer.startSpan(`hop ${hop}`, options, this.#inRun(event));
  }

  ended(span: Span, event: RunEvent): void {
    span.setAttributes({ "longhaul.end": event.type, "longhaul.steps": event.steps });
    for (const [name, count] of Object.entries(event.progress)) span.setAttribute(`longhaul.progress.${name}`, count);
    if (event.type === "handoff") this.#handedOff(span, event);
    if (event.type === "duplicate") span.setAttribute("longhaul.refusal", event.refusal);
    if (event.type === "stopped") span.setAttributes({ "longhaul.end": event.phase, "longhaul.code": event.code });
    if (event.type === "error" || (event.type === "stopped" && event.phase === "failed")) {
      span.recordException({ name: event.code, message: event.message }, timeOf(event.at));
      span.setStatus({ code: SpanStatusCode.ERROR, message: `${event.code}: ${event.message}` });
    }
    span.end(timeOf(event.at));
  }

  /** The span of an event that came twice, or late. */
  refused(event: Extract<RunEvent, { readonly type: "duplicate" }>): void {
    const attributes = { ...placeOf(event), "longhaul.refusal": event.refusal };
    const options = { kind: SpanKind.CONSUMER, startTime: timeOf(event.at), attributes };
    this.#tracer.startSpan(`duplicate of hop ${event.hop}`, options, this.#inRun(event)).end(timeOf(event.at));
  }

  /** The root of the trace: it has no length, so it is exported with the first hop. */
  #begins(event: HopStart): void {
    const { run, startedAt, traceparent } = event;
    const parent = this.parentOf(event);
    // A cause that is not the parent is in a trace of its own.
    const causes = [trace.getSpanContext(context.active()), parent ? undefined : spanContextOf(traceparent)];
    const links = causes.flatMap((cause) => (cause ? [{ context: cause }] : []));
    const options = { startTime: timeOf(startedAt), links, attributes: { "longhaul.run": run } };
    const within = parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
    this.#known(event, "run", () => this.#tracer.startSpan("run", options, within)).end(timeOf(startedAt));
  }

  #handedOff(hop: Span, event: Extract<RunEvent, { readonly type: "handoff" }>): void {
    hop.setAttributes({ "longhaul.cause": event.cause, "longhaul.remaining_ms": event.remainingMs });
    const options = {
      kind: SpanKind.PRODUCER,
      startTime: timeOf(event.at - event.durationMs),
      attributes: { ...placeOf(event), "longhaul.driver": event.driver, "longhaul.event_bytes": event.bytes },
    };
    const within = trace.setSpan(ROOT_CONTEXT, hop);
    const make = () => this.#tracer.startSpan("hand-off", options, within);
    this.#known(event, { handOffOf: event.hop }, make).end(timeOf(event.at));
  }

  /** Makes a span to which other processes refer. */
  #known(event: RunEvent, place: SpanPlace, make: () => Span): Span {
    const { traceId, spanId } = this.#contextOf(event, place);
    const span = this.#ids.give({ traceId, spanId }, make);
    if (span.spanContext().spanId !== spanId && !this.#hasWarned) {
      this.#hasWarned = true;
      diag.warn("The spans of a run cannot find each other: give the tracer provider the same RunIds as idGenerator.");
    }
    return span;
  }

  #contextOf(event: RunEvent, place: SpanPlace): SpanContext {
    return contextOf(this.parentOf(event)?.traceId ?? traceIdOf(event.run), event.run, place);
  }

  /** The context in which the spans of a run are made. */
  #inRun(event: RunEvent): Context {
    return trace.setSpanContext(ROOT_CONTEXT, this.#contextOf(event, "run"));
  }
}

function placeOf({ run, hop }: RunEvent): Attributes {
  return { "longhaul.run": run, "longhaul.hop": hop };
}

/** A number alone would be taken for one of `performance.now()` if it is small. */
function timeOf(epochMs: number): HrTime {
  const seconds = Math.floor(epochMs / 1_000);
  return [seconds, Math.round((epochMs - 1_000 * seconds) * 1e6)];
}
