import type { TimeBudget } from "./budget/time-budget.ts";
import { Watchdog } from "./budget/watchdog.ts";
import type { Hop } from "./hop.ts";
import type { Host } from "./host.ts";

/** The work of a hop: yields safe points, returns the result. */
export type Work<State, Result> = AsyncGenerator<State, Result, void> | Generator<State, Result, void>;

/** How pulling the work ended. */
export type PumpEnd<Result> =
  | { readonly cause: "returned"; readonly result: Result; readonly close?: never }
  /**
   * At a safe point, or because an aborted step gave up; `close` runs the generator's `finally` blocks. Without it a step
   * did not end in time: the generator still runs somewhere and must not be touched.
   */
  | { readonly cause: "budget" | "watchdog" | "guard"; close?(): Promise<void> };

/** What the pump needs. */
export interface PumpOptions<State, Result> {
  readonly host: Host;
  readonly hop: Hop<State>;
  readonly budget: TimeBudget;
  readonly watchdogIntervalMs: number | undefined;
  /** Makes the work; the signal aborts when the reserve begins. */
  readonly work: (signal: AbortSignal) => Work<State, Result>;
  /** Called at a safe point once `tickEveryMs` have passed since the last time; `true` ends the hop. */
  readonly tick: () => Promise<boolean>;
  readonly tickEveryMs: number;
  readonly onStep: (() => void) | undefined;
}

const ABANDONED = { cause: "watchdog" } as const;

/** Share of the reserve that an aborted step gets to end in; the rest belongs to the hand-off. */
const GRACE_SHARE = 0.25;

/** Pulls the work from safe point to safe point while there is time, with the watchdog beside it. */
export async function pump<State, Result>(options: PumpOptions<State, Result>): Promise<PumpEnd<Result>> {
  const { host, budget } = options;
  const { promise: abandoned, resolve: abandon } = Promise.withResolvers<PumpEnd<Result>>();
  let isAbandoned = false;
  let cancelGrace: (() => void) | undefined;
  const watchdog = new Watchdog({
    host,
    remainingMs: () => budget.remainingMs,
    reserveMs: () => budget.reserveMs,
    intervalMs: options.watchdogIntervalMs,
    onReserve() {
      cancelGrace = host.timer(budget.reserveMs * GRACE_SHARE, () => {
        isAbandoned = true;
        budget.hasTimeForStep(); // the overlong step counts in the estimate
        abandon(ABANDONED);
      });
    },
  });
  try {
    return await Promise.race([abandoned, pull(options, watchdog.signal, () => isAbandoned)]);
  } finally {
    watchdog.stop();
    cancelGrace?.();
  }
}

async function pull<State, Result>(
  options: PumpOptions<State, Result>,
  signal: AbortSignal,
  isAbandoned: () => boolean,
): Promise<PumpEnd<Result>> {
  const { hop, budget, onStep, tick, tickEveryMs } = options;
  const work = options.work(signal);
  const stopped = (cause: "budget" | "watchdog" | "guard"): PumpEnd<Result> => ({
    cause,
    // A `finally` block that hangs must not cost the hand-off.
    close: () => within(options.host, budget.reserveMs * GRACE_SHARE, work.return(undefined as Result)),
  });
  budget.restartStep();
  let nextTickMs = budget.lastRemainingMs - tickEveryMs;
  try {
    for (;;) {
      // The first step of a hop always runs; without it a run could never move.
      const pulled = work.next();
      const { done, value } = pulled instanceof Promise ? await pulled : (pulled as IteratorResult<State, Result>);
      if (isAbandoned() || hop.hasEnded) return ABANDONED;
      if (done) return { cause: "returned", result: value as Result };
      hop.state = value as State;
      hop.steps++;
      let hasTime = budget.hasTimeForStep();
      onStep?.();
      if (hasTime && !signal.aborted && budget.lastRemainingMs <= nextTickMs) {
        if (await tick()) return stopped("guard");
        if (isAbandoned() || hop.hasEnded) return ABANDONED;
        // A slow checkpoint uses time that the next step may have needed.
        hasTime = budget.restartStep();
        nextTickMs = budget.lastRemainingMs - tickEveryMs;
      }
      if (signal.aborted) return stopped("watchdog");
      if (!hasTime) return stopped("budget");
    }
  } catch (error) {
    // A step that ended because it was asked to is no failure: the run goes on from the last safe point.
    if (signal.aborted && isAbort(error, signal)) return stopped("watchdog");
    throw error;
  }
}

async function within(host: Host, limitMs: number, pending: unknown): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const cancel = host.timer(limitMs, resolve);
  try {
    await Promise.race([pending, late]);
  } finally {
    cancel();
  }
}

function isAbort(error: unknown, signal: AbortSignal): boolean {
  if (error === signal.reason) return true;
  const { name, cause } = Object(error) as { name?: string; cause?: unknown };
  return name === "AbortError" || (cause !== undefined && cause === signal.reason);
}
