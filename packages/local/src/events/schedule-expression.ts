import { LocalAwsError } from "../gateway/local-aws-error.ts";
import { parseCron } from "./cron.ts";

/** A schedule expression that cannot be understood, or uses a form that is not served here. */
export class ScheduleExpressionError extends LocalAwsError {
  constructor(expression: string, problem: string) {
    super("ScheduleExpression", `Schedule ${JSON.stringify(expression.slice(0, 100))}: ${problem}`);
  }
}

/** When a schedule falls due. */
export interface Schedule {
  /** The first moment after `afterMs`; `undefined` if there is none any more. `startMs` is when the schedule was made. */
  next(afterMs: number, startMs: number): number | undefined;
}

const unitsMs: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Reads `rate(5 minutes)` or `cron(0 12 * * ? *)`, in UTC.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 * @throws {ScheduleExpressionError}
 */
export function parseSchedule(expression: string): Schedule {
  const rate = /^rate\((\d+) (minute|hour|day)(s?)\)$/.exec(expression);
  if (rate) {
    const count = Number(rate[1]);
    const unitMs = unitsMs[rate[2] ?? ""] ?? 0;
    if (count < 1 || (count === 1) !== (rate[3] === "")) {
      throw new ScheduleExpressionError(expression, "the value must be above 0, and the unit singular for 1 only.");
    }
    const everyMs = count * unitMs;
    return { next: (afterMs, startMs) => startMs + (Math.floor((afterMs - startMs) / everyMs) + 1) * everyMs };
  }
  const cron = /^cron\((.*)\)$/.exec(expression);
  if (cron) {
    return parseCron(cron[1] ?? "", (problem) => {
      throw new ScheduleExpressionError(expression, problem);
    });
  }
  throw new ScheduleExpressionError(expression, "use rate(VALUE UNIT) or cron(FIELDS).");
}
