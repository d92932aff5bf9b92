import type { SeededRandom } from "@longhaul/core/testing";

/** How long the steps of a run take: one law, with a median of 100 ms or near it. */
export interface StepLaw {
  readonly name: string;
  /** Whether a step has a longest duration. Under a law without one, a step can be longer than any reserve. */
  readonly isBounded: boolean;
  /** Duration of step `i` of the run, in ms. */
  stepMs(random: SeededRandom, i: number): number;
}

const MEDIAN_MS = 100;

/** The laws under which a reserve is measured. */
export const STEP_LAWS: readonly StepLaw[] = [
  { name: "constant", isBounded: true, stepMs: () => MEDIAN_MS },
  {
    // Between 40 and 180 ms: the middle goes up and down once in 20,000 steps, each step is up to 20 % beside it.
    name: "drifting",
    isBounded: true,
    stepMs: (random, i) => MEDIAN_MS * (1 + 0.5 * Math.sin((2 * Math.PI * i) / 20_000)) * (0.8 + 0.4 * random.next()),
  },
  {
    name: "bimodal, one in twenty takes 1 s",
    isBounded: true,
    stepMs: (random) => (random.next() < 0.05 ? 10 * MEDIAN_MS : MEDIAN_MS),
  },
  { name: "log-normal, sigma 0.5", isBounded: false, stepMs: (random) => MEDIAN_MS * Math.exp(0.5 * normal(random)) },
  { name: "log-normal, sigma 1", isBounded: false, stepMs: (random) => MEDIAN_MS * Math.exp(normal(random)) },
  {
    name: "Pareto, exponent 1.5",
    isBounded: false,
    stepMs: (random) => (MEDIAN_MS / 2 ** (1 / 1.5)) * (1 - random.next()) ** (-1 / 1.5),
  },
];

/** Standard normal, by Box and Muller. */
function normal(random: SeededRandom): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
