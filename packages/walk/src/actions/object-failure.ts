import { LonghaulError } from "@longhaul/core";

/** An object on which an action could not be carried out, and why. */
export interface ObjectFailure {
  readonly key: string;
  /** Code of the error, such as `AccessDenied`. */
  readonly code: string;
  readonly message: string;
}

/** An action was given up for one object, after as many tries as it is allowed or because another would not help. */
export class ObjectActionError extends LonghaulError {
  readonly key: string;
  readonly tries: number;

  constructor(action: string, key: string, tries: number, cause: unknown) {
    super("OBJECT_ACTION", `${action} failed for ${JSON.stringify(key)} in ${tries} tries: ${messageOf(cause)}`, {
      cause,
    });
    this.key = key;
    this.tries = tries;
  }
}

/** The work on an object did not end in time. */
export class ObjectTimeoutError extends LonghaulError {
  constructor(work: string, limitMs: number) {
    super(
      "OBJECT_TIMEOUT",
      `${work} did not end within ${Math.round(limitMs)} ms. If it needs longer, raise OBJECT_TIMEOUT_MS and the function's timeout.`,
    );
  }
}

/**
 * An action failed for every object of a page: most likely it will for all of them, so the walk ends. Once the cause is
 * mended, the run can be resumed.
 */
export class ActionFailsError extends LonghaulError {
  override readonly isPermanent = true;
  /** The first of the failures. */
  readonly failure: ObjectFailure;

  constructor(action: string, objects: number, failure: ObjectFailure) {
    super(
      "ACTION_FAILS",
      `${action} failed for each of ${objects} objects, first for ${JSON.stringify(failure.key)}: ${failure.code}: ${failure.message}`,
    );
    this.failure = failure;
  }
}

const MAX_MESSAGE_CHARACTERS = 300;

/** An error as a failure of an object. */
export function failureOf(key: string, error: unknown): ObjectFailure {
  const cause = error instanceof ObjectActionError ? error.cause : error;
  return {
    key,
    code: shortened(codeOf(cause)),
    message: shortened(messageOf(cause)),
  };
}

function shortened(text: string): string {
  return text.slice(0, MAX_MESSAGE_CHARACTERS).toWellFormed();
}

function codeOf(error: unknown): string {
  if (error instanceof LonghaulError) return error.code;
  return error instanceof Error ? error.name : "UNKNOWN";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
