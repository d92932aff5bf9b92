import type { Schedule } from "./schedule.ts";

/** Whether it is the IANA name of a time zone. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/**
 * A schedule whose moments are read on the clocks of a time zone. A moment that the clocks skip is skipped; one that they
 * show twice counts once.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html - daylight saving time
 */
export function inTimeZone(schedule: Schedule, timeZone: string): Schedule {
  if (timeZone === "UTC") return schedule;
  return {
    next(afterMs, startMs) {
      let localMs: number | undefined = toLocal(afterMs, timeZone);
      for (;;) {
        localMs = schedule.next(localMs, startMs);
        if (localMs === undefined) return undefined;
        const utcMs = toUtc(localMs, timeZone);
        if (utcMs !== undefined && utcMs > afterMs) return utcMs;
      }
    },
  };
}

/** The first moment at which the clocks of a zone show `localMs`; `undefined` if they skip it. */
export function toUtc(localMs: number, timeZone: string): number | undefined {
  // Offsets before and after a change of the clocks, if there is one within a day.
  const offsetsMs = [-dayMs, dayMs].map((shiftMs) => toLocal(localMs + shiftMs, timeZone) - (localMs + shiftMs));
  const candidates = offsetsMs.map((offsetMs) => localMs - offsetMs).sort((a, b) => a - b);
  return candidates.find((utcMs) => toLocal(utcMs, timeZone) === localMs);
}

const dayMs = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** The local time of a zone, as if it were UTC. */
function toLocal(utcMs: number, timeZone: string): number {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      ...({ year: "numeric", month: "numeric", day: "numeric", hour: "numeric" } as const),
      ...({ minute: "numeric", second: "numeric" } as const),
    });
    formats.set(timeZone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(utcMs).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((utcMs % 1000) + 1000) % 1000);
}
