import { StateTable } from "./state-table.ts";

/**
 * States in the order in which they were found, each once. Two states differ in a few of their fields, so each value of a
 * field is kept once, and a state is the numbers of its values.
 */
export class PackedStates<State extends object> {
  readonly #fields: readonly string[];
  readonly #table: StateTable;
  readonly #values: unknown[] = [];
  readonly #byText = new Map<string, number>();
  /** The numbers of the values that are kept: a step changes few of them, so the others need no text. */
  readonly #byValue = new WeakMap<object, number>();
  readonly #packed: number[] = [];

  /** @param first - the first state; all others have the same fields */
  constructor(first: State) {
    this.#fields = Object.keys(first);
    this.#table = new StateTable(this.#fields.length);
    this.add(first, 0);
  }

  get count(): number {
    return this.#table.count;
  }

  /** The number of a state, which is a new one if it was not found before. */
  add(state: State, parent: number): number {
    return this.#table.add(this.#pack(state), parent);
  }

  /** The number of a state that was found; -1 of another. */
  find(state: State): number {
    return this.#table.find(this.#pack(state));
  }

  read(index: number): State {
    const packed = this.#table.read(index, this.#packed);
    const state: Record<string, unknown> = {};
    for (const [at, field] of this.#fields.entries()) state[field] = this.#values[packed[at]!];
    return state as State;
  }

  /** The state that this one was found from. */
  parentOf(index: number): number {
    return this.#table.parentOf(index);
  }

  #pack(state: State): readonly number[] {
    for (const [at, field] of this.#fields.entries()) {
      this.#packed[at] = this.#numberOf((state as Record<string, unknown>)[field]);
    }
    return this.#packed;
  }

  #numberOf(value: unknown): number {
    const isObject = typeof value === "object" && value !== null;
    const kept = isObject ? this.#byValue.get(value) : undefined;
    if (kept !== undefined) return kept;
    const text = JSON.stringify(value);
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    const number = this.#values.push(value) - 1;
    this.#byText.set(text, number);
    if (isObject) this.#byValue.set(value, number);
    return number;
  }
}
