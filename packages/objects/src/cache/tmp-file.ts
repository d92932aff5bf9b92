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

/** Tells the cache that a use has ended, or, once it has (`isFirst` is false), that the file is not needed either. */
type ReleaseTmpFile = (remove: boolean, isFirst: boolean) => Promise<void>;

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
  readonly #onRelease: ReleaseTmpFile;
  #released: Promise<void> | undefined;
  #isRemoved = false;

  /** @internal */
  constructor(
    file: { readonly path: string; readonly bytes: number; readonly outcome: "held" | "filled" },
    handle: FileHandle,
    onRelease: ReleaseTmpFile,
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
      const slice = await next.catch((error: unknown) => {
        // That the file was closed because the hop is over says less than that.
        options.signal?.throwIfAborted();
        throw error;
      });
      options.signal?.throwIfAborted();
      position += slice.length;
      next = begin(position);
      next?.catch(() => {}); // the reader may stop here
      yield slice;
      if (options.reusesSlices === true) spare = Buffer.from(slice.buffer as ArrayBuffer);
    }
  }

  /**
   * Ends this use; what is still being read fails. With `remove`, the file is deleted once nobody else uses it: for an
   * object that will not be needed again. Idempotent.
   */
  release({ remove = false }: { readonly remove?: boolean } = {}): Promise<void> {
    if (this.#released === undefined) {
      this.#isRemoved = remove;
      this.#released = this.#handle.close().then(() => this.#onRelease(remove, true));
    } else if (remove && !this.#isRemoved) {
      // The cache had ended the use of a hop that is over, which now says that it is done with the object.
      this.#isRemoved = true;
      this.#released = this.#released.then(() => this.#onRelease(true, false));
    }
    return this.#released;
  }

  async #read(buffer: Buffer, length: number, position: number): Promise<Uint8Array> {
    const { bytesRead } = await this.#handle.read(buffer, 0, length, position);
    if (bytesRead === 0) throw new TmpFileDamagedError(this.path, position, this.bytes);
    return buffer.subarray(0, bytesRead);
  }
}
