import { compareKeys } from "../src/listing/key-order.ts";
import type { WalkAction } from "../src/runs/walk-action.ts";

/** Keeps each key that was accounted for, so that one that was counted twice shows. */
export const keepKeys: WalkAction<string[]> = {
  empty: () => [],
  account(summary, { page, count }) {
    for (let i = 0; i < count; i++) summary.push(page.key(i));
  },
  merge(into, other) {
    into.push(...other);
  },
  finish: async (summary) => summary.sort(compareKeys),
};
