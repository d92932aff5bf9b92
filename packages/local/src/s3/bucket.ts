import type { Body } from "./blob-store.ts";
import type { ChecksumAlgorithm, ChecksumType, StoredChecksum } from "./checksum.ts";
import { KeyIndex } from "./key-index.ts";
import type { NotificationRule } from "./notification-configuration.ts";

/** One tag of an object. */
export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** An object's description: everything a write gives besides the bytes. */
export interface ObjectDescription {
  /** Response headers to repeat on a read: content type and its like, and `x-amz-meta-*`, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly storageClass: string;
  readonly tags: readonly Tag[];
}

/** An object in a bucket; replaced as a whole, never changed, except for its tags. */
export interface StoredObject extends ObjectDescription {
  readonly body: Body;
  /** Without quotes. */
  readonly etag: string;
  readonly lastModifiedMs: number;
  readonly checksum: StoredChecksum | undefined;
  /** Sizes of the parts of a multipart object, in bytes. */
  readonly partSizes: readonly number[] | undefined;
  /** Checksums of the parts of a multipart object whose checksum is composite, in base64. */
  readonly partChecksums?: readonly string[] | undefined;
}

/** An uploaded part. */
export interface UploadedPart {
  readonly body: Body;
  readonly etag: string;
  readonly md5: Buffer;
  readonly lastModifiedMs: number;
  readonly checksum: { readonly algorithm: ChecksumAlgorithm; readonly value: string };
  /** Its `CRC64NVME` in base64, where the upload asked for no algorithm: S3 makes that of the whole object of them. */
  readonly crc64Nvme?: string | undefined;
}

/** A multipart upload in progress. */
export interface MultipartUpload {
  readonly id: string;
  readonly key: string;
  readonly initiatedMs: number;
  readonly description: ObjectDescription;
  /** The checksum that `CreateMultipartUpload` asked for; `undefined`: S3 chooses `CRC64NVME` over the whole object. */
  readonly checksum: { readonly algorithm: ChecksumAlgorithm; readonly type: ChecksumType } | undefined;
  readonly parts: Map<number, UploadedPart>;
  /** The object at the key when the upload began. */
  readonly before: StoredObject | undefined;
}

/** The answer to a completed upload, kept so that the same request can be answered again. */
export interface CompletedUpload {
  readonly key: string;
  /** Part numbers and entity tags of the request. */
  readonly request: string;
  readonly etag: string;
  readonly checksum: StoredChecksum | undefined;
}

/** A lifecycle rule: what it applies to, and after how many days what happens. */
export interface LifecycleRule {
  readonly id: string;
  readonly isEnabled: boolean;
  readonly prefix: string;
  readonly expirationDays?: number | undefined;
  readonly abortIncompleteUploadDays?: number | undefined;
}

/** A bucket and everything in it. */
export interface Bucket {
  readonly name: string;
  readonly createdMs: number;
  readonly objects: KeyIndex<StoredObject>;
  readonly uploads: Map<string, MultipartUpload>;
  readonly completedUploads: Map<string, CompletedUpload>;
  notificationRules: readonly NotificationRule[];
  isEventBridgeOn: boolean;
  lifecycleRules: readonly LifecycleRule[] | undefined;
}

/** An empty bucket. */
export function newBucket(name: string, createdMs: number): Bucket {
  return {
    name,
    createdMs,
    objects: new KeyIndex(),
    uploads: new Map(),
    completedUploads: new Map(),
    notificationRules: [],
    isEventBridgeOn: false,
    lifecycleRules: undefined,
  };
}

/** Whether S3 accepts the name for a general purpose bucket. */
export function isBucketName(name: string): boolean {
  return /^(?!xn--|sthree-|amzn-s3-demo-)(?!.*(-s3alias|--ol-s3|--x-s3|\.mrap)$)(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(
    name,
  );
}

/** ARN of a bucket. */
export function bucketArn(name: string): string {
  return `arn:aws:s3:::${name}`;
}

/** ARN of an object. */
export function objectArn(bucketName: string, key: string): string {
  return `arn:aws:s3:::${bucketName}/${key}`;
}
