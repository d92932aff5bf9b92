import { stepLimit } from "./budget/step-limit.ts";
import type { TimeBudget } from "./budget/time-budget.ts";
import { Watchdog } from "./budget/watchdog.ts";
import { joinedSignal } from "./calls/joined-signal.ts";
import { StepTimeoutError } from "./errors.ts";
import type { Hop } from "./hop.ts";
import type { Host } from "./host.ts";
import { type Sleep, yielded } from "./recursion/sleep.ts";
import type { Heartbeat } from "./state/heartbeat.ts";

/** The work of a hop: yields safe points, returns the result. */
export type Work<State, Result> =
  | AsyncGenerator<State | Sleep<State>, Result, void>
  | Generator<State | Sleep<State>, Result, void>;

/** How pulling the work ended. */
export type PumpEnd<Result> =
  | { readonly cause: "returned"; readonly result: Result; readonly close?: never }
  /**
   * At a safe point, or because an aborted step gave up; `close` runs the generator's `finally` blocks. Without it a step
   * did not end in time: the generator still runs somewhere and must not be touched.
   */
  | { readonly cause: StopCause; readonly wakeAtMs?: number; close?(): Promise<void> };

/** Why the work was stopped before it returned. */
export type StopCause = "budget" | "watchdog" | "step-timeout" | "guard" | "sleep";

/** The input of {@link pump}. */
export interface PumpOptions<State, Result> {
  readonly host: Host;
  readonly hop: Hop<State>;
  readonly budget: TimeBudget;
  readonly watchdogIntervalMs: number | undefined;
  /** Longest that one step may take, in milliseconds. */
  readonly stepTimeoutMs?: number | undefined;
  /** Renews the lease beside the work; no step begins without it. */
  readonly heartbeat?: Pick<Heartbeat, "isOver" | "isSure" | "lost"> | undefined;
  /** Makes the work; the signal aborts when the reserve begins. */
  readonly work: (signal: AbortSignal) => Work<State, Result>;
  /**
   * Called at a safe point once `tickEveryMs` have passed since the last time; `true` ends the hop. `cut` ends what it does
   * before the reserve begins: the step limit, or a lost lease.
   */
  readonly tick: (cut: AbortSignal | undefined) => Promise<boolean>;
  readonly tickEveryMs: number;
  /** Called with each state that is yielded; what it throws ends the hop. */
  readonly onYield?: ((state: State) => void) | undefined;
  readonly onStep: (() => void) | undefined;
}

/** Share of the reserve that an aborted step gets to end in; the rest belongs to the hand-off. */
const GRACE_SHARE = 0.25;

/** Pulls the work from safe point to safe point while there is time, with the watchdog beside it. */
export async function pump<State, Result>(options: PumpOptions<State, Result>): Promise<PumpEnd<Result>> {
  const { host, budget, stepTimeoutMs, heartbeat } = options;
  const { promise: abandoned, resolve: abandon } = Promise.withResolvers<PumpEnd<Result>>();
  let isAbandoned = false;
  let cancelGrace: (() => void) | undefined;
  const beginGrace = () => {
    cancelGrace ??= host.timer(budget.reserveMs * GRACE_SHARE, () => {
      isAbandoned = true;
      budget.hasTimeForStep(); // the overlong step counts in the estimate
      abandon({ cause: causeOf(signal) });
    });
  };
  const watchdog = new Watchdog({
    host,
    remainingMs: () => budget.remainingMs,
    reserveMs: () => budget.reserveMs,
    intervalMs: options.watchdogIntervalMs,
    onReserve: () => beginGrace(),
  });
  budget.restartStep();
  const limit =
    stepTimeoutMs === undefined
      ? undefined
      : stepLimit({
          host,
          limitMs: stepTimeoutMs,
          remainingMs: () => budget.remainingMs,
          stepBeganAtMs: () => budget.lastRemainingMs,
          onTimeout: beginGrace,
        });
  const cuts = [limit?.signal, heartbeat?.lost].filter((each) => each !== undefined);
  const cut = cuts.length === 0 ? undefined : joinedSignal(cuts).signal;
  const signal = cut ? joinedSignal([watchdog.signal, cut]).signal : watchdog.signal;
  heartbeat?.lost.addEventListener("abort", beginGrace, { once: true });
  try {
    return await Promise.race([abandoned, pull(options, { signal, cut }, () => isAbandoned)]);
  } finally {
    heartbeat?.lost.removeEventListener("abort", beginGrace);
    limit?.stop();
    watchdog.stop();
    cancelGrace?.();
  }
}

async function pull<State, Result>(
  options: PumpOptions<State, Result>,
  { signal, cut }: { readonly signal: AbortSignal; readonly cut: AbortSignal | undefined },
  isAbandoned: () => boolean,
): Promise<PumpEnd<Result>> {
  const { hop, budget, heartbeat, onYield, onStep, tick, tickEveryMs } = options;
  const work = options.work(signal);
  // A `finally` block that hangs must not cost the hand-off.
  const close = () => within(options.host, budget.reserveMs * GRACE_SHARE, work.return(undefined as Result));
  const stopped = (cause: StopCause): PumpEnd<Result> => ({ cause, close });
  const abandoned = (): PumpEnd<Result> => ({ cause: causeOf(signal) });
  budget.restartStep();
  let nextTickMs = budget.lastRemainingMs - tickEveryMs;
  try {
    for (;;) {
      if (heartbeat?.isOver && !(await heartbeat.isSure(signal))) return stopped(causeOf(signal));
      // The first step of a hop always runs; without it a run could never move.
      const pulled = work.next();
      const { done, value } =
        pulled instanceof Promise ? await pulled : (pulled as IteratorResult<State | Sleep<State>, Result>);
      if (isAbandoned()) return abandoned();
      if (hop.hasEnded) return stopped("guard");
      if (done) return { cause: "returned", result: value as Result };
      const { state, wakeAtMs } = yielded(value as State | Sleep<State>, () => options.host.now());
      hop.state = state;
      hop.steps++;
      onYield?.(state);
      let hasTime = budget.hasTimeForStep();
      onStep?.();
      if (wakeAtMs !== undefined) return { cause: "sleep", wakeAtMs, close };
      if (hasTime && !signal.aborted && (hop.isSaveAsked || budget.lastRemainingMs <= nextTickMs)) {
        hop.isSaveAsked = false;
        if (await tick(cut)) return stopped("guard");
        if (isAbandoned()) return abandoned();
        // A slow checkpoint uses time that the next step may have needed.
        hasTime = budget.restartStep();
        nextTickMs = budget.lastRemainingMs - tickEveryMs;
      }
      if (signal.aborted) return stopped(causeOf(signal));
      if (!hasTime) return stopped("budget");
    }
  } catch (error) {
    // A step that ended because it was asked to is no failure: the run continues from the last safe point.
    if (signal.aborted && isAbort(error, signal)) return stopped(causeOf(signal));
    // Another invocation has the run: what went wrong here counts no more.
    if (hop.hasEnded) return stopped("guard");
    // Thrown between two steps, it leaves the generator open; one that threw itself is over, and this does nothing.
    await close();
    throw error;
  }
}

/** Waits for something, but not longer than a limit. */
export async function within(host: Host, limitMs: number, pending: unknown): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const cancel = host.timer(limitMs, resolve);
  try {
    await Promise.race([pending, late]);
  } finally {
    cancel();
  }
}

function causeOf(signal: AbortSignal): StopCause {
  return signal.reason instanceof StepTimeoutError ? "step-timeout" : "watchdog";
}

function isAbort(error: unknown, signal: AbortSignal): boolean {
  if (error === signal.reason) return true;
  const { name, cause } = Object(error) as { name?: string; cause?: unknown };
  return name === "AbortError" || (cause !== undefined && cause === signal.reason);
}
