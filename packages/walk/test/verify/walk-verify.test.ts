import { describe, expect, it } from "vitest";
import { explore } from "../../../core/test/explore.ts";
import { PartBook } from "../../src/runs/part-book.ts";
import { FIRST_PART } from "../../src/runs/part-log.ts";
import { shipped, type WalkBounds, type WalkFunctions, walkMachine } from "./walk-machine.ts";

const TWO_KEYS: WalkBounds = { keys: ["a", "b"], hops: 2, faults: 1, parts: 2 };
const THREE_PARTS: WalkBounds = { keys: ["a", "b", "c"], hops: 2, faults: 0, parts: 3 };

/** Deliberate bugs, and the invariant that each breaks. */
const BUGS: readonly { readonly name: string; readonly breaks: string; readonly functions: Partial<WalkFunctions> }[] =
  [
    {
      name: "a walk is joined without the parts that the first one made",
      breaks: "V13",
      functions: {
        partsIfAllDone: (outlines) => (outlines.get(FIRST_PART)?.at(-1) === "done" ? [FIRST_PART] : undefined),
      },
    },
    {
      name: "a checkpoint saves nothing of ranges that are leaving",
      breaks: "V13",
      functions: { saved: (open) => open },
    },
    {
      name: "what was given away is not taken out of the ranges",
      breaks: "V14",
      functions: { subtractRanges: (ranges) => [...ranges] },
    },
    {
      name: "a hop announces itself after a later attempt",
      breaks: "V14",
      functions: { openBook: (records, walk, part) => PartBook.open(records, walk, part, 1) },
    },
    {
      name: "a hop does not start the parts that one before it made",
      breaks: "V15",
      functions: { childrenToStart: () => [] },
    },
    {
      name: "a walk with parts is never joined",
      breaks: "V15",
      functions: {
        partsIfAllDone: (outlines) => (outlines.size === 1 ? shipped.partsIfAllDone(outlines) : undefined),
      },
    },
  ];

describe("no invariant of a walk falls, whatever its hops do", () => {
  it.each([
    ["two keys, one of which may be given away, and a fault", TWO_KEYS],
    ["three keys and three parts", THREE_PARTS],
  ])("with %s", async (_, bounds) => {
    const { states, finding } = await explore(walkMachine(shipped, bounds));
    expect(finding).toBeUndefined();
    expect(states).toBeGreaterThan(1_000);
  });
});

describe("each deliberate bug of a walk makes the invariant fall that it breaks", () => {
  it.each(BUGS)("$breaks: $name", async ({ breaks, functions }) => {
    // An end that cannot be reached shows in all states only: one hop at a time has fewer.
    const bounds = breaks === "V15" ? { ...TWO_KEYS, hops: 1 } : TWO_KEYS;
    const { finding } = await explore(walkMachine({ ...shipped, ...functions }, bounds));
    expect(finding?.broken).toContain(`${breaks}: `);
    expect(finding?.trace.length).toBeLessThan(20);
  });
});
