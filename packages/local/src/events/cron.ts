import type { Schedule } from "./schedule.ts";

type Field = {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly words?: readonly string[];
};

const fields = {
  minutes: { name: "minutes", least: 0, most: 59 },
  hours: { name: "hours", least: 0, most: 23 },
  monthDay: { name: "day of month", least: 1, most: 31 },
  month: {
    name: "month",
    least: 1,
    most: 12,
    words: "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(" "),
  },
  weekDay: { name: "day of week", least: 1, most: 7, words: "SUN MON TUE WED THU FRI SAT".split(" ") },
  year: { name: "year", least: 1970, most: 2199 },
} as const satisfies Readonly<Record<string, Field>>;

const dayMs = 86_400_000;

type Refuse = (problem: string) => never;
type IsDay = (date: Date) => boolean;

/**
 * Reads the six fields of an EventBridge cron expression: lists, ranges, steps, names, `*`, `?`, `L`, `W` and `#`. The
 * moments it gives are in the clock's own time: a caller with another zone shifts them.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export function parseCron(expression: string, refuse: Refuse): Schedule {
  const parts = expression.trim().split(/\s+/);
  if (parts.length !== 6) refuse("cron needs six fields: minutes hours day-of-month month day-of-week year.");
  const [minutePart = "", hourPart = "", monthDayPart = "", monthPart = "", weekDayPart = "", yearPart = ""] = parts;
  if ((monthDayPart === "?") === (weekDayPart === "?")) {
    refuse("exactly one of day-of-month and day-of-week must be ?.");
  }
  const minutes = valuesOf(minutePart, fields.minutes, refuse);
  const hours = valuesOf(hourPart, fields.hours, refuse);
  const months = valuesOf(monthPart, fields.month, refuse);
  const years = valuesOf(yearPart, fields.year, refuse);
  const isDayOfMonth = monthDayPart === "?" ? undefined : readMonthDays(monthDayPart, refuse);
  const isDayOfWeek = weekDayPart === "?" ? undefined : readWeekDays(weekDayPart, refuse);

  const isDay: IsDay = (date) =>
    years.includes(date.getUTCFullYear()) &&
    months.includes(date.getUTCMonth() + 1) &&
    (isDayOfMonth?.(date) ?? isDayOfWeek?.(date) ?? false);

  return {
    next(afterMs) {
      const lastDayMs = Date.UTC((years.at(-1) ?? 1970) + 1, 0, 1);
      for (let dayStartMs = Math.floor(afterMs / dayMs) * dayMs; dayStartMs < lastDayMs; dayStartMs += dayMs) {
        if (!isDay(new Date(dayStartMs))) continue;
        for (const hour of hours) {
          for (const minute of minutes) {
            const atMs = dayStartMs + (hour * 60 + minute) * 60_000;
            if (atMs > afterMs) return atMs;
          }
        }
      }
      return undefined;
    },
  };
}

/** `L` is the last day of the month, `15W` the working day nearest to the 15th within its month. */
function readMonthDays(text: string, refuse: Refuse): IsDay {
  return anyOf(text, (part) => {
    if (part.toUpperCase() === "L") return (date) => date.getUTCDate() === lastDayOf(date);
    const nearest = /^(\d+)W$/i.exec(part)?.[1];
    if (nearest === undefined) {
      const days = valuesOf(part, fields.monthDay, refuse);
      return (date) => days.includes(date.getUTCDate());
    }
    const day = numberOf(nearest, fields.monthDay, refuse);
    return (date) => date.getUTCDate() === workingDayNearest(date, day);
  });
}

/** `L` is Saturday, `6L` the last Friday of the month, `6#3` its third. */
function readWeekDays(text: string, refuse: Refuse): IsDay {
  return anyOf(text, (part) => {
    const last = /^([A-Z0-9]+)L$/i.exec(part)?.[1];
    if (last !== undefined) {
      const day = numberOf(last, fields.weekDay, refuse);
      return (date) => date.getUTCDay() + 1 === day && date.getUTCDate() + 7 > lastDayOf(date);
    }
    const [, name, ordinal] = /^([A-Z0-9]+)#(\d)$/i.exec(part) ?? [];
    if (name !== undefined && ordinal !== undefined) {
      const day = numberOf(name, fields.weekDay, refuse);
      if (ordinal < "1" || ordinal > "5") refuse(`day of week cannot be ${part} (#1 to #5).`);
      return (date) => date.getUTCDay() + 1 === day && Math.ceil(date.getUTCDate() / 7) === Number(ordinal);
    }
    const days = part.toUpperCase() === "L" ? [7] : valuesOf(part, fields.weekDay, refuse);
    return (date) => days.includes(date.getUTCDay() + 1);
  });
}

function anyOf(text: string, read: (part: string) => IsDay): IsDay {
  const all = text.split(",").map(read);
  return (date) => all.some((isDay) => isDay(date));
}

function lastDayOf(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}

function workingDayNearest(date: Date, day: number): number | undefined {
  const last = lastDayOf(date);
  if (day > last) return undefined;
  const weekDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), day)).getUTCDay();
  if (weekDay === 6) return day > 1 ? day - 1 : day + 2;
  if (weekDay === 0) return day < last ? day + 1 : day - 2;
  return day;
}

function valuesOf(text: string, field: Field, refuse: Refuse): number[] {
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const match = /^(?:(\*|\?)|([A-Z0-9]+)(?:-([A-Z0-9]+))?)(?:\/(\d+))?$/i.exec(part);
    if (!match) refuse(`${field.name} cannot be ${JSON.stringify(part)}.`);
    const [, any, from, to, step] = match;
    const first = any ? field.least : numberOf(from ?? "", field, refuse);
    const isOpen = any !== undefined || (step !== undefined && to === undefined);
    const last = isOpen ? field.most : to === undefined ? first : numberOf(to, field, refuse);
    const by = Number(step ?? 1);
    if (by < 1) refuse(`the step of ${field.name} must be above 0.`);
    if (last < first) refuse(`the range of ${field.name} ends before it begins.`);
    for (let value = first; value <= last; value += by) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

function numberOf(text: string, field: Field, refuse: Refuse): number {
  const word = field.words?.indexOf(text.toUpperCase()) ?? -1;
  const number = word >= 0 ? word + 1 : Number(text);
  if (!Number.isInteger(number) || number < field.least || number > field.most) {
    refuse(`${field.name} cannot be ${text} (${field.least} to ${field.most}).`);
  }
  return number;
}
