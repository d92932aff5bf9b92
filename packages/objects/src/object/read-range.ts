import { PositionBeyondEndError } from "../records/errors.ts";
import { BufferPool } from "./buffer-pool.ts";
import { type RangeSource, type ReceiveOptions, rangeBytes } from "./range-bytes.ts";
import { piecesOf } from "./range-plan.ts";
import { SliceQueue } from "./slice-queue.ts";
import { slicesOf } from "./slices.ts";

/** Options of {@link readRange}. */
export interface ReadRangeOptions extends ReceiveOptions {
  /** Byte to stop before. Default: the end of the object. */
  readonly toByte?: number;
  /** Bytes asked for in one request. Default 8 MiB. Takes no memory: what nobody reads yet stays on the connection. */
  readonly windowBytes?: number;
  /** Bytes received ahead of the reader, in whole slices and one at least. Default 4 MiB. */
  readonly aheadBytes?: number;
  /** Bytes of a slice. Default 1 MiB. */
  readonly sliceBytes?: number;
  /**
   * Whether a slice is good only until the next one is asked for: its memory is then used again, so that reading takes
   * the same memory however much is read. Default false: slices may be kept.
   */
  readonly reusesSlices?: boolean;
}

const MIB = 1024 * 1024;

/**
 * Reads an object from a byte on, window by window, each a ranged `GetObject` with `IfMatch`, a few slices ahead of the
 * reader. Takes no more memory for a larger object, and never reads again what lies before the position.
 *
 * @throws {@link PositionBeyondEndError} if `fromByte` lies behind the end; {@link ObjectChangedError} if the object was
 * replaced; {@link ObjectReadError} if the connection kept breaking.
 */
export async function* readRange(
  source: RangeSource,
  fromByte: number,
  options: ReadRangeOptions = {},
): AsyncGenerator<Uint8Array> {
  if (fromByte > source.size) throw new PositionBeyondEndError(`byte ${fromByte}`, `byte ${source.size}`);
  const { windowBytes = 8 * MIB, aheadBytes = 4 * MIB, sliceBytes = MIB } = options;
  const end = Math.min(options.toByte ?? source.size, source.size);
  const pool = options.reusesSlices === true ? new BufferPool(sliceBytes) : undefined;
  const queue = new SliceQueue(Math.floor(aheadBytes / sliceBytes));
  const controller = new AbortController();
  const signal =
    options.signal === undefined ? controller.signal : AbortSignal.any([options.signal, controller.signal]);
  const receive = async (): Promise<void> => {
    for (const window of piecesOf({ start: fromByte, end }, windowBytes)) {
      const chunks = rangeBytes(source, window, { ...options, signal });
      for await (const slice of slicesOf(chunks, sliceBytes, window.end - window.start, pool)) await queue.put(slice);
    }
  };
  void receive().then(
    () => queue.end(),
    (error: unknown) => queue.end({ error }),
  );
  try {
    for (let slice = await queue.take(); slice !== undefined; slice = await queue.take()) {
      yield slice;
      pool?.give(slice);
    }
  } finally {
    controller.abort();
    queue.leave();
  }
}
