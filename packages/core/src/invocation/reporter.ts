import type { Hop } from "../hop.ts";
import type { Host } from "../host.ts";
import { errorFields, notify } from "../observe/notify.ts";
import type { Observer, RunEvent, RunEventBase } from "../observe/observer.ts";
import type { Outcome } from "../recursion/outcome.ts";

type EventOf<Message> = Message extends RunEvent ? Omit<Message, Exclude<keyof RunEventBase, "type">> : never;

type WithoutPlace<Answer> = Answer extends { readonly status: string } ? Omit<Answer, "run" | "hop"> : never;

/** The part of the invocation that a {@link Reporter} needs. */
interface ReporterParts {
  readonly settings: { readonly host: Host; readonly observers: readonly Observer[] };
  readonly remainingMs: () => number;
  readonly windowMs: number;
  /** The `traceparent` of the run's event. */
  readonly traceparent?: string | undefined;
}

/** The part of a hop that its events show. */
type ReportedHop = Pick<Hop<unknown>, "run" | "number" | "steps" | "progress">;

/** Reports what happens in a hop to its observers and to the caller. */
export class Reporter<Result> {
  readonly #parts: ReporterParts;
  readonly #hop: ReportedHop;
  readonly #told: Set<unknown>;

  constructor(parts: ReporterParts, hop: ReportedHop, told = new Set<unknown>()) {
    this.#parts = parts;
    this.#hop = hop;
    this.#told = told;
  }

  /** The reporter of a hop that has begun; an error that was reported stays reported. */
  of(hop: ReportedHop): Reporter<Result> {
    return new Reporter(this.#parts, hop, this.#told);
  }

  emit(event: EventOf<RunEvent>): void {
    const { settings, remainingMs, windowMs, traceparent } = this.#parts;
    const { run, number, steps, progress } = this.#hop;
    const at = settings.host.now();
    const base = { run, hop: number, at, steps, remainingMs: remainingMs(), windowMs, progress };
    notify(settings.observers, { ...base, ...(traceparent !== undefined && { traceparent }), ...event } as RunEvent);
  }

  /** Reports an error, once. */
  error(error: unknown): void {
    if (this.#told.has(error)) return;
    this.#told.add(error);
    this.emit({ type: "error", ...errorFields(error) });
  }

  outcome(rest: WithoutPlace<Outcome<Result>>): Outcome<Result> {
    return { run: this.#hop.run, hop: this.#hop.number, ...rest } as Outcome<Result>;
  }
}
