import { type Check, invariant } from "./check.ts";
import { isSame } from "./is-same.ts";

/**
 * A run that is rewound begins again at that hop, with the state that the hop began with. Each hop that its record names can be
 * rewound to.
 */
export const rewoundRunsBeginAgain: Check = invariant("rewoundRunsBeginAgain", (result, fail) => {
  /** By run and hop: the state that was handed off, or brought by the first event. */
  const begunWith = new Map<string, Map<number, string | undefined>>();
  const awaited = new Map<string, number>();
  for (const event of result.trace) {
    const at = `at ${Math.round(event.at)} ms`;
    if (event.type === "rewound") {
      const { run, toHop, isKept, state } = event;
      if (!isKept) fail(`the record of run ${run} names hop ${toHop} ${at}, and its state is not kept.`);
      const states = begunWith.get(run);
      if (states?.has(toHop) && !isSameState(states.get(toHop), state)) {
        fail(
          `run ${run} was rewound to hop ${toHop} ${at} with ${state}, and the hop began with ${states.get(toHop)}.`,
        );
      }
      for (const hop of states?.keys() ?? []) if (hop > toHop) states?.delete(hop);
      awaited.set(run, toHop);
    }
    if (event.type !== "write" || event.answer !== "accepted") continue;
    const { op, run, writeHop, recordHop = 0, state } = event;
    const states = begunWith.get(run) ?? new Map<number, string | undefined>();
    begunWith.set(run, states);
    if (op === "handOff") states.set(recordHop, state);
    if (op !== "begin") continue;
    if (!states.has(writeHop)) states.set(writeHop, state);
    const toHop = awaited.get(run);
    if (toHop === undefined) continue;
    awaited.delete(run);
    if (writeHop !== toHop) fail(`run ${run} was rewound to hop ${toHop}, and hop ${writeHop} began ${at}.`);
    if (!isSameState(states.get(toHop), state)) {
      fail(`hop ${toHop} of run ${run} began again ${at} with ${state}, and began with ${states.get(toHop)} before.`);
    }
  }
});

function isSameState(one: string | undefined, other: string | undefined): boolean {
  return one === undefined || other === undefined ? one === other : isSame(JSON.parse(one), JSON.parse(other));
}
