import type { MachineBug } from "../../../../verify/src/machine-check.ts";
import { PartBook } from "../../src/runs/part-book.ts";
import { FIRST_PART } from "../../src/runs/part-log.ts";
import { shipped, type WalkFunctions } from "./walk-machine.ts";

const within = "two keys and a fault";
/** An end that cannot be reached shows in all states only: one hop at a time has fewer. */
const withinAll = "one hop at a time";

/** Deliberate bugs of a walk: two of each invariant. */
export const BUGS: readonly MachineBug<WalkFunctions>[] = [
  {
    name: "a walk is joined without the parts that the first one made",
    breaks: "V13",
    within,
    functions: {
      partsIfAllDone: (outlines) => (outlines.get(FIRST_PART)?.at(-1) === "done" ? [FIRST_PART] : undefined),
    },
  },
  {
    name: "a checkpoint saves nothing of ranges that are leaving",
    breaks: "V13",
    within,
    functions: { saved: (open) => open },
  },
  {
    name: "what was given away is not taken out of the ranges",
    breaks: "V14",
    within,
    functions: { subtractRanges: (ranges) => [...ranges] },
  },
  {
    name: "a hop announces itself after a later attempt",
    breaks: "V14",
    within,
    functions: { openBook: (records, walk, part) => PartBook.open(records, walk, part, 1) },
  },
  {
    name: "a hop does not start the parts that one before it made",
    breaks: "V15",
    within: withinAll,
    functions: { childrenToStart: () => [] },
  },
  {
    name: "a walk with parts is never joined",
    breaks: "V15",
    within: withinAll,
    functions: {
      partsIfAllDone: (outlines) => (outlines.size === 1 ? shipped.partsIfAllDone(outlines) : undefined),
    },
  },
];
