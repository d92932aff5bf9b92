import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { type CallTuning, IdleLimit, Retries } from "@longhaul/core/parts";
import type { ObjectId } from "../cache/object-cache.ts";
import { PositionBeyondEndError } from "../records/errors.ts";
import { type Body, bodyOf } from "./body.ts";
import { ObjectReadError } from "./errors.ts";
import { type ByteRange, parseContentRange, rangeHeader } from "./range-plan.ts";
import { httpStatus, objectFailure } from "./s3-failure.ts";

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
  readonly signal?: AbortSignal | undefined;
  /** Budget and tries; a try that got further does not count. Default: 5 tries without progress. */
  readonly calls?: CallTuning | undefined;
  /**
   * A connection that brings nothing for so long, while it is read, is dropped and the rest asked for anew. In
   * milliseconds; default 10,000.
   */
  readonly idleMs?: number | undefined;
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
  const { calls = {}, signal } = options;
  const retries = new Retries(calls, signal);
  let at = range.start;
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
      const why = error instanceof BrokenOff ? "transient" : retries.judge(error);
      if (why === undefined) throw objectFailure(error, source, "s3:GetObject", source.etag);
      if (at - failedAt >= PROGRESS_BYTES) retries.reset();
      failedAt = at;
      await retries.pauseAfter(error, why).catch((final: unknown) => {
        throw final === error ? new ObjectReadError(source.bucket, source.key, at, retries.failures, error) : final;
      });
    }
  }
}

/** Something that ended a body early; always worth another try. */
class BrokenOff extends Error {}

async function* receive(
  source: RangeSource,
  range: ByteRange,
  { signal, idleMs, calls }: ReceiveOptions,
): AsyncGenerator<Uint8Array> {
  using idle = new IdleLimit({ name: "S3 GetObject", idleMs, signal, host: calls?.host });
  let body: Body | undefined;
  const destroyBody = (): void => body?.destroy?.(idle.signal.reason);
  idle.signal.addEventListener("abort", destroyBody);
  try {
    signal?.throwIfAborted();
    const answer = await source.client.send(
      new GetObjectCommand({ Bucket: source.bucket, Key: source.key, IfMatch: source.etag, Range: rangeHeader(range) }),
      { abortSignal: idle.signal },
    );
    body = bodyOf(answer.Body);
    const got = parseContentRange(answer.ContentRange);
    const isWhole = got === undefined && range.start === 0 && httpStatus(answer) === 200;
    if (got?.start !== range.start && !isWhole)
      throw new BrokenOff(`S3 answered with other bytes (${answer.ContentRange})`);
    for await (const chunk of body) {
      // While the reader has a chunk nothing is asked of the connection, so it cannot stall.
      idle.hold();
      yield chunk;
      idle.unhold();
    }
  } catch (error) {
    // What a destroyed socket says is less than why it was destroyed. Errors in the middle of a body are the connection's.
    if (idle.signal.aborted) throw idle.signal.reason;
    throw body === undefined || error instanceof BrokenOff ? error : new BrokenOff(String(error), { cause: error });
  } finally {
    body?.destroy?.();
  }
}
