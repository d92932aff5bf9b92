import type { ObjectId } from "../cache/object-cache.ts";
import { ObjectAccessDeniedError, ObjectArchivedError, ObjectChangedError, ObjectNotFoundError } from "./errors.ts";

interface Failure {
  readonly name?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: unknown };
}

/** HTTP status of an SDK error; `undefined` if it is none. */
export function httpStatus(error: unknown): number | undefined {
  const status = asFailure(error)?.$metadata?.httpStatusCode;
  return typeof status === "number" ? status : undefined;
}

/** Name of an SDK error, such as `NoSuchUpload`. */
export function failureName(error: unknown): string {
  const name = asFailure(error)?.name;
  return typeof name === "string" ? name : "";
}

/** S3 said 304: the copy held is still right. */
export function isNotModified(error: unknown): boolean {
  return httpStatus(error) === 304;
}

/** S3 knows no such multipart upload: it was completed, aborted, or never was. */
export function isUploadGone(error: unknown): boolean {
  return failureName(error) === "NoSuchUpload";
}

/**
 * The typed error for what S3 answered, or the error as it is. `permission` is the IAM action of the call that failed,
 * `expectedEtag` the one it was conditional on.
 */
export function objectFailure(
  error: unknown,
  { bucket, key }: ObjectId,
  permission: string,
  expectedEtag?: string,
): unknown {
  const options = { cause: error };
  const name = failureName(error);
  if (name === "InvalidObjectState") return new ObjectArchivedError(bucket, key, options);
  switch (httpStatus(error)) {
    case 404:
      return new ObjectNotFoundError(bucket, key, name === "NoSuchBucket", options);
    case 403:
      return new ObjectAccessDeniedError(bucket, key, permission, options);
    case 412:
      return expectedEtag === undefined ? error : new ObjectChangedError(bucket, key, expectedEtag, undefined, options);
    default:
      return error;
  }
}

function asFailure(error: unknown): Failure | undefined {
  return typeof error === "object" && error !== null ? (error as Failure) : undefined;
}
