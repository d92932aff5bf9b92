import { PositionBeyondEndError } from "../records/errors.ts";
import { type RangeSource, type ReceiveOptions, rangeBytes } from "./range-bytes.ts";
import { type ByteRange, piecesOf } from "./range-plan.ts";
import { slicesOf } from "./slices.ts";

/** Options of {@link readRange}. */
export interface ReadRangeOptions extends ReceiveOptions {
  /** Byte to stop before. Default: the end of the object. */
  readonly toByte?: number;
  /** Bytes asked for in one request. Default 8 MiB. */
  readonly windowBytes?: number;
  /** Windows received ahead of the reader; at most this many plus one are in memory. Default 1. */
  readonly prefetch?: number;
  /** Bytes of a slice. Default 1 MiB. */
  readonly sliceBytes?: number;
}

/**
 * Reads an object from a byte on, window by window, each a ranged `GetObject` with `IfMatch`, the next one under way while
 * this one is read. Takes no more memory for a larger object, and never reads again what lies before the position.
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
  const { windowBytes = 8 * 1024 * 1024, prefetch = 1, sliceBytes = 1024 * 1024 } = options;
  const plan = piecesOf({ start: fromByte, end: Math.min(options.toByte ?? source.size, source.size) }, windowBytes);
  const controller = new AbortController();
  const signal =
    options.signal === undefined ? controller.signal : AbortSignal.any([options.signal, controller.signal]);
  const windows: Window[] = [];
  const startNext = (): void => {
    const next = plan.next();
    if (!next.done) windows.push(new Window(source, next.value, sliceBytes, { ...options, signal }));
  };
  try {
    for (let i = 0; i <= prefetch; i++) startNext();
    for (let window = windows.shift(); window !== undefined; window = windows.shift()) {
      yield* window.slices();
      startNext();
    }
  } finally {
    controller.abort();
  }
}

/** One window, received whether or not somebody reads it yet. */
class Window {
  readonly #ready: Uint8Array[] = [];
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(source: RangeSource, range: ByteRange, sliceBytes: number, options: ReceiveOptions) {
    void this.#receive(slicesOf(rangeBytes(source, range, options), sliceBytes, range.end - range.start));
  }

  async *slices(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const slice = this.#ready.shift();
      if (slice !== undefined) yield slice;
      else if (this.#failure !== undefined) throw this.#failure.error;
      else if (this.#ended) return;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }

  async #receive(slices: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const slice of slices) {
        this.#ready.push(slice);
        this.#wake?.();
      }
    } catch (error) {
      this.#failure = { error };
    }
    this.#ended = true;
    this.#wake?.();
  }
}
