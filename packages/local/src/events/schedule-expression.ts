import { LocalAwsError } from "../gateway/local-aws-error.ts";
import { parseCron } from "./cron.ts";
import type { Schedule } from "./schedule.ts";
import { inTimeZone, isTimeZone, toUtc } from "./time-zone.ts";

/** A schedule expression that cannot be understood, or uses a form that is not served here. */
export class ScheduleExpressionError extends LocalAwsError {
  constructor(expression: string, problem: string) {
    super("ScheduleExpression", `Schedule ${JSON.stringify(expression.slice(0, 100))}: ${problem}`);
  }
}

/** The settings of an EventBridge Scheduler schedule besides its expression. */
export interface SchedulerSettings {
  /** IANA name of the time zone that `cron(...)` and `at(...)` are in. Default UTC. */
  readonly timeZone?: string;
  /** Nothing falls due before. */
  readonly startMs?: number;
  /** Nothing falls due after. */
  readonly endMs?: number;
}

const unitsMs: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Reads the schedule of a rule: `rate(5 minutes)` or `cron(0 12 * * ? *)`, in UTC.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 * @throws {ScheduleExpressionError}
 */
export function parseSchedule(expression: string): Schedule {
  const rate = /^rate\((\d+) (minute|hour|day)(s?)\)$/.exec(expression);
  if (rate && (rate[1] === "1") !== (rate[3] === "")) {
    throw new ScheduleExpressionError(expression, "the value must be above 0, and the unit singular for 1 only.");
  }
  const schedule = parseRate(expression) ?? parseCronExpression(expression);
  if (schedule) return schedule;
  throw new ScheduleExpressionError(expression, "use rate(VALUE UNIT) or cron(FIELDS).");
}

/**
 * Reads a schedule of EventBridge Scheduler: `rate(5 minute)`, `cron(0 12 * * ? *)` or `at(2026-12-01T08:00:00)`.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 * @throws {ScheduleExpressionError}
 */
export function parseSchedulerSchedule(expression: string, settings: SchedulerSettings = {}): Schedule {
  const { timeZone = "UTC" } = settings;
  if (!isTimeZone(timeZone)) throw new ScheduleExpressionError(expression, `there is no time zone ${timeZone}.`);
  const rate = parseRate(expression);
  if (rate) return within(settings, rate);
  const cron = parseCronExpression(expression);
  if (cron) return within(settings, inTimeZone(cron, timeZone));
  const at = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/.exec(expression)?.[1];
  const localMs = at === undefined ? Number.NaN : Date.parse(`${at}Z`);
  if (!Number.isNaN(localMs)) return once(toUtc(localMs, timeZone) ?? localMs);
  throw new ScheduleExpressionError(expression, "use rate(VALUE UNIT), cron(FIELDS) or at(YYYY-MM-DDTHH:MM:SS).");
}

function parseRate(expression: string): Schedule | undefined {
  const [, value, unit = ""] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  if (value === undefined) return undefined;
  const everyMs = Number(value) * (unitsMs[unit] ?? 0);
  if (everyMs === 0) throw new ScheduleExpressionError(expression, "the value must be above 0.");
  return { next: (afterMs, startMs) => startMs + (Math.floor((afterMs - startMs) / everyMs) + 1) * everyMs };
}

function parseCronExpression(expression: string): Schedule | undefined {
  const cron = /^cron\((.*)\)$/.exec(expression)?.[1];
  return cron === undefined
    ? undefined
    : parseCron(cron, (problem) => {
        throw new ScheduleExpressionError(expression, problem);
      });
}

/** Cuts a schedule off outside of its start and end; rates count from the start. */
function within(
  { startMs = Number.NEGATIVE_INFINITY, endMs = Number.POSITIVE_INFINITY }: SchedulerSettings,
  schedule: Schedule,
): Schedule {
  return {
    next(afterMs, madeMs) {
      const nextMs = schedule.next(Math.max(afterMs, startMs - 1), Math.max(madeMs, startMs));
      return nextMs === undefined || nextMs > endMs ? undefined : nextMs;
    },
  };
}

function once(atMs: number): Schedule {
  return { next: (afterMs) => (atMs > afterMs ? atMs : undefined) };
}
