import { describe, expect, it } from "vitest";
import { explore } from "../../../core/test/explore.ts";
import { type FleetFunctions, fleetMachine, type SizeRequest, shipped } from "./fleet-machine.ts";

const GROWING: readonly SizeRequest[] = ["start 1", "start 3", "alarm begins"];
const STOPPING: readonly SizeRequest[] = ["start 3", "stop", "start 1"];

const { planFleet } = shipped;

/** Deliberate bugs, and the invariant that each breaks. */
const BUGS: readonly { readonly name: string; readonly breaks: string; readonly functions: Partial<FleetFunctions> }[] =
  [
    {
      name: "names of tokens depend on the fleet's version",
      breaks: "V16",
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
      functions: {
        planFleet: (fleet, tokens, minLoops) => planFleet({ ...fleet, desired: fleet.desired + 1 }, tokens, minLoops),
      },
    },
    {
      name: "a plan may end any token",
      breaks: "V17",
      functions: { planFleet: (fleet, tokens) => planFleet(fleet, tokens, 0) },
    },
    {
      name: "each plan keeps other tokens for the minimum",
      breaks: "V17",
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
      functions: {
        planFleet: (fleet, tokens, minLoops) => planFleet({ ...fleet, isStopped: false }, tokens, minLoops),
      },
    },
  ];

describe("no invariant of a fleet falls, whatever its invocations do", () => {
  it("while it grows and shrinks", async () => {
    const { states, finding } = await explore(fleetMachine(shipped, GROWING, 1));
    expect(finding).toBeUndefined();
    expect(states).toBeGreaterThan(1_000);
  });

  it("while it is stopped and started", async () => {
    const { states, finding } = await explore(fleetMachine(shipped, STOPPING, 1));
    expect(finding).toBeUndefined();
    expect(states).toBeGreaterThan(500);
  });
});

describe("each deliberate bug of a fleet makes the invariant fall that it breaks", () => {
  it.each(BUGS)("$breaks: $name", async ({ breaks, functions }) => {
    const bug = { ...shipped, ...functions };
    const { finding } = await explore(fleetMachine(bug, breaks === "V18" ? STOPPING : GROWING, 0));
    expect(finding?.broken).toContain(`${breaks}: `);
    expect(finding?.trace.length).toBeLessThan(30);
  });
});
