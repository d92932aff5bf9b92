import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { ObjectId } from "../cache/object-cache.ts";
import { PositionBeyondEndError } from "../records/errors.ts";
import { ObjectReadError } from "./errors.ts";
import { type ByteRange, parseContentRange, rangeHeader } from "./range-plan.ts";
import { backOff, type RetryPolicy } from "./retry.ts";
import { httpStatus, isTransient, objectFailure } from "./s3-failure.ts";

/** One version of an object, to read ranges of. */
export interface RangeSource extends ObjectId {
  readonly client: Pick<S3Client, "send">;
  /** The version: every request says `IfMatch`, so bytes of two versions are never mixed. */
  readonly etag: string;
  /** Size in bytes. */
  readonly size: number;
}

/** How a range is received. */
export interface ReceiveOptions {
  readonly signal?: AbortSignal;
  /** Tries without progress before giving up; see {@link RetryPolicy}. */
  readonly retry?: RetryPolicy;
  /** A connection that brings nothing for so long, while it is read, is dropped and the rest asked for anew. In milliseconds; default 20,000. */
  readonly stallMs?: number;
}

// Progress that makes the next failure count as the first again.
const PROGRESS_BYTES = 256 * 1024;

/**
 * The bytes of a range, in chunks as they arrive. A broken or stalled connection is taken up again at the last byte
 * received.
 *
 * @throws {@link ObjectChangedError} if the object was replaced (412); {@link ObjectNotFoundError},
 * {@link ObjectAccessDeniedError}; {@link ObjectReadError} if trying again did not help.
 */
export async function* rangeBytes(
  source: RangeSource,
  range: ByteRange,
  options: ReceiveOptions = {},
): AsyncGenerator<Uint8Array> {
  const { retry = {}, signal } = options;
  const attempts = retry.attempts ?? 5;
  let at = range.start;
  let failures = 0;
  let failedAt = at;
  while (at < range.end) {
    try {
      for await (const chunk of receive(source, { start: at, end: range.end }, options)) {
        const wanted = chunk.length > range.end - at ? chunk.subarray(0, range.end - at) : chunk;
        at += wanted.length;
        yield wanted;
      }
      if (at < range.end) throw new BrokenOff(`the connection ended ${range.end - at} bytes early`);
    } catch (error) {
      signal?.throwIfAborted();
      if (httpStatus(error) === 416) throw new PositionBeyondEndError(`byte ${at}`, "an earlier byte");
      if (!(error instanceof BrokenOff) && !isTransient(error))
        throw objectFailure(error, source, "s3:GetObject", source.etag);
      failures = at - failedAt >= PROGRESS_BYTES ? 1 : failures + 1;
      failedAt = at;
      if (failures >= attempts) throw new ObjectReadError(source.bucket, source.key, at, failures, error);
      await backOff(failures + 1, retry, signal);
    }
  }
}

/** Something that ended a body early; always worth another try. */
class BrokenOff extends Error {}

async function* receive(
  source: RangeSource,
  range: ByteRange,
  { signal, stallMs = 20_000 }: ReceiveOptions,
): AsyncGenerator<Uint8Array> {
  const controller = new AbortController();
  // While the reader has a chunk nothing is asked of the connection, so it cannot stall.
  let isHeld = false;
  const stalled: NodeJS.Timeout = setTimeout(() => {
    if (isHeld) stalled.refresh();
    else controller.abort(new BrokenOff(`nothing arrived for ${stallMs} ms`));
  }, stallMs);
  const stop = (): void => controller.abort(signal?.reason);
  signal?.addEventListener("abort", stop);
  let body: Body | undefined;
  const destroyBody = (): void => {
    body?.destroy?.(controller.signal.reason);
  };
  controller.signal.addEventListener("abort", destroyBody);
  try {
    signal?.throwIfAborted();
    const answer = await source.client.send(
      new GetObjectCommand({ Bucket: source.bucket, Key: source.key, IfMatch: source.etag, Range: rangeHeader(range) }),
      { abortSignal: controller.signal },
    );
    body = bodyOf(answer.Body);
    const got = parseContentRange(answer.ContentRange);
    const isWhole = got === undefined && range.start === 0 && httpStatus(answer) === 200;
    if (got?.start !== range.start && !isWhole)
      throw new BrokenOff(`S3 answered with other bytes (${answer.ContentRange})`);
    for await (const chunk of body) {
      isHeld = true;
      yield chunk;
      isHeld = false;
      stalled.refresh();
    }
  } catch (error) {
    // What a destroyed socket says is less than why it was destroyed. Errors in the middle of a body are the connection's.
    if (controller.signal.aborted) throw controller.signal.reason;
    throw body === undefined || error instanceof BrokenOff ? error : new BrokenOff(String(error), { cause: error });
  } finally {
    clearTimeout(stalled);
    signal?.removeEventListener("abort", stop);
    controller.signal.removeEventListener("abort", destroyBody);
    body?.destroy?.();
  }
}

interface Body extends AsyncIterable<Uint8Array> {
  destroy?(error?: unknown): void;
}

/** In Node the SDK's body is a stream of Buffers. */
function bodyOf(body: unknown): Body {
  if (typeof body === "object" && body !== null && Symbol.asyncIterator in body) return body as Body;
  throw new TypeError("S3 answered without a body that can be read as a stream.");
}
