import { InvariantError } from "./invariant-error.ts";
import type { SimulationResult } from "./simulation-result.ts";

/** Looks at a finished simulation and throws an {@link InvariantError} if what must hold did not. */
export type Check = (result: SimulationResult) => void;

/** Makes a check of a function that throws through `fail`; the error carries the check's name and the seed. */
export function invariant(
  name: string,
  look: (result: SimulationResult, fail: (message: string) => never) => void,
): Check {
  return (result) =>
    look(result, (message) => {
      throw new InvariantError(name, result.seed, message);
    });
}
