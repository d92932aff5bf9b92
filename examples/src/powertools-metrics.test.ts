import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type Delivery, startDelivery } from "../test/delivery.ts";

interface MetricLine {
  readonly _aws: { readonly CloudWatchMetrics: readonly { readonly Dimensions: readonly string[][] }[] };
  readonly run: string;
  readonly hop: string;
  readonly charged: number | readonly number[];
}

let delivery: Delivery;
beforeAll(async () => {
  delivery = await startDelivery();
  // Powertools writes to the console then, and would write no metrics.
  vi.stubEnv("POWERTOOLS_DEV", "true");
  vi.stubEnv("POWERTOOLS_METRICS_DISABLED", "false");
});
afterAll(() => delivery.stop());

/** Runs through hops of so many charges; answers with the lines of metrics and the sum of what each hop charged. */
async function metricsOf(orders: number, chargesPerHop: number) {
  const { handler } = await import("./powertools-metrics.ts");
  const lines: MetricLine[] = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(JSON.parse(line)));
  let charges = 0;
  vi.stubGlobal("fetch", async () => {
    charges++;
    if (charges % chargesPerHop === 0) delivery.time.leftMs = 5_000; // the hop ends
    return new Response();
  });
  const outcomes = await delivery.deliverAll(handler, { orders });
  const charged = [0, 1, 2].map(
    (hop) => lines.filter((line) => line.hop === String(hop)).flatMap((line) => line.charged).length,
  );
  return { outcomes, lines, charged };
}

it("each hop writes its metrics once, and their line names run and hop", async () => {
  const { outcomes, lines, charged } = await metricsOf(10, 4);
  expect(outcomes).toMatchObject([{ status: "continued" }, { status: "continued" }, { status: "done", result: 10 }]);
  expect(lines).toHaveLength(3);
  expect(charged).toEqual([4, 4, 2]);
  expect(new Set(lines.map(({ run }) => run)).size).toBe(1);
});

it("the run is no dimension", async () => {
  const { lines } = await metricsOf(10, 4);
  expect(lines.map((line) => line._aws.CloudWatchMetrics[0]?.Dimensions)).toEqual(lines.map(() => [["service"]]));
});

it("a hop of more than 100 steps writes several lines, and each names run and hop", async () => {
  const { lines, charged } = await metricsOf(350, 150);
  expect(lines.length).toBeGreaterThan(3);
  expect(charged).toEqual([150, 150, 50]);
  expect(new Set(lines.map(({ run }) => run)).size).toBe(1);
});
