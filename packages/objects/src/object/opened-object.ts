import type { TmpFile } from "../cache/tmp-file.ts";
import { PositionBeyondEndError } from "../records/errors.ts";
import type { ObjectInfo } from "./object-info.ts";

/** A decoder an object is read through. */
export interface ObjectDecoding {
  /** Tells its files in `/tmp` from others, such as `gunzip`. */
  readonly name: string;
  /** Decodes a whole object from its first byte. */
  apply(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /** Whether it is done with each slice when it asks for the next, as gunzip is; their memory is then used again. */
  readonly takesReusedSlices?: boolean;
}

/** Options of {@link OpenObject.stream}. */
export interface ObjectStreamOptions {
  /**
   * Whether a slice is good only until the next one is asked for: its memory is then used again, so that reading takes
   * the same memory however large the object is. Default false: slices may be kept.
   */
  readonly reusesSlices?: boolean;
}

/** Where the bytes come from. */
export type ObjectSource =
  | { readonly kind: "memory"; readonly bytes: Uint8Array }
  | { readonly kind: "tmp"; readonly file: TmpFile; readonly isDecoded: boolean }
  | { readonly kind: "range"; read(fromByte: number, options: ObjectStreamOptions): AsyncIterable<Uint8Array> };

const SLICE_BYTES = 1024 * 1024;

/** An object opened by {@link openObject}. Close it when done, or declare it with `await using`. */
export class OpenObject {
  /** The version that is read, whatever happens to the object meanwhile. */
  readonly etag: string;
  /** Bytes as stored. */
  readonly size: number;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  /** Where it is read from. */
  readonly source: "memory" | "tmp" | "range";
  /** Bytes that {@link stream} gives from 0 on, if known: after decoding, only if the decoded copy is a file. */
  readonly streamBytes: number | undefined;
  /** `false` if the decoded copy turned out to be too large for a file, so that later hops need not try. */
  readonly keepsDecoded: boolean;
  readonly #from: ObjectSource;
  readonly #decode: ObjectDecoding | undefined;
  readonly #signal: AbortSignal | undefined;

  /** @internal */
  constructor(
    info: ObjectInfo,
    from: ObjectSource,
    decode: ObjectDecoding | undefined,
    keepsDecoded: boolean,
    signal: AbortSignal | undefined,
  ) {
    this.etag = info.etag;
    this.size = info.size;
    this.contentType = info.contentType;
    this.contentEncoding = info.contentEncoding;
    this.source = from.kind;
    this.#from = from;
    this.#decode = from.kind === "tmp" && from.isDecoded ? undefined : decode;
    this.keepsDecoded = keepsDecoded;
    this.#signal = signal;
    this.streamBytes =
      from.kind === "tmp" && from.isDecoded ? from.file.bytes : decode === undefined ? info.size : undefined;
  }

  /**
   * The bytes from a position on, in slices of about 1 MiB. Costs nothing for what lies before it, except through a
   * decoder whose output is not kept: that has to decode, and pass over, everything before it.
   *
   * @throws {@link PositionBeyondEndError} if the position lies behind the end.
   */
  async *stream(fromByte = 0, options: ObjectStreamOptions = {}): AsyncGenerator<Uint8Array> {
    if (this.streamBytes !== undefined && fromByte > this.streamBytes) {
      throw new PositionBeyondEndError(`byte ${fromByte}`, `byte ${this.streamBytes}`);
    }
    const decode = this.#decode;
    if (decode === undefined) yield* this.#stored(fromByte, options.reusesSlices === true);
    else yield* passOver(decode.apply(this.#stored(0, decode.takesReusedSlices === true)), fromByte);
  }

  /** Ends the use. With `remove`, a file in `/tmp` is deleted once nobody else uses it. Idempotent. */
  async close(options: { readonly remove?: boolean } = {}): Promise<void> {
    if (this.#from.kind === "tmp") await this.#from.file.release(options);
  }

  /** Closes; keeps the file for later invocations. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async *#stored(fromByte: number, reusesSlices: boolean): AsyncGenerator<Uint8Array> {
    const from = this.#from;
    const signal = this.#signal;
    if (from.kind === "range") yield* from.read(fromByte, { reusesSlices });
    else if (from.kind === "tmp") yield* from.file.read(fromByte, { reusesSlices, ...(signal && { signal }) });
    else {
      for (let at = fromByte; at < from.bytes.length; at += SLICE_BYTES) {
        this.#signal?.throwIfAborted();
        yield from.bytes.subarray(at, at + SLICE_BYTES);
      }
    }
  }
}

async function* passOver(slices: AsyncIterable<Uint8Array>, skipBytes: number): AsyncGenerator<Uint8Array> {
  let at = 0;
  for await (const slice of slices) {
    const skipped = Math.min(slice.length, Math.max(0, skipBytes - at));
    at += slice.length;
    if (skipped < slice.length) yield slice.subarray(skipped);
  }
  if (at < skipBytes) throw new PositionBeyondEndError(`byte ${skipBytes}`, `byte ${at}`);
}
