import { FencedError, HopEndingError, LonghaulError } from "@longhaul/core";
import { CallTimeoutError, isPermanent } from "@longhaul/core/errors";

/** Something is wrong with the object or with one of its records. `code` and `name` are those of the cause. */
export class SourceError extends LonghaulError {
  override readonly isPermanent: boolean;
  /** `s3://bucket/key`. */
  readonly object: string;

  constructor(code: string, object: string, message: string, options?: { readonly cause?: unknown }) {
    super(code, `${object}: ${message}`, options);
    this.object = object;
    this.isPermanent = isPermanent(options?.cause);
    // Lambda reports a failure under its error's name, and that of the cause says more.
    if (options?.cause instanceof LonghaulError) this.name = options.cause.name;
  }
}

/** `transform` failed for a data record, or did not answer in time. */
export class TransformError extends SourceError {
  /** Number of the record in the object, from 0. */
  readonly record: number;

  constructor(object: string, record: number, cause: unknown) {
    super(
      cause instanceof CallTimeoutError && cause.call === "transform()" ? "TRANSFORM_TIMEOUT" : "TRANSFORM",
      object,
      `transform() failed for record ${record}: ${cause instanceof Error ? cause.message : String(cause)}. The run continues from this record once a transform is deployed that can take it.`,
      { cause },
    );
    this.record = record;
  }
}

/** Names the object in what reading it failed with; passes on what names it already or has nothing to do with it. */
export function namingSource(object: string, error: unknown): unknown {
  if (!(error instanceof LonghaulError) || error instanceof HopEndingError || error instanceof FencedError)
    return error;
  if (error.message.includes(object)) return error;
  return new SourceError(error.code, object, error.message, { cause: error });
}
