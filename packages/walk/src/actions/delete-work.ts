import { DeleteObjectCommand, DeleteObjectsCommand, type S3Client } from "@aws-sdk/client-s3";
import { retryable } from "@longhaul/core/parts";
import type { ListedObject } from "../listing/listed-page.ts";
import type { HopLimits } from "../runs/walk-action.ts";
import type { Semaphore } from "../semaphore.ts";
import type { ObjectWork } from "./object-action.ts";
import { failureOf, type ObjectFailure } from "./object-failure.ts";
import { type ObjectTries, tryLimitMs, tryObject } from "./try-object.ts";

/** How objects are deleted. */
export interface DeleteOptions {
  /** Name of the action, for errors. Default `delete`. */
  readonly name?: string;
  readonly client: S3Client;
  readonly bucket: string;
  /** Limits how many requests are made at once, over all pages. */
  readonly semaphore: Semaphore;
  readonly tries: ObjectTries;
}

/** Most objects of one `DeleteObjects`: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
const MAX_BATCH = 1_000;

/**
 * Deletes objects as they were listed, 1,000 in a request: one that was replaced since then is kept, and is a failure
 * (`PreconditionFailed`). One that is gone is deleted, which makes doing it again harmless.
 */
export function deleteWork(options: DeleteOptions): ObjectWork {
  return async (objects, hop) => {
    const batches = [
      ...batchesOf(
        objects.filter(({ key }) => isXmlText(key)),
        MAX_BATCH,
      ),
    ];
    // What no XML can hold has to go by itself.
    for (const object of objects) if (!isXmlText(object.key)) batches.push([object]);
    const running: Promise<readonly ObjectFailure[]>[] = [];
    for (const batch of batches) {
      await options.semaphore.acquire();
      running.push(deleteBatch(options, batch, hop).finally(() => options.semaphore.release()));
    }
    hop.onStarted();
    const failures = await Promise.all(running);
    hop.signal.throwIfAborted();
    return failures.flat();
  };
}

async function deleteBatch(
  { name = "delete", client, bucket, tries }: DeleteOptions,
  batch: readonly ListedObject[],
  { signal, usableMs }: HopLimits,
): Promise<readonly ObjectFailure[]> {
  const failures: ObjectFailure[] = [];
  let left = batch;
  let waiting: readonly ObjectFailure[] = [];
  const attempt = async (abortSignal: AbortSignal) => {
    waiting = [];
    const refused = await request(client, bucket, left, abortSignal);
    // An answer that comes after its time counts for nothing: another try is under way.
    abortSignal.throwIfAborted();
    waiting = refused.filter(isNotNow);
    failures.push(...refused.filter((failure) => !isNotNow(failure)));
    const [first] = waiting;
    if (first === undefined) return;
    const keys = new Set(waiting.map(({ key }) => key));
    left = left.filter(({ key }) => keys.has(key));
    throw Object.assign(new Error(`${first.code} for ${left.length} objects`), { name: first.code });
  };
  const limitMs = tryLimitMs(tries.timeoutMs, usableMs);
  const one = { action: name, key: batch[0]?.key ?? "", limitMs, usableMs, signal };
  try {
    await tryObject(tries, one, attempt);
    return failures;
  } catch (error) {
    signal.throwIfAborted();
    return [...failures, ...(waiting.length > 0 ? waiting : left.map(({ key }) => failureOf(key, error)))];
  }
}

/** Whether one object of an answer that is a success as a whole was refused for now. */
function isNotNow({ code }: ObjectFailure): boolean {
  return retryable({ name: code }) !== undefined;
}

/** Deletes a batch, and answers with what was refused. */
async function request(
  client: S3Client,
  bucket: string,
  batch: readonly ListedObject[],
  abortSignal: AbortSignal,
): Promise<readonly ObjectFailure[]> {
  const [first] = batch;
  if (batch.length === 1 && first && !isXmlText(first.key)) {
    await deleteOne(client, bucket, first, abortSignal);
    return [];
  }
  // In XML an ETag has no quotes; with them S3 answers MalformedXML. In a header it has them.
  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html#API_DeleteObjects_Examples
  const Objects = batch.map(({ key, etag }) => ({ Key: key, ...(etag !== "" && { ETag: etag }) }));
  const { Errors = [] } = await client.send(
    new DeleteObjectsCommand({ Bucket: bucket, Delete: { Quiet: true, Objects } }),
    { abortSignal },
  );
  return Errors.filter(({ Code }) => Code !== "NoSuchKey").map(({ Key = "", Code = "", Message = "" }) => ({
    key: Key,
    code: Code,
    message: Message,
  }));
}

async function deleteOne(
  client: S3Client,
  bucket: string,
  { key, etag }: ListedObject,
  abortSignal: AbortSignal,
): Promise<void> {
  const condition = etag === "" ? {} : { IfMatch: `"${etag}"` };
  try {
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, ...condition }), { abortSignal });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "NoSuchKey") throw error;
  }
}

/** https://www.w3.org/TR/xml/#charsets */
function isXmlText(key: string): boolean {
  for (let at = 0; at < key.length; at++) {
    const unit = key.charCodeAt(at);
    if ((unit < 0x20 && unit !== 0x09 && unit !== 0x0a && unit !== 0x0d) || unit >= 0xfffe) return false;
  }
  return true;
}

function* batchesOf<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}
