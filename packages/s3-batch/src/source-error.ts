import { FencedError, HopEndingError, LonghaulError } from "@longhaul/core";

/** Something is wrong with the object or with one of its records. `code` and `name` are those of the cause. */
export class SourceError extends LonghaulError {
  /** `s3://bucket/key`. */
  readonly object: string;

  constructor(object: string, code: string, message: string, options?: { readonly cause?: unknown }) {
    super(code, `${object}: ${message}`, options);
    this.object = object;
    // Lambda reports a failure under its error's name, and that of the cause says more.
    if (options?.cause instanceof LonghaulError) this.name = options.cause.name;
  }
}

/** Names the object in what reading it failed with; passes on what names it already or has nothing to do with it. */
export function namingSource(object: string, error: unknown): unknown {
  if (!(error instanceof LonghaulError) || error instanceof HopEndingError || error instanceof FencedError)
    return error;
  if (error.message.includes(object)) return error;
  return new SourceError(object, error.code, error.message, { cause: error });
}
