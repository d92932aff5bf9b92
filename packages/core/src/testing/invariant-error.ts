import { LonghaulError } from "../errors.ts";

/** Something that must always hold did not, in the simulation of one seed. */
export class InvariantError extends LonghaulError {
  /** Name of the check. */
  readonly invariant: string;
  /** The seed that shows it, again and again. */
  readonly seed: number;

  constructor(invariant: string, seed: number, message: string) {
    super("INVARIANT", `${invariant} does not hold with seed ${seed}: ${message}`);
    this.invariant = invariant;
    this.seed = seed;
  }
}
