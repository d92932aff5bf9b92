import { crc32, joinCrc32 } from "./crc32.ts";
import type { PartPlace } from "./part-plan.ts";

const FIRST_BYTES = 64 * 1024;

/** The bytes of one part while they are gathered and, after that, for as long as a safe point may need them. */
export class PartBuffer {
  readonly number: number;
  readonly start: number;
  readonly maxBytes: number;
  /** CRC-32 of all of the output before this part. */
  readonly crcBefore: number;
  isUploaded = false;
  #storage: Buffer | undefined;
  #bytes = 0;
  #crc: number | undefined;

  /** `storage`, if given, is a used buffer of another part; it is taken over if it is of the right size. */
  constructor({ number, start, bytes }: PartPlace, crcBefore: number, storage?: Buffer) {
    this.number = number;
    this.start = start;
    this.maxBytes = bytes;
    this.crcBefore = crcBefore;
    this.#storage = storage?.length === bytes ? storage : undefined;
  }

  /** Bytes in it. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The output's byte after the last one in it. */
  get end(): number {
    return this.start + this.#bytes;
  }

  get isFull(): boolean {
    return this.#bytes === this.maxBytes;
  }

  /** Whether its bytes are still here. */
  get isHeld(): boolean {
    return this.#storage !== undefined || this.#bytes === 0;
  }

  /** Copies bytes of `chunk` in, from `from` on, until it is full. Answers with how many it took. */
  append(chunk: Uint8Array, from: number): number {
    const count = Math.min(chunk.length - from, this.maxBytes - this.#bytes);
    this.#reserve(this.#bytes + count);
    this.#storage!.set(from === 0 && count === chunk.length ? chunk : chunk.subarray(from, from + count), this.#bytes);
    this.#bytes += count;
    this.#crc = undefined;
    return count;
  }

  /** Encodes a text into it as UTF-8, if it surely fits. Answers with its bytes, or `undefined` if it may not fit. */
  appendText(text: string): number | undefined {
    // A unit of UTF-16 becomes three bytes at most.
    const mostBytes = text.length * 3;
    if (mostBytes > this.maxBytes - this.#bytes) return undefined;
    this.#reserve(this.#bytes + mostBytes);
    const count = this.#storage?.write(text, this.#bytes) ?? 0;
    this.#bytes += count;
    this.#crc = undefined;
    return count;
  }

  /** Its bytes up to a place in the output; a view, not a copy. */
  view(end = this.end): Buffer {
    return this.#storage?.subarray(0, end - this.start) ?? Buffer.alloc(0);
  }

  /** CRC-32 of its bytes. */
  get crc(): number {
    this.#crc ??= crc32(this.view());
    return this.#crc;
  }

  /** CRC-32 of all of the output up to its end. */
  get crcAfter(): number {
    return joinCrc32(this.crcBefore, this.crc, this.#bytes);
  }

  /** Lets go of the bytes; what is known of them stays. Answers with the storage, to be used again. */
  release(): Buffer | undefined {
    const storage = this.#storage;
    this.#storage = undefined;
    return storage;
  }

  #reserve(bytes: number): void {
    const held = this.#storage?.length ?? 0;
    if (bytes <= held) return;
    // Small outputs, of which a process may write many, take little; the first full part is copied a few times on the way.
    const size = this.number > 1 ? this.maxBytes : Math.min(this.maxBytes, Math.max(bytes, held * 2, FIRST_BYTES));
    const grown = Buffer.allocUnsafeSlow(size);
    if (this.#bytes > 0) grown.set(this.#storage!.subarray(0, this.#bytes));
    this.#storage = grown;
  }
}
