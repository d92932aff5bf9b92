import { printable } from "../printable.ts";
import { formatDuration, formatNumber } from "../report/format.ts";
import type { Paint } from "../terminal.ts";
import { cheapest, dollars, duration, type Estimate, type Job } from "./estimates.ts";
import { LAST_SEEN } from "./prices.ts";
import type { RunCost } from "./run-cost.ts";

/** The cost of a run, for people. */
export function costText(run: RunCost, paint: Paint): string[] {
  const { hops, steps, usedMs, usdPerStep } = run;
  const work = `${formatNumber(hops)} hops, ${formatNumber(steps)} steps, ${formatDuration(usedMs)}`;
  const facts = [
    ["function", dollars(run.functionUsd), work],
    ["run table", dollars(run.tableUsd), "its writes, about"],
    ["total", dollars(run.totalUsd), usdPerStep === undefined ? "" : `${dollars(usdPerStep)} a step`],
  ] as const;
  const width = Math.max(...facts.map(([, usd]) => usd.length));
  return [
    `${paint.bold(printable(run.id))}  ${run.status}`,
    "",
    ...facts.map(([name, usd, why]) =>
      `${paint.dim(name.padEnd(10))}${usd.padStart(width)}  ${paint.dim(why)}`.trimEnd(),
    ),
  ];
}

/** The ways to do a job, for people. */
export function jobText(job: Job, all: readonly Estimate[], paint: Paint): string[] {
  const least = cheapest(all);
  const rows = all.map((each) => ({
    way: each.way,
    usd: each.usd === undefined ? "–" : dollars(each.usd),
    time: each.seconds === undefined ? "–" : duration(each.seconds),
    because: each.because,
    paintRow: each.usd === undefined ? paint.dim : each === least ? paint.green : (text: string) => text,
  }));
  const width = (of: "way" | "usd" | "time", least: number) => Math.max(least, ...rows.map((row) => row[of].length));
  const [way, usd, time] = [width("way", 3), width("usd", 8), width("time", 4)];
  const { items, itemSeconds, memoryMb, runs } = job;
  return [
    `${formatNumber(items)} items of ${duration(itemSeconds)} in ${formatNumber(memoryMb)} MB, ${formatNumber(runs)} a month`,
    "",
    paint.dim(`${"WAY".padEnd(way)}  ${"$/MONTH".padStart(usd)}  ${"TIME".padStart(time)}`),
    ...rows.flatMap((row) => [
      row.paintRow(`${row.way.padEnd(way)}  ${row.usd.padStart(usd)}  ${row.time.padStart(time)}`),
      paint.dim(`  ${row.because}`),
    ]),
    "",
    paint.dim(`List prices of us-east-1, arm64, as of ${LAST_SEEN}, without the free tier, storage and traffic.`),
  ];
}
