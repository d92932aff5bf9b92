import { errorPage } from "../error-page.ts";
import { LonghaulError } from "../errors.ts";
import type { RunPhase } from "../state/run-status.ts";
import type { BeginRefusal, EndReason } from "../state/run-store.ts";
import type { StopReason } from "./guards.ts";

/** The outcome of one invocation of a recursive handler. */
export type Outcome<Result = unknown> = {
  readonly run: string;
  readonly hop: number;
  /** For people: `to be continued from [...]`, `all done`, or why it ended. */
  readonly message: string;
} & (
  | {
      /** Handed off; the run continues in the next hop. */
      readonly status: "continued";
      /** The next hop's event, where the caller is to invoke again (`callerDriver`). */
      readonly continuation?: Record<string, unknown>;
    }
  | {
      /** The run sleeps; its next hop begins at `wakeAt` or later. */
      readonly status: "sleeping";
      /** In ISO 8601, as a `Wait` state of Step Functions takes it. */
      readonly wakeAt: string;
      /** The next hop's event, where the caller is to wait and invoke again (`callerDriver`). */
      readonly continuation?: Record<string, unknown>;
    }
  | {
      /** The run is complete. Its result is as JSON carries it: a `Date` is a text. */ readonly status: "done";
      readonly result: Result;
    }
  | {
      /** A guard or a request ended the run. `paused`: it can go on as it is once the cause is mended. */
      readonly status: "stopped" | "paused";
      readonly reason: StopReason;
    }
  | {
      /** The run ended by an error that trying again cannot help, or failed too often. */
      readonly status: "failed";
      readonly reason: EndReason;
    }
  | {
      /** This invocation was not the run's: nothing was done. `fenced`: it lost the run while it ran. */
      readonly status: "duplicate";
      readonly refusal: BeginRefusal | "fenced";
      /** The phase of the run, if it has a record. */
      readonly phase?: RunPhase;
      /** Why it ended, if it did. */
      readonly reason?: EndReason;
    }
);

/**
 * The run failed; its record says why, and keeps its event and state. Thrown where an invocation that fails brings its event
 * to a dead letter, see {@link HandOffDriver.hasDeadLetter}.
 */
export class RunFailedError extends LonghaulError {
  override readonly isPermanent = true;
  /** The page of the guard's code; for an error, whose code may be yours, that of `RUN_FAILED`. */
  override readonly helpUrl: string;

  constructor(run: string, { code, message, name }: EndReason) {
    super(code, `Run ${run} failed: ${message}`);
    this.helpUrl = errorPage(name === undefined ? code : "RUN_FAILED");
    // Lambda reports a failure by the name of its error, and that of the cause says more.
    if (name !== undefined) this.name = name;
  }
}

/**
 * A guard ended the run and there is no RunStore to keep its state: the invocation fails, so that the platform's
 * on-failure destination or DLQ has the event, from which the run can be continued.
 */
export class RunStoppedError extends LonghaulError {
  /** Which guard, and why. */
  readonly reason: StopReason;

  constructor(run: string, reason: StopReason) {
    super(reason.code, `Run ${run} was stopped: ${reason.message}`);
    this.reason = reason;
  }
}
