import { describe, expect, it } from "vitest";
import { historyOf, hopOf } from "../../test/histories.ts";
import { marksOf } from "./run-marks.ts";
import { timelineChart } from "./timeline-chart.ts";

const MINUTE_MS = 60_000;

function hoursOfWork(minutes: number) {
  const endedAtMs = minutes * MINUTE_MS;
  return historyOf({ endedAtMs, hops: [hopOf({ endedAtMs })] });
}

/** Names of the time axis on a page of that width. */
function labels(html: string, width: "wide" | "narrow"): string[] {
  const [, axis = ""] = html.match(new RegExp(`<div class="xs ${width}">(.*?)</div>`)) ?? [];
  return [...axis.matchAll(/>([^<]+)<\/span>/g)].map(([, label = ""]) => label);
}

describe("a timeline", () => {
  it("counts its time in whole minutes and hours, with fewer names where the page is narrow", () => {
    const html = timelineChart(hoursOfWork(105), 0);
    const quarters = ["15 min", "30 min", "45 min", "1 h", "1 h 15 min", "1 h 30 min", "1 h 45 min"];
    expect(labels(html, "wide")).toEqual(["0", ...quarters]);
    expect(labels(html, "narrow")).toEqual(["0", "30 min", "1 h", "1 h 30 min"]);
    expect(labels(timelineChart(hoursOfWork(4), 0), "wide")).toContain("1 min");
  });

  it.each([10, 0])("shows an error that took %i ms, after hours of work", (tookMs) => {
    const { hops, ...history } = hoursOfWork(105);
    const startedAtMs = 6_200_000;
    const error = hopOf({ hop: 1, status: "error", startedAtMs, endedAtMs: startedAtMs + tookMs });
    expect(timelineChart({ ...history, hops: [...hops, error] }, 0)).toContain('class="fault tiny"');
  });

  it("has few bars for thousands of invocations, and hides no error among them", () => {
    const hops = Array.from({ length: 5_000 }, (_, hop) =>
      hopOf({
        hop,
        startedAtMs: hop * 1_000,
        endedAtMs: hop * 1_000 + 990,
        status: hop === 2_500 ? "exit" : "continued",
      }),
    );
    const bars = timelineChart(historyOf({ hops, endedAtMs: 5_000_000 }), 0).match(/<rect class="[^"]+"/g) ?? [];
    expect(bars.length).toBeLessThan(10);
    expect(bars.filter((bar) => bar.includes("fault"))).toHaveLength(1);
  });

  it("draws work in the colour of its run, if there are several", () => {
    const history = historyOf({ hops: [hopOf({ run: "a" }), hopOf({ run: "b", sandboxId: "other" })], run: "a" });
    const html = timelineChart(history, 0, marksOf(history));
    expect(html).toContain('class="run0" data-run="0"');
    expect(html).toContain('class="run1" data-run="1"');
  });
});
