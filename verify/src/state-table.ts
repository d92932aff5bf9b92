import { doubled } from "./doubled.ts";

/** States in the order in which they were found, each once: words in one array, a hash table of their numbers. */
export class StateTable {
  count = 0;
  readonly #words: number;
  #states: Uint32Array;
  #parents: Uint32Array;
  #fair: Uint32Array;
  #slots: Uint32Array;

  constructor(words: number) {
    this.#words = words;
    this.#states = new Uint32Array(words * 0x10000);
    this.#parents = new Uint32Array(0x10000);
    this.#fair = new Uint32Array(0x10000);
    this.#slots = new Uint32Array(0x20000);
  }

  /** The number of a state, which is a new one if it was not found before. */
  add(state: readonly number[], parent: number): number {
    const slot = this.#slotOf(state);
    const found = this.#slots[slot]!;
    if (found !== 0) return found - 1;
    const index = this.count++;
    if (index === this.#parents.length) this.#grow();
    this.#parents[index] = parent;
    for (let at = 0, to = index * this.#words; at < this.#words; at++) this.#states[to + at] = state[at]!;
    if (this.count * 2 > this.#slots.length) this.#rehash();
    else this.#slots[slot] = index + 1;
    return index;
  }

  /** The number of a state that was found; -1 of another. */
  find(state: readonly number[]): number {
    return this.#slots[this.#slotOf(state)]! - 1;
  }

  /** Reads a state into an array. */
  read(index: number, into: number[]): number[] {
    for (let at = 0, from = index * this.#words; at < this.#words; at++) into[at] = this.#states[from + at]!;
    return into;
  }

  /** The state that this one was found from. */
  parentOf(index: number): number {
    return this.#parents[index]!;
  }

  /** The state that follows in a fair schedule. */
  fairOf(index: number): number {
    return this.#fair[index]!;
  }

  setFair(index: number, next: number): void {
    this.#fair[index] = next;
  }

  /** Where a state is in the table, or is to be. */
  #slotOf(state: readonly number[]): number {
    const mask = this.#slots.length - 1;
    let hash = 0x811c9dc5;
    for (let at = 0; at < this.#words; at++) {
      hash = Math.imul(hash ^ state[at]!, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    hash = Math.imul(hash, 0x85ebca6b);
    for (let slot = (hash ^ (hash >>> 13)) & mask; ; slot = (slot + 1) & mask) {
      const found = this.#slots[slot]!;
      if (found === 0 || this.#isAt(found - 1, state)) return slot;
    }
  }

  #isAt(index: number, state: readonly number[]): boolean {
    const from = index * this.#words;
    for (let at = 0; at < this.#words; at++) if (this.#states[from + at] !== state[at]! >>> 0) return false;
    return true;
  }

  #grow(): void {
    this.#states = doubled(this.#states);
    this.#parents = doubled(this.#parents);
    this.#fair = doubled(this.#fair);
  }

  #rehash(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2);
    const state: number[] = [];
    for (let index = 0; index < this.count; index++) this.#slots[this.#slotOf(this.read(index, state))] = index + 1;
  }
}
