interface Entry<V> {
  readonly value: V;
  bytes: number;
  pins: number;
}

/** An entry that {@link ByteLru} dropped. */
export interface Evicted<V> {
  readonly name: string;
  readonly value: V;
  readonly bytes: number;
}

/**
 * Keeps values within a budget of bytes and says which to let go of, least recently used first. Pinned values stay.
 * Bookkeeping only: the owner of evicted files deletes them.
 */
export class ByteLru<V> {
  /** The budget in bytes. */
  readonly maxBytes: number;
  // A Map iterates in insertion order: re-inserting on use keeps the least recently used first.
  readonly #entries = new Map<string, Entry<V>>();
  #usedBytes = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** Sum of the bytes of all values. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Number of values. */
  get size(): number {
    return this.#entries.size;
  }

  /** The value, now the most recently used; `undefined` if there is none. */
  get(name: string): V | undefined {
    const entry = this.#entries.get(name);
    if (entry === undefined) return undefined;
    this.#entries.delete(name);
    this.#entries.set(name, entry);
    return entry.value;
  }

  /** The value, without counting as a use. */
  peek(name: string): V | undefined {
    return this.#entries.get(name)?.value;
  }

  /**
   * Lets go of unpinned values until `bytes` more fit. Answers with what was evicted, or `undefined` if even evicting
   * everything unpinned would not do; then nothing is evicted.
   */
  makeRoom(bytes: number): readonly Evicted<V>[] | undefined {
    let excess = this.#usedBytes + bytes - this.maxBytes;
    const leaving: Evicted<V>[] = [];
    for (const [name, entry] of this.#entries) {
      if (excess <= 0) break;
      if (entry.pins > 0) continue;
      leaving.push({ name, value: entry.value, bytes: entry.bytes });
      excess -= entry.bytes;
    }
    if (excess > 0) return undefined;
    for (const { name } of leaving) this.delete(name);
    return leaving;
  }

  /** Lets go of the least recently used unpinned value, whatever the budget says. */
  evictOne(): Evicted<V> | undefined {
    for (const [name, entry] of this.#entries) {
      if (entry.pins > 0) continue;
      this.delete(name);
      return { name, value: entry.value, bytes: entry.bytes };
    }
    return undefined;
  }

  /** Puts a value in, most recently used, in place of one of the same name. Call {@link makeRoom} first. */
  set(name: string, value: V, bytes: number): void {
    this.delete(name);
    this.#entries.set(name, { value, bytes, pins: 0 });
    this.#usedBytes += bytes;
  }

  /** Counts `bytes` more (or fewer, if negative) for a value that grew. */
  grow(name: string, bytes: number): void {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    entry.bytes += bytes;
    this.#usedBytes += bytes;
  }

  /** Keeps a value from eviction until {@link unpin} was called as often. Answers whether the value exists. */
  pin(name: string): boolean {
    const entry = this.#entries.get(name);
    if (entry !== undefined) entry.pins++;
    return entry !== undefined;
  }

  /** Undoes one {@link pin}. Answers with the pins that are left. */
  unpin(name: string): number {
    const entry = this.#entries.get(name);
    if (entry === undefined) return 0;
    entry.pins = Math.max(0, entry.pins - 1);
    return entry.pins;
  }

  /** Forgets a value, pinned or not. */
  delete(name: string): void {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    this.#entries.delete(name);
    this.#usedBytes -= entry.bytes;
  }
}
