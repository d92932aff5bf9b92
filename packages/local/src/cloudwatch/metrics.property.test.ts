import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { datapointsOf } from "./datapoints.ts";
import { createMetricTime } from "./metric-time.ts";
import { between, Metrics } from "./metrics.ts";
import { setOf } from "./statistic-set.ts";

const metric = { namespace: "n", name: "m", dimensions: [] };

describe("data points", () => {
  it("by period hold exactly what was measured in it", () => {
    const measurements = fc.array(
      fc.record({ second: fc.integer({ min: 0, max: 2000 }), value: fc.integer({ min: -50, max: 50 }) }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(measurements, fc.constantFrom(1, 10, 60, 300), (measured, periodSeconds) => {
        const metrics = new Metrics();
        for (const { second, value } of measured) metrics.put(metric, second, setOf(value), { isHighResolution: true });
        const time = createMetricTime(1);
        const query = { periodSeconds, startMs: 0, endMs: 3_000_000 };
        const datapoints = datapointsOf(metrics, time, metric, query);
        expect(datapoints.map(({ atMs }) => atMs)).toEqual(
          [...new Set(measured.map(({ second }) => Math.floor(second / periodSeconds) * periodSeconds * 1000))].sort(
            (a, b) => a - b,
          ),
        );
        for (const { atMs, set } of datapoints) {
          const values = measured.flatMap(({ second, value }) =>
            Math.floor(second / periodSeconds) * periodSeconds * 1000 === atMs ? [value] : [],
          );
          const sum = values.reduce((total, value) => total + value, 0);
          expect(set).toEqual({ count: values.length, sum, min: Math.min(...values), max: Math.max(...values) });
          expect(between(metrics.series(metric), atMs / 1000, atMs / 1000 + periodSeconds)).toEqual(set);
        }
      }),
    );
  });

  it("are found whatever the order of their dimensions, and not without them", () => {
    const metrics = new Metrics();
    const dimensions = [
      { name: "a", value: "1" },
      { name: "b", value: "2" },
    ];
    metrics.put({ ...metric, dimensions }, 60, setOf(7));
    expect(between(metrics.series({ ...metric, dimensions: dimensions.toReversed() }), 60, 120)?.sum).toBe(7);
    expect(metrics.series(metric)).toEqual([]);
    expect(metrics.list()).toHaveLength(1);
  });

  it("of different units are kept apart, and taken together where no unit is asked for", () => {
    const metrics = new Metrics();
    metrics.put(metric, 60, setOf(1), { unit: "Seconds" });
    metrics.put(metric, 60, setOf(2), { unit: "Count" });
    metrics.put(metric, 60, setOf(4));
    const sum = (unit?: string) => between(metrics.series(metric, unit), 60, 120)?.sum;
    expect([sum("Seconds"), sum("Count"), sum("None"), sum("Bytes"), sum()]).toEqual([1, 2, 4, undefined, 7]);
  });

  it("are kept for 15 days and no longer", () => {
    const metrics = new Metrics();
    const daySeconds = 86_400;
    for (let day = 0; day <= 20; day += 1) metrics.put(metric, day * daySeconds, setOf(day));
    const [series] = metrics.series(metric);
    expect([...(series?.bySecond.keys() ?? [])].map((second) => second / daySeconds)).toEqual(
      Array.from({ length: 16 }, (_, index) => index + 5),
    );
  });
});

describe("metric time", () => {
  it("comes back to the second it came from, at any scale", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_700_000_000, max: 2_000_000_000 }),
        fc.constantFrom(1, 7, 60, 600, 3600),
        (second, scale) => {
          const { secondOf, msOf } = createMetricTime(scale);
          // Below a ms, several seconds begin at the same moment.
          const isTold = scale < 1000;
          expect(secondOf(msOf(second)) - second).toBeGreaterThanOrEqual(0);
          if (isTold) expect(secondOf(msOf(second))).toBe(second);
        },
      ),
    );
  });
});
