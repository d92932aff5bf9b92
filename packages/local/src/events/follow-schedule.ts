import type { Clock } from "../gateway/clock.ts";
import type { Schedule } from "./schedule.ts";

/** How a schedule is followed. */
export interface FollowOptions {
  readonly clock: Clock;
  /** How much faster than real time it runs: time passes so many times as fast since it was made. */
  readonly scale: number;
  /** Called each time the schedule falls due. */
  onDue(atMs: number): void;
  /** Called after the last time; at once if there is none to come. */
  onEnd?(): void;
}

/** Follows a schedule from now on; the answer ends it. Moments that passed while this machine slept are skipped. */
export function followSchedule(schedule: Schedule, { clock, scale, onDue, onEnd }: FollowOptions): () => void {
  const startMs = clock.nowMs();
  let cancel = () => {};
  const plan = (afterMs: number) => {
    const nextMs = schedule.next(afterMs, startMs);
    if (nextMs === undefined) {
      onEnd?.();
      return;
    }
    const dueMs = startMs + (nextMs - startMs) / scale;
    const wait = () => {
      const leftMs = dueMs - clock.nowMs();
      if (leftMs > 0) {
        cancel = clock.after(leftMs, wait);
        return;
      }
      onDue(nextMs);
      plan(Math.max(nextMs, startMs + (clock.nowMs() - startMs) * scale));
    };
    cancel = clock.after(dueMs - clock.nowMs(), wait);
  };
  plan(startMs);
  return () => cancel();
}
