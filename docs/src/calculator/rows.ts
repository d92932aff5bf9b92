import {
  cheapest,
  dollars,
  duration,
  type Estimate,
  estimates,
  type Job,
} from "../../../packages/cli/src/cost/estimates.ts";

/** A line of the calculator's table, as texts. */
export interface Row {
  readonly way: string;
  readonly cost: string;
  readonly time: string;
  readonly because: string;
  readonly isPossible: boolean;
  readonly isCheapest: boolean;
}

/** The table of a job. */
export function rowsOf(job: Job): Row[] {
  const all = estimates(job);
  const least = cheapest(all);
  return all.map((each) => ({
    way: each.way,
    cost: costOf(each),
    time: each.seconds === undefined ? "–" : duration(each.seconds),
    because: each.because,
    isPossible: each.usd !== undefined,
    isCheapest: each === least,
  }));
}

/** The cost as a text. */
export function costOf({ usd }: Estimate): string {
  return usd === undefined ? "not possible" : dollars(usd);
}

/** The most that a field takes. Beyond that, nothing here was thought through. */
const LIMITS = { items: 1e9, itemSeconds: 1e6, memoryMb: 122_880, runs: 1e5 } as const;

/** Reads the form's fields. The answer is the job, or the name of the field that has no number that can be used. */
export function jobOf(field: (name: keyof Job) => string): Job | { readonly wrong: keyof Job } {
  const job = { items: 0, itemSeconds: 0, memoryMb: 0, runs: 0 };
  for (const name of Object.keys(job) as (keyof Job)[]) {
    const text = field(name).trim();
    const value = Number(text);
    const isWhole = name === "itemSeconds" || Number.isInteger(value);
    if (text === "" || !(value > 0 && value <= LIMITS[name]) || !isWhole) return { wrong: name };
    job[name] = value;
  }
  return job;
}
