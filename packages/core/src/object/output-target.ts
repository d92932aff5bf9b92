import type { CreateMultipartUploadCommandInput, S3Client } from "@aws-sdk/client-s3";
import type { OutputPlace } from "./output-errors.ts";
import type { RetryPolicy } from "./retry.ts";

/** What the completed object gets beside its bytes. */
export type OutputAttributes = Pick<
  CreateMultipartUploadCommandInput,
  | "CacheControl"
  | "ContentDisposition"
  | "ContentEncoding"
  | "ContentLanguage"
  | "ContentType"
  | "Metadata"
  | "StorageClass"
  | "Tagging"
  | "ServerSideEncryption"
  | "SSEKMSKeyId"
  | "BucketKeyEnabled"
  | "ExpectedBucketOwner"
>;

/** Refuses once the hop that writes has ended or was taken over; `run.fence` of the run's context is one. */
export interface OutputFence {
  assert(): void | Promise<void>;
}

/** Where an output goes and under whose authority. */
export interface OutputTarget extends OutputPlace {
  readonly client: Pick<S3Client, "send">;
  readonly attributes?: OutputAttributes;
  /** Asked before every write to S3, so that a hop that was taken over stops writing. Default: none. */
  readonly fence?: OutputFence;
  readonly retry?: RetryPolicy;
}

/** Name of the metadata that says which run made an object. */
export const RUN_METADATA = "longhaul-run";

/** A run id as metadata can carry it: headers are ASCII, and all metadata together at most 2 KB. */
export function runMetadata(run: string): string {
  return encodeURIComponent(run).slice(0, 512);
}
