import type { Clock } from "../gateway/clock.ts";
import { type MetricTime, minuteStart } from "./metric-time.ts";

/**
 * Calls back at each full ten metric seconds; moments that passed while the machine slept are skipped, save full
 * minutes, of which the last is made up for.
 *
 * @returns what ends it.
 */
export function startTicker(clock: Clock, time: MetricTime, tick: (second: number) => void): () => void {
  let lastSecond = time.secondOf(clock.nowMs());
  let cancel = () => {};
  const plan = () => {
    const dueMs = time.msOf((Math.floor(lastSecond / tickSeconds) + 1) * tickSeconds);
    cancel = clock.after(dueMs - clock.nowMs(), () => {
      const second = Math.floor(time.secondOf(clock.nowMs()) / tickSeconds) * tickSeconds;
      // Timers of the machine may end a moment early.
      if (second > lastSecond) {
        const minute = minuteStart(second);
        if (minute > lastSecond && minute < second) tick(minute);
        tick(second);
        lastSecond = second;
      }
      plan();
    });
  };
  plan();
  return () => cancel();
}

const tickSeconds = 10;
