import { describe, expect, it } from "vitest";
import {
  parseSchedule,
  parseSchedulerSchedule,
  ScheduleExpressionError,
  type SchedulerSettings,
} from "./schedule-expression.ts";

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
    ["cron(0 0 L * ? *)", "2028-02-01T00:00:00", "2028-02-29T00:00"],
    ["cron(0 0 15W * ? *)", "2026-11-01T00:00:00", "2026-11-16T00:00"],
    ["cron(0 0 1W * ? *)", "2026-08-01T00:00:00", "2026-08-03T00:00"],
    ["cron(0 0 31W * ? *)", "2026-05-01T00:00:00", "2026-05-29T00:00"],
    ["cron(0 0 ? * 6L *)", "2026-11-01T00:00:00", "2026-11-27T00:00"],
    ["cron(0 0 ? * FRI#3 *)", "2026-11-01T00:00:00", "2026-11-20T00:00"],
    ["cron(0 0 ? * L *)", "2026-11-01T00:00:00", "2026-11-07T00:00"],
    ["cron(0 0 1,L * ? *)", "2026-11-02T00:00:00", "2026-11-30T00:00"],
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
    ["cron(0 12 ? * 6#9 *)", "day of week cannot be 6#9"],
    ["cron(0 12 99W * ? *)", "day of month cannot be 99"],
    ["rate(5 minute)", "singular for 1 only"],
    ["cron(61 12 * * ? *)", "minutes cannot be 61"],
    ["at(2026-11-21T00:00:00)", "use rate"],
  ])("%s", (expression, message) => {
    expect(() => parseSchedule(expression)).toThrow(ScheduleExpressionError);
    expect(() => parseSchedule(expression)).toThrow(message);
  });
});

describe("a schedule of EventBridge Scheduler falls due", () => {
  const due = (expression: string, after: string, settings: SchedulerSettings = {}) => {
    const ms = parseSchedulerSchedule(expression, settings).next(at(after), at("2026-01-01T00:00:00"));
    return ms === undefined ? undefined : new Date(ms).toISOString().slice(0, 16);
  };

  it.each([
    ["rate(5 minute)", "2026-01-01T00:07:00", "2026-01-01T00:10"],
    ["rate(1 hours)", "2026-01-01T00:07:00", "2026-01-01T01:00"],
    ["cron(0 12 * * ? *)", "2026-11-21T12:00:00", "2026-11-22T12:00"],
    ["at(2026-12-01T08:00:00)", "2026-11-21T12:00:00", "2026-12-01T08:00"],
  ])("%s after %s at %s", (expression, after, expected) => expect(due(expression, after)).toBe(expected));

  it("once with at(...), and never if that is over", () => {
    expect(due("at(2026-12-01T08:00:00)", "2026-12-01T08:00:00")).toBeUndefined();
  });

  it("on the clocks of its time zone", () => {
    const zone = { timeZone: "America/New_York" };
    expect(due("cron(0 9 * * ? *)", "2026-07-01T00:00:00", zone)).toBe("2026-07-01T13:00");
    expect(due("cron(0 9 * * ? *)", "2026-12-01T00:00:00", zone)).toBe("2026-12-01T14:00");
    expect(due("at(2026-07-01T09:00:00)", "2026-01-01T00:00:00", zone)).toBe("2026-07-01T13:00");
  });

  it("not at a time that the clocks skip, and once at a time that they show twice", () => {
    const zone = { timeZone: "Europe/Berlin" };
    expect(due("cron(30 2 * * ? *)", "2026-03-28T12:00:00", zone)).toBe("2026-03-30T00:30");
    expect(due("cron(30 2 * * ? *)", "2026-10-24T12:00:00", zone)).toBe("2026-10-25T00:30");
    expect(due("cron(30 2 * * ? *)", "2026-10-25T00:30:00", zone)).toBe("2026-10-26T01:30");
  });

  it("between its start and its end", () => {
    const settings = { startMs: at("2026-03-01T00:30:00"), endMs: at("2026-03-01T02:00:00") };
    expect(due("rate(1 hour)", "2026-02-01T00:00:00", settings)).toBe("2026-03-01T00:30");
    expect(due("rate(1 hour)", "2026-03-01T00:30:00", settings)).toBe("2026-03-01T01:30");
    expect(due("rate(1 hour)", "2026-03-01T01:30:00", settings)).toBeUndefined();
    expect(due("cron(0 * * * ? *)", "2026-02-01T00:00:00", settings)).toBe("2026-03-01T01:00");
  });

  it.each([
    ["rate(0 minutes)", {}, "above 0"],
    ["every(5 minutes)", {}, "at(YYYY-MM-DDTHH:MM:SS)"],
    ["at(tomorrow)", {}, "at(YYYY-MM-DDTHH:MM:SS)"],
    ["at(2026-13-01T00:00:00)", {}, "at(YYYY-MM-DDTHH:MM:SS)"],
    ["rate(1 hour)", { timeZone: "Mars/Olympus" }, "there is no time zone Mars/Olympus"],
  ])("and is refused otherwise: %s %j", (expression, settings, message) => {
    expect(() => parseSchedulerSchedule(expression, settings)).toThrow(message);
  });
});
