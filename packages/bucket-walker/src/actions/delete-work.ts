import { DeleteObjectCommand, DeleteObjectsCommand, type S3Client } from "@aws-sdk/client-s3";
import type { ListedObject } from "../walk/listed-page.ts";
import type { ObjectWork } from "./object-action.ts";
import { failureOf, type ObjectFailure } from "./object-failure.ts";
import { type Patience, tryPatiently } from "./patience.ts";
import type { Slots } from "./slots.ts";

/** How objects are deleted. */
export interface DeleteOptions {
  readonly client: S3Client;
  readonly bucket: string;
  /** Limits how many requests are made at once, over all pages. */
  readonly slots: Slots;
  readonly patience: Patience;
}

/** Most objects of one `DeleteObjects`: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
const MAX_BATCH = 1_000;

/** Codes that say "not now" for one object of an answer that is a success as a whole. */
const NOT_NOW = new Set(["InternalError", "ServiceUnavailable", "SlowDown", "RequestTimeout", "OperationAborted"]);

/**
 * Deletes objects as they were listed, 1,000 in a request: one that was replaced since then is kept, and is a failure
 * (`PreconditionFailed`). One that is gone is deleted, which makes doing it again harmless.
 */
export function deleteWork(options: DeleteOptions): ObjectWork {
  return async (objects, signal) => {
    const batches = [
      ...batchesOf(
        objects.filter(({ key }) => isXmlText(key)),
        MAX_BATCH,
      ),
    ];
    // What no XML can hold has to go by itself.
    for (const object of objects) if (!isXmlText(object.key)) batches.push([object]);
    const failures = await Promise.all(batches.map((batch) => deleteBatch(options, batch, signal)));
    signal.throwIfAborted();
    return failures.flat();
  };
}

async function deleteBatch(
  { client, bucket, slots, patience }: DeleteOptions,
  batch: readonly ListedObject[],
  signal: AbortSignal,
): Promise<readonly ObjectFailure[]> {
  const failures: ObjectFailure[] = [];
  let left = batch;
  let waiting: readonly ObjectFailure[] = [];
  const attempt = async () => {
    waiting = [];
    const refused = await request(client, bucket, left, signal);
    waiting = refused.filter(({ code }) => NOT_NOW.has(code));
    failures.push(...refused.filter(({ code }) => !NOT_NOW.has(code)));
    if (waiting.length === 0) return;
    const keys = new Set(waiting.map(({ key }) => key));
    left = left.filter(({ key }) => keys.has(key));
    throw new Error(`${waiting[0]?.code} for ${left.length} objects`);
  };
  await slots.take();
  try {
    await tryPatiently("delete", batch[0]?.key ?? "", attempt, patience, signal);
    return failures;
  } catch (error) {
    signal.throwIfAborted();
    return [...failures, ...(waiting.length > 0 ? waiting : left.map(({ key }) => failureOf(key, error)))];
  } finally {
    slots.giveBack();
  }
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
  const Objects = batch.map(({ key, etag }) => ({ Key: key, ...(etag !== "" && { ETag: `"${etag}"` }) }));
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
