import { createInflateRaw, type InflateRaw, crc32 as zlibCrc32 } from "node:zlib";
import type { CompressedInput } from "./compressed-input.ts";
import { CorruptGzipError, TruncatedGzipError } from "./errors.ts";

/** Larger pieces than zlib's default of 16 KiB: fewer turns of the event loop for the same bytes. */
const PIECE_BYTES = 131_072;

/** How a member of gzip begins: https://www.rfc-editor.org/rfc/rfc1952 */
export const GZIP_MAGIC: readonly number[] = [0x1f, 0x8b];
const DEFLATE = 8;
/** Bits of its flags. */
const HEADER_CRC = 2;
const EXTRA = 4;
const NAME = 8;
const COMMENT = 16;
const RESERVED = 0xe0;

/**
 * Decompresses one member of gzip, from behind its magic bytes, and checks it against the check value and size at its end.
 *
 * @throws TruncatedGzipError, CorruptGzipError, with the byte of the compressed data.
 */
export async function* gunzipMember(input: CompressedInput, name: string): AsyncGenerator<Buffer, void, undefined> {
  const memberByte = input.position - GZIP_MAGIC.length;
  const cut = (): TruncatedGzipError => new TruncatedGzipError(name, input.position, memberByte);
  await skipHeader(input, name, cut);
  let crc = 0;
  let bytes = 0;
  for await (const piece of inflated(input, name, cut)) {
    crc = zlibCrc32(piece, crc);
    bytes += piece.length;
    yield piece;
  }
  const trailerByte = input.position;
  const trailer = await input.take(8);
  if (trailer.length < 8) throw cut();
  const saidCrc = trailer.readUInt32LE(0);
  if (saidCrc !== crc) {
    const values = `it is ${hex(saidCrc)} at byte ${trailerByte}, and ${hex(crc)} by what was decompressed`;
    throw new CorruptGzipError(name, `its check value is wrong: ${values}`);
  }
  const saidBytes = trailer.readUInt32LE(4);
  if (saidBytes !== bytes % 2 ** 32) {
    throw new CorruptGzipError(
      name,
      `it has ${bytes} bytes decompressed, and byte ${trailerByte + 4} says ${saidBytes}`,
    );
  }
}

async function skipHeader(input: CompressedInput, name: string, cut: () => TruncatedGzipError): Promise<void> {
  const headerByte = input.position;
  const header = await input.take(8);
  if (header.length < 8) throw cut();
  const [method = 0, flags = 0] = header;
  if (method !== DEFLATE) {
    throw new CorruptGzipError(name, `byte ${headerByte} names compression method ${method}, and gzip has 8 alone`);
  }
  if ((flags & RESERVED) !== 0) {
    throw new CorruptGzipError(name, `byte ${headerByte + 1} has flags (${flags}) that gzip does not have`);
  }
  if ((flags & EXTRA) !== 0) {
    const size = await input.take(2);
    if (size.length < 2) throw cut();
    const extra = size.readUInt16LE(0);
    if ((await input.take(extra)).length < extra) throw cut();
  }
  if ((flags & NAME) !== 0 && !(await input.skipText())) throw cut();
  if ((flags & COMMENT) !== 0 && !(await input.skipText())) throw cut();
  if ((flags & HEADER_CRC) !== 0 && (await input.take(2)).length < 2) throw cut();
}

/** Inflates from the input's place, and leaves the input behind the deflated data. */
async function* inflated(
  input: CompressedInput,
  name: string,
  cut: () => TruncatedGzipError,
): AsyncGenerator<Buffer, void, undefined> {
  const inflate = createInflateRaw({ chunkSize: PIECE_BYTES });
  const feeding = feed(input, inflate);
  try {
    yield* inflate as AsyncIterable<Buffer>;
    const failure = await feeding;
    if (failure !== undefined) throw failure.error;
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    if (error.code === "Z_BUF_ERROR") throw cut();
    if (error.code !== "Z_DATA_ERROR") throw error;
    throw new CorruptGzipError(name, `${error.message}, at or before byte ${input.position}`, { cause: error });
  } finally {
    inflate.destroy();
  }
}

/** Writes the input to `inflate`, at its pace, until that has what it needs. Answers with what the source threw. */
async function feed(input: CompressedInput, inflate: InflateRaw): Promise<{ readonly error: unknown } | undefined> {
  try {
    for (let chunk = await input.peek(); chunk !== undefined; chunk = await input.peek()) {
      if (inflate.destroyed) return undefined;
      const before = inflate.bytesWritten;
      await taken(inflate, chunk);
      const used = inflate.bytesWritten - before;
      input.skip(used);
      // It takes all, or has come to the end of the deflated data.
      if (used < chunk.length) return undefined;
    }
    if (!inflate.destroyed) inflate.end();
    return undefined;
  } catch (error) {
    inflate.destroy(error instanceof Error ? error : new Error(String(error)));
    return { error };
  }
}

/** Resolves when zlib, which works on another thread, needs the chunk no more: its memory may then change. */
function taken(inflate: InflateRaw, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      inflate.off("close", settle).off("end", settle);
      resolve();
    };
    // At the end of the data zlib may end without saying that it took the chunk.
    inflate.on("close", settle).on("end", settle);
    inflate.write(chunk, settle);
  });
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, "0")}`;
}
