import { StateError } from "../errors.ts";
import { toJson } from "./json.ts";

/**
 * Checks the first state that a hop yields: that it can travel, and, at the next one, that it was not changed meanwhile. A
 * yielded state that is changed is no safe point. Later ones are not checked, since that would cost time in each step.
 */
export class YieldedState {
  #first: unknown;
  #text = "";

  /** @throws {@link StateError} */
  check(state: unknown, step: number): void {
    if (step === 1) {
      this.#first = state;
      this.#text = toJson(state);
    } else if (step === 2) {
      if (JSON.stringify(this.#first) !== this.#text) {
        throw new StateError("state", "was changed after it was yielded; yield a new object each time.");
      }
      this.#first = undefined;
    }
  }
}
