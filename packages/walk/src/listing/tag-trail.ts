const LESS_THAN = 0x3c;

/**
 * Where the tags stood on the way from one place of an object to another. Objects of a page are mostly alike, so where
 * the same tags stand at the same distances in the next one, nothing between them needs to be read: text has no `<`.
 */
export class TagTrail {
  readonly #offsets: number[] = [];
  /** The byte behind each `<`. */
  readonly #letters: number[] = [];
  #length = -1;

  /** Takes note of the way between two places. */
  learn(body: Buffer, from: number, to: number): void {
    this.#offsets.length = 0;
    this.#letters.length = 0;
    for (let at = from; at < to; at++) {
      if (body[at] !== LESS_THAN) continue;
      this.#offsets.push(at - from);
      this.#letters.push(body[at + 1] as number);
    }
    this.#length = to - from;
  }

  /** Where the way ends, if it is the same from here; otherwise -1. */
  follow(body: Buffer, from: number): number {
    for (let i = 0; i < this.#offsets.length; i++) {
      const at = from + (this.#offsets[i] as number);
      if (body[at] !== LESS_THAN || body[at + 1] !== this.#letters[i]) return -1;
    }
    return this.#length === -1 ? -1 : from + this.#length;
  }
}
