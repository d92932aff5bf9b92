import { compareKeys } from "./key-order.ts";

/** Keys per chunk before it is split in two: small enough that an insert moves little, large enough for few chunks. */
const MAX_CHUNK_KEYS = 512;

interface Chunk<T> {
  readonly keys: string[];
  readonly values: T[];
}

/** A place between two entries of a {@link KeyIndex}; valid until the index changes. */
export interface IndexCursor<T> {
  /** The key at this place, or `undefined` at the end. */
  readonly key: string | undefined;
  /** The value at this place; only read it where `key` is defined. */
  readonly value: T;
  /** Steps to the next entry. */
  next(): void;
  /** Moves forward to the first key that neither begins with `prefix` nor sorts before it. */
  seekPastPrefix(prefix: string): void;
}

/**
 * A map ordered by {@link compareKeys}: sorted chunks in a sorted array, so that insert, look-up and seek cost one binary
 * search over the chunks and one within a chunk, and loading keys in order appends.
 */
export class KeyIndex<T> {
  readonly #chunks: Chunk<T>[] = [];
  #size = 0;

  /** Number of keys. */
  get size(): number {
    return this.#size;
  }

  /** The value of `key`, if it is there. */
  get(key: string): T | undefined {
    const chunk = this.#chunks[this.#chunkFor(key)];
    if (chunk === undefined) return undefined;
    const at = firstAtOrAfter(chunk.keys, key);
    return chunk.keys[at] === key ? chunk.values[at] : undefined;
  }

  /** Puts `value` at `key` and returns the value it replaced, if any. */
  set(key: string, value: T): T | undefined {
    const chunkAt = this.#chunkFor(key);
    const chunk = this.#chunks[chunkAt];
    if (chunk === undefined) {
      this.#chunks.push({ keys: [key], values: [value] });
      this.#size = 1;
      return undefined;
    }
    const { keys, values } = chunk;
    const last = keys.length - 1;
    const at = compareKeys(keys[last]!, key) < 0 ? last + 1 : firstAtOrAfter(keys, key);
    if (keys[at] === key) {
      const replaced = values[at];
      values[at] = value;
      return replaced;
    }
    this.#size++;
    if (at === keys.length) {
      const isLastChunk = chunkAt === this.#chunks.length - 1;
      if (isLastChunk && keys.length >= MAX_CHUNK_KEYS) {
        this.#chunks.push({ keys: [key], values: [value] });
        return undefined;
      }
      keys.push(key);
      values.push(value);
    } else {
      keys.splice(at, 0, key);
      values.splice(at, 0, value);
    }
    if (keys.length > MAX_CHUNK_KEYS) {
      const half = keys.length >>> 1;
      this.#chunks.splice(chunkAt + 1, 0, { keys: keys.splice(half), values: values.splice(half) });
    }
    return undefined;
  }

  /** Removes `key` and returns its value, if it was there. */
  delete(key: string): T | undefined {
    const chunkAt = this.#chunkFor(key);
    const chunk = this.#chunks[chunkAt];
    if (chunk === undefined) return undefined;
    const at = firstAtOrAfter(chunk.keys, key);
    if (chunk.keys[at] !== key) return undefined;
    const [removed] = chunk.values.splice(at, 1);
    chunk.keys.splice(at, 1);
    if (chunk.keys.length === 0) this.#chunks.splice(chunkAt, 1);
    this.#size--;
    return removed;
  }

  /** A cursor at the first key that is not less than `key` (`""`: at the first of all). */
  seek(key: string): IndexCursor<T> {
    const chunkAt = this.#chunkFor(key);
    const chunk = this.#chunks[chunkAt];
    return new Cursor(this.#chunks, chunkAt, chunk === undefined ? 0 : firstAtOrAfter(chunk.keys, key));
  }

  /** All entries in order. */
  *entries(): Generator<readonly [key: string, value: T]> {
    for (const { keys, values } of this.#chunks) {
      for (let at = 0; at < keys.length; at++) yield [keys[at]!, values[at]!];
    }
  }

  /** Position of the last chunk whose first key is not greater than `key` (0 if all are greater). */
  #chunkFor(key: string): number {
    let low = 0;
    let high = this.#chunks.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (compareKeys(this.#chunks[middle]!.keys[0]!, key) <= 0) low = middle;
      else high = middle;
    }
    return low;
  }
}

function firstAtOrAfter(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeys(keys[middle]!, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isWithinOrBefore(key: string, prefix: string): boolean {
  return key.startsWith(prefix) || compareKeys(key, prefix) < 0;
}

class Cursor<T> implements IndexCursor<T> {
  readonly #chunks: readonly Chunk<T>[];
  #chunkAt: number;
  #at: number;

  constructor(chunks: readonly Chunk<T>[], chunkAt: number, at: number) {
    this.#chunks = chunks;
    this.#chunkAt = chunkAt;
    this.#at = at;
    this.#skipEnd();
  }

  get key(): string | undefined {
    return this.#chunks[this.#chunkAt]?.keys[this.#at];
  }

  get value(): T {
    return this.#chunks[this.#chunkAt]!.values[this.#at]!;
  }

  next(): void {
    this.#at++;
    this.#skipEnd();
  }

  seekPastPrefix(prefix: string): void {
    // Most often the next key is near: look in doubling steps before halving.
    let low = this.#chunkAt;
    let step = 1;
    while (low + step < this.#chunks.length && isWithinOrBefore(this.#chunks[low + step]!.keys[0]!, prefix)) {
      low += step;
      step *= 2;
    }
    let high = Math.min(low + step, this.#chunks.length);
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (isWithinOrBefore(this.#chunks[middle]!.keys[0]!, prefix)) low = middle;
      else high = middle;
    }
    const keys = this.#chunks[low]?.keys ?? [];
    let from = low === this.#chunkAt ? this.#at : 0;
    let to = keys.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (isWithinOrBefore(keys[middle]!, prefix)) from = middle + 1;
      else to = middle;
    }
    this.#chunkAt = low;
    this.#at = from;
    this.#skipEnd();
  }

  #skipEnd(): void {
    const chunk = this.#chunks[this.#chunkAt];
    if (chunk !== undefined && this.#at >= chunk.keys.length) {
      this.#chunkAt++;
      this.#at = 0;
    }
  }
}
