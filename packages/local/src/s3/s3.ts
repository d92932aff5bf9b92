import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AccessDenied, type DeliverEvent, type Service, type ServiceCall } from "../gateway/service.ts";
import { BlobStore, zeroBody } from "./blob-store.ts";
import { type Bucket, bucketArn, isBucketName, type LifecycleRule, newBucket, type StoredObject } from "./bucket.ts";
import { checkBucketOwners } from "./bucket-owner.ts";
import { checkInputs } from "./check-inputs.ts";
import { type LifecycleSweep, sweepBucket } from "./lifecycle.ts";
import type { NotificationConfiguration } from "./notification-configuration.ts";
import { Notifier } from "./notifier.ts";
import { OPERATIONS } from "./operations.ts";
import { readPresigned } from "./presigned.ts";
import { notImplemented, type OperationName, readOperation, readTarget } from "./route.ts";
import { sendError } from "./s3-call.ts";
import { S3Error } from "./s3-error.ts";
import { dropUpload, requireBucket, type S3State } from "./s3-state.ts";

/** Latency put in front of operations, in milliseconds; read at each call, so that it can be changed between calls. */
export interface S3Latency {
  beforeListMs?: number;
  beforeGetMs?: number;
  beforeHeadMs?: number;
  beforePutMs?: number;
  /** Every other operation. */
  beforeOtherMs?: number;
}

/** Options of {@link createS3}. */
export interface S3Options {
  /** A directory this service may keep the bytes of objects in; it makes, and at {@link S3Service.stop} removes, one below it. */
  readonly directory: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Default: `crypto.randomUUID`. */
  readonly randomUUID?: () => string;
  readonly deliver: DeliverEvent;
  readonly region: string;
  readonly accountId: string;
  /** Default: no latency. */
  readonly slow?: S3Latency;
  /**
   * Answers 400 `InvalidArgument` to a listing whose `StartAfter` has C0, DEL, C1 or noncharacters, as real S3 is reported
   * to do for text that XML 1.0 cannot carry. Turn it on to test code that makes up such values. Default `false`, since AWS
   * documents no such rule.
   */
  readonly isStartAfterStrict?: boolean;
  /** Fault injection: calls for which this is true are answered with `AccessDenied`. Default: none. */
  readonly denied?: (operation: OperationName, bucketName: string, key: string) => boolean;
  /** Whether a function lets S3 invoke it for a bucket, asked when notifications are put. Default: it does. */
  readonly mayInvoke?: (functionArn: string, bucketArn: string) => boolean;
  /** Told of a notification that could not be delivered. Default: a process warning. */
  readonly onDeliveryError?: (error: unknown, targetArn: string) => void;
}

/** A bucket to make in process. */
export interface BucketOptions {
  readonly lifecycle?: readonly LifecycleRule[];
  readonly notifications?: NotificationConfiguration;
  /** @throws S3Error `NotImplemented` where true. */
  readonly versioning?: boolean;
}

/** An object to list without bytes: its body reads as zeros and takes no room. */
export interface SyntheticObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970; default now. */
  readonly lastModifiedMs?: number;
  /** Without quotes; default 32 zeros. */
  readonly etag?: string;
  /** Default `STANDARD`. */
  readonly storageClass?: string;
}

/** The embedded S3: its API behind {@link Service.handle}, and what a deployer or benchmark does in process. */
export interface S3Service extends Service {
  /** Makes a bucket, or takes over one of that name; options given replace those it had. */
  createBucket(name: string, options?: BucketOptions): Promise<void>;
  /** Removes a bucket with all that is in it; one that is not there is no error. */
  deleteBucket(name: string): void;
  /** Replaces a bucket's notifications; sends `s3:TestEvent` to queues and topics first. */
  putNotificationConfiguration(bucketName: string, configuration: NotificationConfiguration): Promise<void>;
  /** Bucket names, sorted. */
  listBuckets(): string[];
  /** Keys of a bucket's objects, in the order of their bytes. */
  listKeys(bucketName: string): string[];
  bucketArn(name: string): string;
  /** Adds objects without bytes; sends no events. Returns how many. */
  loadKeys(bucketName: string, objects: Iterable<SyntheticObject>): number;
  /** Applies the lifecycle rules of every bucket as of `nowMs`; done by itself every hour. */
  sweepLifecycle(nowMs: number): LifecycleSweep;
  /** Resolves when every event so far has been delivered or has failed. */
  settled(): Promise<void>;
  /** Bodies on disk now: for tests that nothing is left behind. */
  readonly storedFiles: number;
  stop(): Promise<void>;
}

// S3 applies them once a day, from midnight UTC: each rule knows the midnight it waits for.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
const LIFECYCLE_EVERY_MS = 3_600_000;

/**
 * Makes an S3 that keeps its index in memory and its bytes on disk, and forgets both when it stops.
 *
 * @example
 * ```ts
 * const s3 = createS3({ directory, now: Date.now, deliver, region: "eu-west-1", accountId: "000000000000" });
 * await s3.createBucket("input");
 * ```
 */
export function createS3(options: S3Options): S3Service {
  const newId = options.randomUUID ?? randomUUID;
  const { now, region, accountId } = options;
  const directory = join(options.directory, `s3-${newId()}`);
  mkdirSync(directory, { recursive: true });
  const notifier = new Notifier({
    deliver: options.deliver,
    now,
    newId,
    region,
    accountId,
    mayInvoke: options.mayInvoke,
    onDeliveryError: options.onDeliveryError ?? warnOfDelivery,
  });
  const s3: S3State = {
    buckets: new Map(),
    blobs: new BlobStore(directory, newId),
    notifier,
    region,
    accountId,
    now,
    newId,
    isStartAfterStrict: options.isStartAfterStrict ?? false,
  };
  const deployer = {
    requestId: newId(),
    accessKeyId: accountId,
    sourceIp: "cloudformation.amazonaws.com",
    traceHeader: undefined,
  };

  const sweepLifecycle = (nowMs: number): LifecycleSweep => {
    let abortedUploads = 0;
    let expiredObjects = 0;
    for (const bucket of s3.buckets.values()) {
      const swept = sweepBucket(s3, bucket, nowMs);
      abortedUploads += swept.abortedUploads;
      expiredObjects += swept.expiredObjects;
    }
    return { abortedUploads, expiredObjects };
  };
  const sweeping = setInterval(() => sweepLifecycle(now()), LIFECYCLE_EVERY_MS).unref();

  // Deployments check functions themselves; who reads their errors sees the message alone.
  const configure = (bucket: Bucket, notifications: NotificationConfiguration) =>
    notifier.configure(bucket, notifications, deployer, "deliveries").catch((error: unknown) => {
      const { ArgumentName1: target, ArgumentValue1: reason } = error instanceof S3Error ? error.details : {};
      if (!(error instanceof S3Error) || reason === undefined) throw error;
      throw new S3Error(error.code, `${error.message}: ${target}: ${reason}`, error.details);
    });

  return {
    handle: (call) => handle(s3, options, call),
    async createBucket(name, { lifecycle, notifications, versioning } = {}) {
      if (!isBucketName(name)) throw new S3Error("InvalidBucketName", `${name} is not a valid bucket name.`);
      if (versioning === true) throw notImplemented("PutBucketVersioning");
      const bucket = s3.buckets.get(name) ?? newBucket(name, now());
      s3.buckets.set(name, bucket);
      if (lifecycle !== undefined) bucket.lifecycleRules = lifecycle;
      if (notifications !== undefined) await configure(bucket, notifications);
    },
    deleteBucket(name) {
      const bucket = s3.buckets.get(name);
      if (bucket === undefined) return;
      for (const id of [...bucket.uploads.keys()]) dropUpload(s3, bucket, id);
      const cursor = bucket.objects.seek("");
      for (; cursor.key !== undefined; cursor.next()) s3.blobs.release(cursor.value.body);
      s3.buckets.delete(name);
    },
    async putNotificationConfiguration(bucketName, configuration) {
      await configure(requireBucket(s3, bucketName), configuration);
    },
    listBuckets: () => [...s3.buckets.keys()].sort(),
    listKeys(bucketName) {
      const keys: string[] = [];
      const cursor = requireBucket(s3, bucketName).objects.seek("");
      for (; cursor.key !== undefined; cursor.next()) keys.push(cursor.key);
      return keys;
    },
    bucketArn,
    loadKeys(bucketName, objects) {
      const bucket = requireBucket(s3, bucketName);
      let loaded = 0;
      for (const each of objects) {
        const replaced = bucket.objects.set(each.key, syntheticObject(each, now));
        if (replaced !== undefined) s3.blobs.release(replaced.body);
        loaded++;
      }
      return loaded;
    },
    sweepLifecycle,
    settled: () => notifier.settled(),
    get storedFiles() {
      return s3.blobs.fileCount;
    },
    async stop() {
      clearInterval(sweeping);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function handle(s3: S3State, options: S3Options, service: ServiceCall): Promise<void> {
  const { request, response } = service;
  response.setHeader("x-amz-request-id", service.requestId);
  response.setHeader("x-amz-id-2", service.requestId);
  try {
    const { query, ...addressed } = readTarget(request);
    const presigned = readPresigned(query, request.headers, s3.now());
    const target = { ...addressed, query: presigned.query };
    const { headers } = presigned;
    const operation = readOperation(request.method ?? "GET", target, headers);
    checkInputs({ ...target, operation, headers });
    checkBucketOwners(headers, s3.accountId);
    const delayMs = options.slow === undefined ? 0 : latencyOf(options.slow, operation);
    if (delayMs > 0) await sleep(delayMs);
    if (options.denied?.(operation, target.bucketName, target.key) === true) throw new S3Error("AccessDenied");
    await OPERATIONS[operation](s3, { ...target, operation, headers, service });
  } catch (error) {
    const path = request.url?.split("?", 1)[0] ?? "/";
    if (error instanceof S3Error) sendError(service, error, path);
    else if (error instanceof AccessDenied) sendError(service, new S3Error("AccessDenied", error.message), path);
    else if (request.destroyed && !request.complete) response.destroy();
    else {
      const reason = error instanceof Error ? error.message : String(error);
      sendError(service, new S3Error("InternalError", `The embedded S3 failed: ${reason}`), path);
    }
  }
}

function latencyOf(slow: S3Latency, operation: OperationName): number {
  switch (operation) {
    case "ListObjects":
    case "ListObjectsV2":
      return slow.beforeListMs ?? 0;
    case "GetObject":
      return slow.beforeGetMs ?? 0;
    case "HeadObject":
      return slow.beforeHeadMs ?? 0;
    case "PutObject":
    case "UploadPart":
      return slow.beforePutMs ?? 0;
    default:
      return slow.beforeOtherMs ?? 0;
  }
}

const SYNTHETIC_HEADERS = { "content-type": "binary/octet-stream" } as const;
const NO_TAGS: StoredObject["tags"] = [];
const SYNTHETIC_ETAG = "0".repeat(32);

function syntheticObject(object: SyntheticObject, now: () => number): StoredObject {
  return {
    headers: SYNTHETIC_HEADERS,
    storageClass: object.storageClass ?? "STANDARD",
    tags: NO_TAGS,
    body: zeroBody(object.size),
    etag: object.etag ?? SYNTHETIC_ETAG,
    lastModifiedMs: object.lastModifiedMs ?? now(),
    checksum: undefined,
    partSizes: undefined,
  };
}

function warnOfDelivery(error: unknown, targetArn: string): void {
  const reason = error instanceof Error ? error.message : String(error);
  process.emitWarning(`An S3 event for ${targetArn} could not be delivered: ${reason}`, "S3DeliveryWarning");
}
