import { formatUsd } from "./format.ts";
import { across, plot, round } from "./plot.ts";
import type { RunHistory } from "./run-history.ts";
import { spanOf, valueTicks } from "./time-span.ts";

const HEIGHT_PX = 120;

/** Whether a history says what its runs had cost when hops ended; those of older versions do not. */
export function hasCosts({ hops }: RunHistory): boolean {
  return hops.some(({ costUsd = 0 }) => costUsd > 0);
}

/** Estimated cost over time: each step is the end of a hop. */
export function costChart(history: RunHistory, nowMs: number): string {
  const span = spanOf(history, nowMs);
  const costs = new Map<string, number>();
  let sum = 0;
  const ends = history.hops
    .filter(({ costUsd, endedAtMs }) => costUsd !== undefined && endedAtMs !== undefined)
    .toSorted((a, b) => (a.endedAtMs ?? 0) - (b.endedAtMs ?? 0))
    .map(({ run, costUsd = 0, endedAtMs = 0 }) => {
      const before = costs.get(run) ?? 0;
      costs.set(run, Math.max(before, costUsd));
      sum += Math.max(0, costUsd - before);
      return { atMs: endedAtMs, sum };
    });
  const most = Math.max(sum, Number.MIN_VALUE);
  const y = (usd: number) => round((1 - usd / most) * HEIGHT_PX);
  const steps: string[] = [];
  let lastX = -1;
  for (const end of ends) {
    const x = across(span, end.atMs);
    // Of many steps in one place the last is enough.
    if (x - lastX < 0.3) steps.pop();
    steps.push(`H${x}V${y(end.sum)}`);
    lastX = x;
  }
  return plot({
    label: `Estimated cost over time: ${formatUsd(sum)} at the end`,
    span,
    heightPx: HEIGHT_PX,
    ticks: valueTicks(most, 3, (usd) =>
      formatUsd(usd)
        .replace(/(\.\d*?)0+$/, "$1")
        .replace(/\.$/, ""),
    ),
    shapes: `<path class="curve cost" d="M0 ${HEIGHT_PX}${steps.join("")}H1000"/>`,
  });
}
