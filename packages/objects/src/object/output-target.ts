import { createHash } from "node:crypto";
import type { CreateMultipartUploadCommandInput, S3Client } from "@aws-sdk/client-s3";
import type { CallTuning } from "@longhaul/core/parts";
import type { OutputPlace } from "./output-errors.ts";

/** Headers and metadata of the completed object. */
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
  /** Budget and tries of its calls to S3. Default: 5 tries. */
  readonly calls?: CallTuning | undefined;
}

/** Name of the metadata that says which run made an object. */
export const RUN_METADATA = "longhaul-run";

const MAX_METADATA_CHARACTERS = 512;

/**
 * A run id as metadata can carry it: headers are ASCII, and all metadata together at most 2 KB. Long ids that begin alike
 * are told apart by a hash.
 */
export function runMetadata(run: string): string {
  const encoded = encodeURIComponent(run.toWellFormed());
  if (encoded.length <= MAX_METADATA_CHARACTERS) return encoded;
  const hash = createHash("sha256").update(run).digest("hex");
  return `${encoded.slice(0, MAX_METADATA_CHARACTERS - hash.length - 1)}~${hash}`;
}
