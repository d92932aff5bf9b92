import { standardChecks } from "@longhaul/core/testing";
import type { Family } from "../../core/test/simulated-families.ts";
import { job, wholeWork } from "../../core/test/simulated-work.ts";
import { readThroughTmp, writtenOutput } from "./simulated-objects.ts";

const one = job("one");
const timeoutMs = 20_000;

export const families: Readonly<Record<string, Family>> = {
  "an output written across hops": {
    seeds: 400,
    atLeastDone: 0.9,
    faults: { from: "chaos", effectFails: 0.02, effectHangs: 0.005 },
    event: one,
    timeoutMs,
    ...anewForEachSeed(() => writtenOutput(one)),
  },
  "outputs of runs that are rewound": {
    seeds: 200,
    atLeastDone: 0.5,
    faults: { from: "chaos", effectFails: 0.02, effectHangs: 0.005 },
    event: one,
    timeoutMs,
    // One whose output was complete when it was rewound.
    ends: ["done", "failed"],
    outside: [
      { ask: "rewind", atMs: [0, 60_000] },
      { ask: "rewind", atMs: [20_000, 200_000] },
    ],
    ...anewForEachSeed(() => writtenOutput(one, 3)),
  },
  "files in /tmp": {
    seeds: 20,
    atLeastDone: 0.9,
    faults: { from: "chaos", crash: 0.01 },
    event: job("one", { upTo: 30, stepMs: 1_500 }),
    timeoutMs,
    maxContainers: 1,
    realMs: 60_000,
    ...anewForEachSeed(readThroughTmp),
    checks: [...standardChecks, ...wholeWork(job("one", { upTo: 30 }))],
  },
};

/** Work whose surroundings are made anew for each seed. */
function anewForEachSeed(vary: NonNullable<Family["vary"]>): Pick<Family, "handler" | "vary"> {
  const handler = () => {
    throw new Error("Each seed brings a handler of its own.");
  };
  return { handler, vary };
}
