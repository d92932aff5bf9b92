import type { TmpSink } from "../cache/tmp-part.ts";
import { BufferPool } from "./buffer-pool.ts";
import { type RangeSource, type ReceiveOptions, rangeBytes } from "./range-bytes.ts";
import { piecesOf } from "./range-plan.ts";
import { slicesOf } from "./slices.ts";

/** Options of {@link download}. */
export interface DownloadOptions extends ReceiveOptions {
  /** Bytes asked for in one request. Default 16 MiB. */
  readonly pieceBytes?: number;
  /** Requests at a time. Default 4. */
  readonly concurrency?: number;
}

const SLICE_BYTES = 512 * 1024;

/**
 * Writes a whole object into `sink` by ranged `GetObject`s with `IfMatch`, several at a time: one connection to S3 is much
 * slower than Lambda's network. The first failure stops all.
 *
 * @throws what `rangeBytes` throws, and what the sink does.
 */
export async function download(source: RangeSource, sink: TmpSink, options: DownloadOptions = {}): Promise<void> {
  const pieces = piecesOf({ start: 0, end: source.size }, options.pieceBytes ?? 16 * 1024 * 1024);
  const controller = new AbortController();
  const signal =
    options.signal === undefined ? controller.signal : AbortSignal.any([options.signal, controller.signal]);
  // Workers take their pieces from one generator, so a slow piece holds up nobody.
  const worker = async (): Promise<void> => {
    const pool = new BufferPool(SLICE_BYTES);
    for (const piece of pieces) {
      let position = piece.start;
      for await (const slice of slicesOf(
        rangeBytes(source, piece, { ...options, signal }),
        SLICE_BYTES,
        piece.end - piece.start,
        pool,
      )) {
        await sink.write(slice, position);
        position += slice.length;
        pool.give(slice);
      }
      signal.throwIfAborted();
    }
  };
  const workers = Array.from({ length: options.concurrency ?? 4 }, () =>
    worker().catch((error: unknown) => {
      controller.abort(error);
      throw error;
    }),
  );
  const ends = await Promise.allSettled(workers);
  if (ends.every((end) => end.status === "fulfilled")) {
    // A signal that is made of others is let go of once it is aborted, and only then.
    controller.abort();
    return;
  }
  options.signal?.throwIfAborted();
  throw controller.signal.reason;
}
