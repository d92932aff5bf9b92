import { describe, expect, it } from "vitest";
import { historyOf, hopOf } from "../../test/histories.ts";
import { budgetChart } from "./budget-chart.ts";

describe("the time budget", () => {
  it("is a line for each hop, up to the share of its granted time that it used", () => {
    const hops = [hopOf({ endedAtMs: 500, windowMs: 1_000, reserveMs: 100 })];
    const html = budgetChart(historyOf({ hops }), 0);
    expect(html).toContain('<path class="curve work" d="M0 140L500 70"/>');
    expect(html).toContain('<path class="reserve" d="M0 14H500"/>');
  });

  it("of thousands of hops is a bar for each column, with a dot for each error", () => {
    const hops = Array.from({ length: 5_000 }, (_, hop) => {
      const [startedAtMs, windowMs] = [hop * 1_000, 1_000];
      return hopOf({
        hop,
        startedAtMs,
        endedAtMs: startedAtMs + 900,
        windowMs,
        status: hop === 70 ? "exit" : "continued",
      });
    });
    const html = budgetChart(historyOf({ hops, endedAtMs: 5_000_000 }), 0);
    const d = (kind: string) => html.match(new RegExp(`<path class="${kind}" d="([^"]*)"`))?.[1] ?? "";
    expect(d("curve work").split("M").length).toBeLessThan(510);
    expect(d("dot fault").split("M").slice(1)).toHaveLength(1);
  });
});
