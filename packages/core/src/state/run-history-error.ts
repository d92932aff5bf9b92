import { LonghaulError } from "../errors.ts";

/** The run cannot begin again at the hop that was asked for: it is not in its history. */
export class RunHistoryError extends LonghaulError {
  /** The hops that are in it, the earliest first. */
  readonly hops: readonly number[];

  constructor(run: string, hop: number, hops: readonly number[]) {
    const which =
      hops.length > 0
        ? `It can begin again at ${hops.length === 1 ? "hop" : "hops"} ${hops.join(", ")}.`
        : "It keeps none: give recursive() the option history.";
    super("RUN_HISTORY", `Hop ${hop} is not in the history of run ${run}. ${which}`);
    this.hops = hops;
  }
}
