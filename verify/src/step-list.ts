import { doubled } from "./doubled.ts";

/** Steps between states, by their numbers. */
export class StepList {
  #count = 0;
  #froms: Uint32Array = new Uint32Array(0x10000);
  #tos: Uint32Array = new Uint32Array(0x10000);

  add(from: number, to: number): void {
    if (this.#count === this.#froms.length) {
      this.#froms = doubled(this.#froms);
      this.#tos = doubled(this.#tos);
    }
    this.#froms[this.#count] = from;
    this.#tos[this.#count++] = to;
  }

  /** Answers for each of so many states where the steps to it come from. */
  backwards(states: number): (to: number) => Uint32Array {
    // Sorted by counting: those to state `n` end up before `ends[n]`.
    const ends = new Uint32Array(states + 1);
    for (let at = 0; at < this.#count; at++) ends[this.#tos[at]! + 1]!++;
    for (let state = 0; state < states; state++) ends[state + 1]! += ends[state]!;
    const sorted = new Uint32Array(this.#count);
    for (let at = 0; at < this.#count; at++) sorted[ends[this.#tos[at]!]!++] = this.#froms[at]!;
    return (to) => sorted.subarray(to === 0 ? 0 : ends[to - 1], ends[to]);
  }
}
