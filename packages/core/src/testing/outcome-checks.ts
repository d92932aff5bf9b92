import { type Check, invariant } from "./check.ts";

/** How far the clocks of two hosts differ at most, in milliseconds. */
const SKEW_MS = 1_000;

/** A run that is over begins no hop again, unless someone resumes or rewinds it; one that is done is not resumed. */
export const whatIsOverStaysOver: Check = invariant("whatIsOverStaysOver", (result, fail) => {
  const over = new Map<string, string>();
  for (const event of result.trace) {
    if (event.type === "asked" && (event.ask === "resume" || event.ask === "redrive") && event.isTaken) {
      const run = result.jobs[event.job ?? 0]?.run ?? "";
      if (over.get(run) !== "done") over.delete(run);
    }
    if (event.type === "rewound" && event.isKept) over.delete(event.run);
    if (event.type !== "write" || event.answer !== "accepted") continue;
    const phase = over.get(event.run);
    if (phase !== undefined) {
      fail(
        `the ${event.op} of hop ${event.writeHop} was accepted at ${Math.round(event.at)} ms, when the run was ${phase}.`,
      );
    }
    if (event.op === "finish") over.set(event.run, event.phase ?? "gone");
  }
});

/** A run that sleeps begins no hop before its time, unless it is rewound, by more than the clocks of two hosts may differ. */
export const sleepersSleep: Check = invariant("sleepersSleep", (result, fail) => {
  const asleep = new Map<string, number>();
  for (const event of result.trace) {
    if (event.type === "rewound" && event.isKept) asleep.delete(event.run);
    if (event.type !== "write" || event.answer !== "accepted") continue;
    const { run, op, at, wakeAt } = event;
    const until = asleep.get(run);
    if (op === "begin" && until !== undefined && at < until - 2 * SKEW_MS) {
      fail(`hop ${event.writeHop} of run ${run} began at ${Math.round(at)} ms, though it slept until ${until} ms.`);
    }
    if (wakeAt === undefined) asleep.delete(run);
    else asleep.set(run, wakeAt);
  }
});

/** An invocation that answers `continued` or `done` has a hand-off or an end in the record to show for it. */
export const outcomesAreTrue: Check = invariant("outcomesAreTrue", (result, fail) => {
  if (!result.hasStore) return;
  const shown = new Map<number | undefined, Set<string>>();
  for (const event of result.trace) {
    if (event.type === "write") {
      const { op, answer, refusal } = event;
      // A hop that was handed off before may be answered again, and so may a run that is done.
      const before =
        refusal === "handed-off" || refusal === "sleeping"
          ? "handOff"
          : refusal === "over" && event.phase === "done" && "finish";
      const isShown = answer !== "refused" ? op : before;
      if (isShown) shown.set(event.invocation, (shown.get(event.invocation) ?? new Set()).add(isShown));
    }
    if (event.type !== "returned") continue;
    const needed = event.status === "done" ? "finish" : isHandedOff(event.status) ? "handOff" : undefined;
    if (needed === undefined || shown.get(event.invocation)?.has(needed)) continue;
    fail(
      `invocation ${event.invocation} answered ${event.status} at ${Math.round(event.at)} ms, but no ${needed} of it was accepted.`,
    );
  }
});

function isHandedOff(status: string): boolean {
  return status === "continued" || status === "sleeping";
}
