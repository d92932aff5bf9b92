import type { FileHandle } from "node:fs/promises";
import { TmpFileDamagedError } from "./errors.ts";

/** Options of {@link TmpFile.read}. */
export interface TmpReadOptions {
  /** Byte to stop before. Default: the end. */
  readonly to?: number;
  /** Bytes of a slice. Default 1 MiB. */
  readonly sliceBytes?: number;
  /**
   * Whether a slice is good only until the next one is asked for: its memory is then used again, so that reading takes
   * the same memory however much is read. Default false: slices may be kept.
   */
  readonly reusesSlices?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * A file of the cache in use: pinned, so that it is not evicted, and open, so that it can be read even if it is removed.
 * Release it when done.
 */
export class TmpFile {
  readonly path: string;
  readonly bytes: number;
  /** `held` if it was there already, `filled` if it was downloaded for this use. */
  readonly outcome: "held" | "filled";
  readonly #handle: FileHandle;
  readonly #onRelease: (remove: boolean) => Promise<void>;
  #released: Promise<void> | undefined;

  /** @internal */
  constructor(
    file: { readonly path: string; readonly bytes: number; readonly outcome: "held" | "filled" },
    handle: FileHandle,
    onRelease: (remove: boolean) => Promise<void>,
  ) {
    this.path = file.path;
    this.bytes = file.bytes;
    this.outcome = file.outcome;
    this.#handle = handle;
    this.#onRelease = onRelease;
  }

  /**
   * Reads from a byte on, one slice ahead of the reader. Several reads may go on at once.
   *
   * @throws {@link TmpFileDamagedError} if the file has become shorter.
   */
  async *read(fromByte: number, options: TmpReadOptions = {}): AsyncGenerator<Uint8Array> {
    const end = Math.min(options.to ?? this.bytes, this.bytes);
    const sliceBytes = Math.min(options.sliceBytes ?? 1024 * 1024, Math.max(0, end - fromByte));
    let spare: Buffer | undefined;
    const begin = (at: number): Promise<Uint8Array> | undefined => {
      if (at >= end) return undefined;
      const buffer = spare ?? Buffer.allocUnsafeSlow(Math.min(sliceBytes, end - at));
      spare = undefined;
      return this.#read(buffer, Math.min(buffer.length, end - at), at);
    };
    let position = fromByte;
    let next = begin(position);
    while (next !== undefined) {
      const slice = await next;
      options.signal?.throwIfAborted();
      position += slice.length;
      next = begin(position);
      next?.catch(() => {}); // the reader may stop here
      yield slice;
      if (options.reusesSlices === true) spare = Buffer.from(slice.buffer as ArrayBuffer);
    }
  }

  /**
   * Ends this use. With `remove`, the file is deleted once nobody else uses it: for an object that will not be needed
   * again. Idempotent.
   */
  release(options: { readonly remove?: boolean } = {}): Promise<void> {
    this.#released ??= this.#handle.close().then(() => this.#onRelease(options.remove === true));
    return this.#released;
  }

  async #read(buffer: Buffer, length: number, position: number): Promise<Uint8Array> {
    const { bytesRead } = await this.#handle.read(buffer, 0, length, position);
    if (bytesRead === 0) throw new TmpFileDamagedError(this.path, position, this.bytes);
    return buffer.subarray(0, bytesRead);
  }
}
