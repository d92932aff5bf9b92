import type { MachineBug } from "../../../../verify/src/machine-check.ts";
import { type FleetFunctions, shipped } from "./fleet-machine.ts";

const { planFleet } = shipped;

/** Deliberate bugs of a fleet: two of each invariant. */
export const BUGS: readonly MachineBug<FleetFunctions>[] = [
  {
    name: "names of tokens depend on the fleet's version",
    breaks: "V16",
    within: "growing",
    functions: {
      planFleet: (fleet, tokens, minLoops) => {
        const { remove } = planFleet(fleet, tokens, minLoops);
        return { add: planFleet({ ...fleet, queueUrl: `q${fleet.version}` }, tokens, minLoops).add, remove };
      },
    },
  },
  {
    name: "a plan adds one token too many",
    breaks: "V16",
    within: "growing",
    functions: {
      planFleet: (fleet, tokens, minLoops) => planFleet({ ...fleet, desired: fleet.desired + 1 }, tokens, minLoops),
    },
  },
  {
    name: "a plan may end any token",
    breaks: "V17",
    within: "growing",
    functions: { planFleet: (fleet, tokens) => planFleet(fleet, tokens, 0) },
  },
  {
    name: "each plan keeps other tokens for the minimum",
    breaks: "V17",
    within: "growing",
    functions: {
      planFleet(fleet, tokens, minLoops) {
        const { add, remove } = planFleet(fleet, tokens, 0);
        const kept = fleet.isStopped ? 0 : minLoops;
        return { add, remove: remove.slice(0, Math.max(0, tokens.length - kept)) };
      },
    },
  },
  {
    name: "a token that ended is named again",
    breaks: "V18",
    within: "stopping",
    functions: {
      planFleet: (fleet, tokens, minLoops) =>
        planFleet(
          fleet,
          tokens.filter(({ record }) => record.phase !== "stopped"),
          minLoops,
        ),
    },
  },
  {
    name: "a fleet that is stopped keeps its minimum",
    breaks: "V18",
    within: "stopping",
    functions: {
      planFleet: (fleet, tokens, minLoops) => planFleet({ ...fleet, isStopped: false }, tokens, minLoops),
    },
  },
];
