import { LonghaulError } from "@longhaul/core";
import type { Source } from "./source.ts";

/** Something is wrong with the object or with one of its records. `code` is that of the cause. */
export class SourceError extends LonghaulError {
  /** `s3://bucket/key`. */
  readonly object: string;

  constructor(source: Source, code: string, message: string, options?: { readonly cause?: unknown }) {
    const object = `s3://${source.bucket}/${source.key}`;
    super(code, `${object}: ${message}`, options);
    this.object = object;
  }
}

/** Names the object in what reading it failed with; passes on what has nothing to do with it. */
export function namingSource(source: Source, error: unknown): unknown {
  if (!(error instanceof LonghaulError) || error.message.includes(source.key)) return error;
  return new SourceError(source, error.code, error.message, { cause: error });
}
