import { describe, expect, it } from "vitest";
import { parseSchedule, ScheduleExpressionError } from "./schedule-expression.ts";

const at = (text: string) => Date.parse(`${text}Z`);
const next = (expression: string, after: string) => {
  const ms = parseSchedule(expression).next(at(after), at("2026-01-01T00:00:00"));
  return ms === undefined ? undefined : new Date(ms).toISOString().slice(0, 16);
};

describe("a schedule falls due", () => {
  it.each([
    ["rate(1 minute)", "2026-01-01T00:00:00", "2026-01-01T00:01"],
    ["rate(5 minutes)", "2026-01-01T00:07:00", "2026-01-01T00:10"],
    ["rate(1 day)", "2026-01-03T00:00:00", "2026-01-04T00:00"],
    ["cron(0 12 * * ? *)", "2026-11-21T11:59:59", "2026-11-21T12:00"],
    ["cron(0 12 * * ? *)", "2026-11-21T12:00:00", "2026-11-22T12:00"],
    ["cron(*/15 8-9 ? * MON-FRI *)", "2026-11-21T00:00:00", "2026-11-23T08:00"],
    ["cron(*/15 8-9 ? * MON-FRI *)", "2026-11-23T08:45:00", "2026-11-23T09:00"],
    ["cron(0 0 1 JAN,JUL ? *)", "2026-11-21T00:00:00", "2027-01-01T00:00"],
    ["cron(30 1 29 2 ? *)", "2026-11-21T00:00:00", "2028-02-29T01:30"],
    ["cron(0 10/6 * * ? *)", "2026-11-21T10:00:00", "2026-11-21T16:00"],
  ])("%s after %s at %s", (expression, after, expected) => expect(next(expression, after)).toBe(expected));

  it("never again once its years are over", () => {
    expect(next("cron(0 0 1 1 ? 2025)", "2026-11-21T00:00:00")).toBeUndefined();
  });
});

describe("an expression that cannot be served is refused", () => {
  it.each([
    ["rate(0 minutes)", "above 0"],
    ["rate(2 minute)", "singular for 1 only"],
    ["rate(1 week)", "use rate"],
    ["cron(0 12 * * *)", "six fields"],
    ["cron(0 12 * * * *)", "exactly one"],
    ["cron(0 12 L * ? *)", "day of month cannot be L"],
    ["cron(0 12 ? * 6#3 *)", "day of week cannot be"],
    ["cron(61 12 * * ? *)", "minutes cannot be 61"],
    ["at(2026-11-21T00:00:00)", "use rate"],
  ])("%s", (expression, message) => {
    expect(() => parseSchedule(expression)).toThrow(ScheduleExpressionError);
    expect(() => parseSchedule(expression)).toThrow(message);
  });
});
