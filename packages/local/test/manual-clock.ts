import type { Clock } from "../src/gateway/clock.ts";

/** A manual clock: its time passes only by `advance`. */
export interface ManualClock extends Clock {
  /** Lets time pass, running what falls due at its own moment, in order. */
  advance(byMs: number): void;
}

/** @param startMs - the first answer of `nowMs()`. */
export function createManualClock(startMs = 0): ManualClock {
  type Timer = { readonly dueMs: number; readonly order: number; readonly run: () => void };
  const timers = new Set<Timer>();
  let nowMs = startMs;
  let order = 0;
  const nextDue = (untilMs: number): Timer | undefined =>
    [...timers].filter(({ dueMs }) => dueMs <= untilMs).sort((a, b) => a.dueMs - b.dueMs || a.order - b.order)[0];
  return {
    nowMs: () => nowMs,
    after(delayMs, run) {
      const timer: Timer = { dueMs: nowMs + Math.max(0, delayMs), order: order++, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance(byMs) {
      const untilMs = nowMs + byMs;
      for (let timer = nextDue(untilMs); timer; timer = nextDue(untilMs)) {
        timers.delete(timer);
        nowMs = timer.dueMs;
        timer.run();
      }
      nowMs = untilMs;
    },
  };
}
