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

  constructor(code: string, message: string, options?: LonghaulErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** An option that cannot work. Thrown when the handler is built, or at the first event if it depends on the timeout. */
export class ConfigError extends LonghaulError {
  constructor(message: string, options?: LonghaulErrorOptions) {
    super("CONFIG", message, options);
  }
}

/** The event is not one this handler can begin or continue from: not an object, a damaged or newer envelope. */
export class EventError extends LonghaulError {
  constructor(message: string, options?: LonghaulErrorOptions) {
    super("EVENT", message, options);
  }
}

/** The state cannot be used: not JSON, refused by the schema, or of a version this code cannot migrate. */
export class StateError extends LonghaulError {
  /** Where in the state the fault is, as `state.a[3].b`. */
  readonly path: string;

  constructor(path: string, message: string, options?: LonghaulErrorOptions) {
    super("STATE", `${path}: ${message}`, options);
    this.path = path;
  }
}

/** The event with its state is larger than the hand-off channel takes, and no spill is configured. */
export class StateTooLargeError extends LonghaulError {
  /** Size of the event with its state, in bytes of UTF-8. */
  readonly bytes: number;
  /** What the driver or store takes at most, in bytes. */
  readonly maxBytes: number;

  constructor(bytes: number, maxBytes: number, channel: string) {
    super(
      "STATE_TOO_LARGE",
      `The state makes ${bytes} bytes, and ${channel} takes at most ${maxBytes}. Keep less in the state, or configure spill (s3Spill).`,
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
  constructor(run: string, hop: number) {
    super(
      "RUN_UNKNOWN",
      `The run store has no record of run ${run}, whose hop ${hop} arrived. Check the table's name and TTL.`,
    );
  }
}
