import { LonghaulError } from "../errors.ts";
import type { BeginRefusal } from "../state/run-store.ts";
import type { StopReason } from "./guards.ts";

/** What one invocation of a recursive handler came to. */
export type Outcome<Result = unknown> = {
  readonly run: string;
  readonly hop: number;
  /** For people: `to be continued from [...]`, `all done`, or why it ended. */
  readonly message: string;
} & (
  | {
      /** Handed off; the run goes on in the next hop. */
      readonly status: "continued";
      /** The next hop's event, where the caller is to invoke again (`callerDriver`). */
      readonly continuation?: Record<string, unknown>;
    }
  | { /** The run is complete. */ readonly status: "done"; readonly result: Result }
  | { /** A guard or a request ended the run. */ readonly status: "stopped"; readonly reason: StopReason }
  | {
      /** This invocation was not the run's: nothing was done. `fenced`: it lost the run while it ran. */
      readonly status: "duplicate";
      readonly refusal: BeginRefusal | "fenced";
    }
);

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

/** A state as it is shown in a message: short, on one line. */
export function excerpt(json: string): string {
  return json.length > 120 ? `${json.slice(0, 117)}...` : json;
}
