/**
 * Finds every byte of a small set in a chunk, a block at a time: the bytes that decide where records end. What it finds
 * is a superset when `fold` makes other bytes equal to a needle, so a caller looks at the byte again.
 */
export interface ByteFinder {
  /** Indexes of the chunk that the last `find` found, ascending; valid until the next `find`. */
  readonly offsets: Int32Array;
  /** Index up to which the last `find` searched. */
  readonly searched: number;
  /** Searches one block of `chunk` from `from`; returns how many bytes it found. */
  find(chunk: Buffer, from: number): number;
}

/** Which bytes to find. */
export interface Needles {
  /** One to four bytes; each must be unchanged by `| fold`. */
  readonly bytes: readonly number[];
  /** Bits set in every byte before it is compared: 0x20 makes `[` equal to `{`. Default 0. */
  readonly fold?: number;
}

/** How much of a chunk is searched at once: small enough that the offsets stay in the processor's first cache. */
export const blockBytes = 32_768;

/** Finds one byte by `Buffer.indexOf`. */
export class IndexOfFinder implements ByteFinder {
  readonly offsets = new Int32Array(blockBytes);
  searched = 0;
  readonly #needle: number;

  constructor(needle: number) {
    this.#needle = needle;
  }

  find(chunk: Buffer, from: number): number {
    const { offsets } = this;
    const end = Math.min(chunk.length, from + blockBytes);
    let count = 0;
    let at = chunk.indexOf(this.#needle, from);
    while (at !== -1 && at < end) {
      offsets[count++] = at;
      at = chunk.indexOf(this.#needle, at + 1);
    }
    this.searched = at === -1 ? chunk.length : end;
    return count;
  }
}

/** Finds several bytes by looking each byte up in a table. */
export class TableFinder implements ByteFinder {
  readonly offsets = new Int32Array(blockBytes);
  searched = 0;
  readonly #wanted = new Uint8Array(256);

  constructor({ bytes, fold = 0 }: Needles) {
    for (let byte = 0; byte < 256; byte++) this.#wanted[byte] = bytes.includes(byte | fold) ? 1 : 0;
  }

  find(chunk: Buffer, from: number): number {
    const { offsets } = this;
    const wanted = this.#wanted;
    const end = Math.min(chunk.length, from + blockBytes);
    let count = 0;
    for (let at = from; at < end; at++) {
      if (wanted[chunk[at]!] === 1) offsets[count++] = at;
    }
    this.searched = end;
    return count;
  }
}
