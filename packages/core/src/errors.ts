import { errorPage } from "./error-page.ts";

/** Options of every {@link LonghaulError}: the error that caused it, if any. */
export interface LonghaulErrorOptions {
  readonly cause?: unknown;
}

/**
 * Base of every error Longhaul throws. `code` is stable across versions and is what programs should compare;
 * `message` is for people and says what happened, where, and what to do.
 *
 * @example
 * ```ts
 * try { await handler(event, context); }
 * catch (error) { if (error instanceof LonghaulError && error.code === "STATE_TOO_LARGE") configureSpill(); }
 * ```
 */
export class LonghaulError extends Error {
  /** Stable, upper-case name of the cause. */
  readonly code: string;
  /** Address of the page that says what happened, why, and what to do. Shown wherever the error is printed. */
  readonly helpUrl: string;
  /** Whether trying again cannot help, so that the run ends as failed at once. `false` unless the class says otherwise. */
  readonly isPermanent: boolean = false;

  constructor(code: string, message: string, options?: LonghaulErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
    this.helpUrl = errorPage(code);
  }
}

/** An option that cannot work. Thrown when the handler is built, or at the first event if it depends on the timeout. */
export class ConfigError extends LonghaulError {
  constructor(message: string, options?: LonghaulErrorOptions) {
    super("CONFIG", message, options);
  }
}

/** Options of a {@link FailRunError}. */
export interface FailRunErrorOptions extends LonghaulErrorOptions {
  /** Stable name of the cause, for the run's record and the dead letter. Default `"RUN_FAILED"`. */
  readonly code?: string;
}

/**
 * Ends the run as failed: thrown by `start` or `run` where trying again cannot help. Its code and message go into the
 * run's record. Any other error is retried.
 *
 * @example
 * ```ts
 * if (!order) throw new FailRunError(`There is no order ${id}.`, { code: "NO_ORDER" });
 * ```
 */
export class FailRunError extends LonghaulError {
  override readonly isPermanent = true;
  /** A code of your own has no page of ours. */
  override readonly helpUrl = errorPage("RUN_FAILED");

  constructor(message: string, options: FailRunErrorOptions = {}) {
    const { code = "RUN_FAILED", ...rest } = options;
    super(code, message, rest);
  }
}

/** Whether an error ends its run: {@link FailRunError} and the permanent errors of this library. */
export function isPermanent(error: unknown): error is LonghaulError {
  // By its property: a bundle may hold this class twice.
  return error instanceof Error && (error as { isPermanent?: unknown }).isPermanent === true;
}

/** The event is not one this handler can begin or continue from: not an object, a damaged or newer envelope. */
export class EventError extends LonghaulError {
  override readonly isPermanent = true;

  constructor(message: string, options?: LonghaulErrorOptions) {
    super("EVENT", message, options);
  }
}

/** The state cannot be used: not JSON, refused by the schema, or of a version this code cannot migrate. */
export class StateError extends LonghaulError {
  override readonly isPermanent = true;
  /** Where in the state the fault is, as `state.a[3].b`. */
  readonly path: string;

  constructor(path: string, message: string, options?: LonghaulErrorOptions) {
    super("STATE", `${path}: ${message}`, options);
    this.path = path;
  }
}

/** The state does not fit into its place beside what else the place holds, and no spill is configured. */
export class StateTooLargeError extends LonghaulError {
  override readonly isPermanent = true;
  /** Size of the state in its place (for an event: of the event with it), in bytes of UTF-8. */
  readonly bytes: number;
  /** The largest size that fits, in bytes. */
  readonly maxBytes: number;

  constructor(bytes: number, maxBytes: number, channel: string) {
    super(
      "STATE_TOO_LARGE",
      `The state makes ${bytes} bytes, and ${channel} has room for ${maxBytes}. Keep less in the state, or configure spill (s3Spill).`,
    );
    this.bytes = bytes;
    this.maxBytes = maxBytes;
  }
}

/** The event is larger than the run store or the hand-off channel takes, even without a state. */
export class EventTooLargeError extends LonghaulError {
  override readonly isPermanent = true;
  /** Size of the event, in bytes of UTF-8. */
  readonly bytes: number;
  /** The largest size that fits, in bytes. */
  readonly maxBytes: number;

  constructor(bytes: number, maxBytes: number, channel: string) {
    super(
      "EVENT_TOO_LARGE",
      `The event makes ${bytes} bytes without a state, and ${channel} has room for ${maxBytes}. Put large input into S3 and pass its place.`,
    );
    this.bytes = bytes;
    this.maxBytes = maxBytes;
  }
}

/** The hand-off could not be made within the time left. The invocation fails, so that the platform keeps the event. */
export class HandOffError extends LonghaulError {
  constructor(driver: string, attempts: number, cause: unknown) {
    super(
      "HAND_OFF",
      `Could not hand off through ${driver} in ${attempts} attempt(s): ${Object(cause).message ?? cause}. The event stays with the platform's retry.`,
      { cause },
    );
  }
}

/** The event bus did not take the event of a run's end. A sweep has it told again. */
export class EndEventError extends LonghaulError {
  constructor(run: string, bus: string, answer: string) {
    super("END_EVENT", `The event bus ${bus} did not take the event that run ${run} is over: ${answer}`);
  }
}

/** This hop no longer owns its run: another invocation has taken over, or the hop has ended. Nothing it does counts. */
export class FencedError extends LonghaulError {
  constructor(run: string, hop: number) {
    super("FENCED", `Hop ${hop} of run ${run} has ended or was taken over; it may not write any more.`);
  }
}

/** The time of this invocation is nearly over, `signal.reason` of an aborted step; or it was over before a step began. */
export class HopEndingError extends LonghaulError {
  constructor(remainingMs: number) {
    super("HOP_ENDING", `${Math.round(remainingMs)} ms of this invocation are left: end the step.`);
  }
}

/** A step took longer than `stepTimeoutMs`: `signal.reason` of the step, which ends or is abandoned. */
export class StepTimeoutError extends LonghaulError {
  constructor(limitMs: number) {
    super(
      "STEP_TIMEOUT",
      `The step took longer than stepTimeoutMs, ${limitMs} ms. The run continues from its last safe point: yield more often, give what the step waits for a limit of its own, or raise stepTimeoutMs.`,
    );
  }
}

/**
 * The run store could not be asked, or holds something that is no run. A write may have been made or not; the lease
 * protocol recognises it when it is made again.
 */
export class RunStoreError extends LonghaulError {
  constructor(message: string, options?: LonghaulErrorOptions) {
    super("RUN_STORE", message, options);
  }
}

/** The run store holds no record of a run whose hop arrived: it expired, or the store is another one. */
export class RunUnknownError extends LonghaulError {
  override readonly isPermanent = true;

  constructor(run: string, hop: number) {
    super(
      "RUN_UNKNOWN",
      `The run store has no record of run ${run}, whose hop ${hop} arrived. Check the table's name and TTL.`,
    );
  }
}

/** A run of that id exists and was begun with another event, or it was deleted. */
export class RunIdTakenError extends LonghaulError {
  constructor(run: string, why: "other" | "deleted" = "other") {
    const text =
      why === "deleted"
        ? `Run ${run} was deleted, and its id is kept back until late events of it are gone. Give another runId.`
        : `Run ${run} was begun with another event or tenant. Give another runId, or both the same.`;
    super("RUN_ID_TAKEN", text);
  }
}

/** The run is under way, and what was asked needs one that has ended or waits. */
export class RunUnderWayError extends LonghaulError {
  constructor(run: string, what: string) {
    super("RUN_UNDER_WAY", `Run ${run} is under way, and ${what} needs one at rest. Stop or pause it, then try again.`);
  }
}

/** A run has not ended in the time that a caller waited for it. The run itself continues. */
export class RunWaitError extends LonghaulError {
  constructor(run: string, timeoutMs: number, where: string | undefined) {
    super(
      "RUN_WAIT",
      `Run ${run} has not ended within ${timeoutMs} ms: it ${where ?? "has no record yet"}. Wait longer, or look at its record.`,
    );
  }
}
