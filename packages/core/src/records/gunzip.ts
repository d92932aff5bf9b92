import { createGunzip, type Gunzip } from "node:zlib";
import { CorruptGzipError, NotGzipError, PositionBeyondEndError, TruncatedGzipError } from "./errors.ts";

/** Options of {@link gunzip}. */
export interface GunzipOptions {
  /** What the data is called in errors: bucket and key, or a file name. */
  readonly name: string;
  /** Decompressed bytes to pass over: the `byte` of the position to go on from. Default 0. */
  readonly skipBytes?: number | undefined;
}

/** Larger pieces than zlib's default of 16 KiB: fewer turns of the event loop for the same bytes. */
const pieceBytes = 262_144;

/**
 * Decompresses gzip, of one member or several, from its beginning, and gives what follows the first `skipBytes`.
 *
 * Gzip cannot be entered in the middle: the source must begin at byte 0 of the compressed object, and each hop that
 * resumes decompresses everything before its position again. Where hops are many, decompress once into a cached file.
 * The source may reuse the memory of a chunk once it is asked for the next.
 *
 * @throws NotGzipError, TruncatedGzipError, CorruptGzipError if the data is not, ends early, or is damaged;
 * PositionBeyondEndError if it decompresses to fewer than `skipBytes`. An error of the source passes through.
 * @example
 * ```ts
 * const bytes = gunzip(createReadStream("/tmp/object"), { name: "s3://in/cities.ndjson.gz", skipBytes: position.byte });
 * for await (const batch of readBatches(bytes, { format: "ndjson", from: position })) await handle(batch);
 * ```
 */
export async function* gunzip(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { name, skipBytes = 0 }: GunzipOptions,
): AsyncGenerator<Buffer, void, undefined> {
  const compressed = new CompressedBytes(source, name);
  const inflate = createGunzip({ chunkSize: pieceBytes });
  const feeding = feed(compressed, inflate);
  let left = skipBytes;
  try {
    for await (const piece of inflate as AsyncIterable<Buffer>) {
      if (left >= piece.length) {
        left -= piece.length;
        continue;
      }
      yield left === 0 ? piece : piece.subarray(left);
      left = 0;
    }
    const failure = await feeding;
    if (failure !== undefined) throw failure;
  } catch (error) {
    throw namedError(error, name);
  } finally {
    inflate.destroy();
  }
  if (compressed.lastNonZero >= inflate.bytesWritten) {
    throw new CorruptGzipError(name, `something follows its end at byte ${inflate.bytesWritten}`);
  }
  if (left > 0)
    throw new PositionBeyondEndError(`byte ${skipBytes}`, `byte ${skipBytes - left} of ${name}, decompressed`);
}

/** Writes the source to `inflate`, at its pace. Returns what the source threw, if anything, after ending `inflate` with it. */
async function feed(compressed: CompressedBytes, inflate: Gunzip): Promise<unknown> {
  try {
    for await (const chunk of compressed) {
      // At zeros after a member zlib ends, while the source goes on: the rest is only looked at.
      if (inflate.readableEnded) continue;
      if (inflate.destroyed) return undefined;
      await taken(inflate, chunk);
      if (inflate.destroyed) return undefined;
    }
    if (!inflate.destroyed) inflate.end();
    return undefined;
  } catch (error) {
    inflate.destroy(error instanceof Error ? error : new Error(String(error)));
    return error;
  }
}

/** Resolves when zlib, which works on another thread, needs the chunk no more: its memory may then change. */
function taken(inflate: Gunzip, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      inflate.off("close", settle).off("end", settle);
      resolve();
    };
    // At zeros after a member zlib ends without saying that it took the chunk.
    inflate.on("close", settle).on("end", settle);
    inflate.write(chunk, settle);
  });
}

/** The source, checked for gzip's magic bytes before anything is decompressed. */
class CompressedBytes implements AsyncIterable<Uint8Array> {
  /** Index of the last byte that is not 0: zeros may pad the end, and zlib stops reading at them. */
  lastNonZero = -1;
  readonly #source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  readonly #name: string;

  constructor(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, name: string) {
    this.#source = source;
    this.#name = name;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    const magic = [0x1f, 0x8b];
    let read = 0;
    for await (const chunk of this.#source) {
      for (let i = 0; read + i < magic.length && i < chunk.length; i++) {
        if (chunk[i] !== magic[read + i]) throw new NotGzipError(this.#name);
      }
      let last = chunk.length - 1;
      while (last >= 0 && chunk[last] === 0) last--;
      if (last >= 0) this.lastNonZero = read + last;
      read += chunk.length;
      yield chunk;
    }
    if (read < magic.length) throw new NotGzipError(this.#name);
  }
}

function namedError(error: unknown, name: string): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  if (error.code === "Z_BUF_ERROR") return new TruncatedGzipError(name, { cause: error });
  if (error.code === "Z_DATA_ERROR") return new CorruptGzipError(name, error.message, { cause: error });
  return error;
}
