import { LonghaulError } from "@longhaul/core";

/** The records of a rejects object cannot be begun again. */
export class RejectsError extends LonghaulError {
  /** `s3://bucket/key` of the rejects object. */
  readonly object: string;

  constructor(object: string, message: string, options?: { readonly cause?: unknown }) {
    super("REJECTS", `${object}: ${message}`, options);
    this.object = object;
  }
}
