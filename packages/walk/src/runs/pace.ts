/** Tells from time to time whether a walk will take longer than it should, from how fast it is now. */
export class Pace {
  readonly #tooLongMs: number;
  readonly #now: () => number;
  #sinceMs: number;
  #sinceKeys = 0;

  constructor(tooLongMs: number, now: () => number) {
    this.#tooLongMs = tooLongMs;
    this.#now = now;
    this.#sinceMs = now();
  }

  /**
   * Whether what is left will take longer than `tooLongMs`, at the pace since it was last told: four times in that time.
   * In between, `false`.
   */
  isTooLong(walkedKeys: number, remainingKeys: number): boolean {
    const passedMs = this.#now() - this.#sinceMs;
    if (passedMs < this.#tooLongMs / 4) return false;
    const keysPerMs = (walkedKeys - this.#sinceKeys) / passedMs;
    this.#sinceMs += passedMs;
    this.#sinceKeys = walkedKeys;
    return remainingKeys > keysPerMs * this.#tooLongMs;
  }
}
