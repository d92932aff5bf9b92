import { InvariantError } from "./invariant-error.ts";
import type { SimulationResult } from "./simulation-result.ts";

/**
 * Looks at a finished simulation and throws an {@link InvariantError} if what must hold did not. Its `name` tells it from
 * others: `standardChecks.filter(({ name }) => name !== "runIsDone")`.
 */
export type Check = (result: SimulationResult) => void;

/** Makes a check of a function that throws through `fail`; the error carries the check's name and the seed. */
export function invariant(
  name: string,
  look: (result: SimulationResult, fail: (message: string) => never) => void,
): Check {
  const check: Check = (result) =>
    look(result, (message) => {
      throw new InvariantError(name, result.seed, message);
    });
  return Object.defineProperty(check, "name", { value: name });
}
