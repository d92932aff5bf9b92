import type { Schedule } from "./schedule-expression.ts";

type Field = {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly words?: readonly string[];
};

const fields: readonly Field[] = [
  { name: "minutes", least: 0, most: 59 },
  { name: "hours", least: 0, most: 23 },
  { name: "day of month", least: 1, most: 31 },
  { name: "month", least: 1, most: 12, words: "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(" ") },
  { name: "day of week", least: 1, most: 7, words: "SUN MON TUE WED THU FRI SAT".split(" ") },
  { name: "year", least: 1970, most: 2199 },
];

const dayMs = 86_400_000;

/**
 * Reads the six fields of an EventBridge cron expression: lists, ranges, steps, names, `*` and `?`. `L`, `W` and `#`
 * are refused by name.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export function parseCron(expression: string, refuse: (problem: string) => never): Schedule {
  const parts = expression.trim().split(/\s+/);
  if (parts.length !== fields.length)
    refuse("cron needs six fields: minutes hours day-of-month month day-of-week year.");
  if ((parts[2] === "?") === (parts[4] === "?")) refuse("exactly one of day-of-month and day-of-week must be ?.");
  const [minutes, hours, monthDays, months, weekDays, years] = fields.map((field, index) =>
    valuesOf(parts[index] ?? "", field, refuse),
  ) as [number[], number[], number[], number[], number[], number[]];

  const isDay = (date: Date) =>
    years.includes(date.getUTCFullYear()) &&
    months.includes(date.getUTCMonth() + 1) &&
    (parts[2] === "?" || monthDays.includes(date.getUTCDate())) &&
    (parts[4] === "?" || weekDays.includes(date.getUTCDay() + 1));

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

function valuesOf(text: string, field: Field, refuse: (problem: string) => never): number[] {
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const match = /^(?:(\*|\?)|([A-Z0-9]+)(?:-([A-Z0-9]+))?)(?:\/(\d+))?$/i.exec(part);
    if (!match) refuse(`${field.name} cannot be ${JSON.stringify(part)} (L, W and # are not served here).`);
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

function numberOf(text: string, field: Field, refuse: (problem: string) => never): number {
  const word = field.words?.indexOf(text.toUpperCase()) ?? -1;
  const number = word >= 0 ? word + 1 : Number(text);
  if (!Number.isInteger(number) || number < field.least || number > field.most) {
    refuse(`${field.name} cannot be ${text} (${field.least} to ${field.most}; L, W and # are not served here).`);
  }
  return number;
}
