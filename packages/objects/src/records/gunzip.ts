import { CompressedInput } from "./compressed-input.ts";
import { CorruptGzipError, type GzipSign, NotGzipError, PositionBeyondEndError } from "./errors.ts";
import { excerptOf } from "./excerpt.ts";
import { GZIP_MAGIC, gunzipMember } from "./gzip-member.ts";
import { binaryAt } from "./magic.ts";

/** Options of {@link gunzip}. */
export interface GunzipOptions {
  /** The name of the data in errors: bucket and key, or a file name. */
  readonly name: string;
  /** Decompressed bytes to pass over: the `byte` of the position to go on from. Default 0. */
  readonly skipBytes?: number | undefined;
  /** The sign that the data is gzip, for errors; see {@link formatOf}. Default: the name. */
  readonly sign?: GzipSign | undefined;
}

/** How much of the data is looked at that is no gzip, to say what it is. */
const LOOK_BYTES = 300;

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
  { name, skipBytes = 0, sign = "name" }: GunzipOptions,
): AsyncGenerator<Buffer, void, undefined> {
  const input = new CompressedInput(source);
  let left = skipBytes;
  try {
    await expectMagic(input, name, sign);
    do {
      for await (const piece of gunzipMember(input, name)) {
        if (left >= piece.length) {
          left -= piece.length;
          continue;
        }
        yield left === 0 ? piece : piece.subarray(left);
        left = 0;
      }
    } while (await isAnotherMember(input, name));
  } finally {
    await input.close();
  }
  if (left > 0)
    throw new PositionBeyondEndError(`byte ${skipBytes}`, `byte ${skipBytes - left} of ${name}, decompressed`);
}

async function expectMagic(input: CompressedInput, name: string, sign: GzipSign): Promise<void> {
  const head = await input.take(GZIP_MAGIC.length);
  if (head.equals(Uint8Array.from(GZIP_MAGIC))) return;
  const look = Buffer.concat([head, await input.take(LOOK_BYTES)]);
  const binary = binaryAt(look);
  const found =
    look.length === 0 ? "it is empty" : binary ? `it is ${binary.name}` : `it begins with ${excerptOf(look)}`;
  throw new NotGzipError(name, sign, found);
}

/**
 * Whether another member follows, of which the magic bytes are then read. Zeros may pad the end, as tapes and block devices
 * leave them.
 */
async function isAnotherMember(input: CompressedInput, name: string): Promise<boolean> {
  const byte = input.position;
  const next = await input.take(GZIP_MAGIC.length);
  if (next.equals(Uint8Array.from(GZIP_MAGIC))) return true;
  const isPadding = next.every((each) => each === 0);
  const rest = isPadding ? await skipZeros(input) : Buffer.concat([next, await input.take(LOOK_BYTES)]);
  if (rest === undefined || rest.length === 0) return false;
  const where = isPadding
    ? `something follows the zeros after it, at byte ${input.position - rest.length}`
    : `something follows its end at byte ${byte}`;
  throw new CorruptGzipError(name, `${where}: ${excerptOf(rest)}`);
}

/** The bytes after zeros, up to the end; `undefined` if there are none. */
async function skipZeros(input: CompressedInput): Promise<Buffer | undefined> {
  for (let chunk = await input.peek(); chunk !== undefined; chunk = await input.peek()) {
    const other = chunk.findIndex((each) => each !== 0);
    input.skip(other === -1 ? chunk.length : other);
    if (other !== -1) return input.take(LOOK_BYTES);
  }
  return undefined;
}
