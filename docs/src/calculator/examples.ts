import type { Job } from "../../../packages/cli/src/cost/estimates.ts";

/** A job of the table that readers without script see. */
export interface Example {
  readonly name: string;
  readonly job: Job;
}

/** Jobs whose estimates are worked out by hand in the test. */
export const EXAMPLES: readonly [Example, ...Example[]] = [
  { name: "1,000,000 records of 0.1 s, monthly", job: { items: 1_000_000, itemSeconds: 0.1, memoryMb: 512, runs: 1 } },
  { name: "2,000 videos of 60 s, daily", job: { items: 2_000, itemSeconds: 60, memoryMb: 2_048, runs: 30 } },
  { name: "3 models of 2 h, weekly", job: { items: 3, itemSeconds: 7_200, memoryMb: 8_192, runs: 4 } },
];
