import { ARM64_US_EAST_1, invocationCostUsd } from "@longhaul/core/parts";
import { simulate } from "@longhaul/core/testing";
import { describe, expect, it } from "vitest";
import { delivered, written } from "../invoices.ts";
import { pageText } from "../page-text.ts";
import pictureOfBreak, { breaks } from "./break.picture.ts";
import { detected, ORDERS as MANY } from "./loop-detection.picture.ts";
import { ORDERS, run } from "./run.picture.ts";

const page = pageText("guards");

describe("chapter 7: guards", () => {
  it("end a run whose state does not move", async () => {
    const result = await run();
    expect(result.jobs[0]).toMatchObject({ outcome: "paused", reason: { code: "STALLED" } });
    expect(result.stats.invocations).toBe(3);
    expect(delivered(result, ORDERS).several).toBe(0);
  });

  it("are missing: six hours of invoices, and a small bill", async () => {
    const { invoices, several } = delivered(await breaks(), ORDERS);
    expect(page).toContain(`After six hours ${several} customers had ${written(invoices)} invoices`);
    const { hops, endedAtMs = 0 } = await pictureOfBreak();
    const costUsd = hops.reduce(
      (sum, hop) => sum + invocationCostUsd(ARM64_US_EAST_1, 1_024, (hop.endedAtMs ?? endedAtMs) - hop.startedAtMs),
      0,
    );
    expect(page).toContain(`costs about $${costUsd.toFixed(2)} until then`);
  });

  it("of Lambda drop the event of a chain that is too long", async () => {
    const result = await detected();
    expect(result.outcome).toBe("unfinished");
    expect(result.stats.invocations).toBe(16);
    expect(delivered(result, MANY).none).toBeGreaterThan(0);
  });

  it("include a switch that ends every run at its next checkpoint", async () => {
    let isKilled = false;
    const result = await simulate({
      seed: 1,
      faults: "calm",
      redrive: false,
      event: { orders: 100 },
      handler: (world) =>
        world.recursive({
          guards: { isKilled: () => isKilled },
          start: () => 0,
          async *run(next, { event, signal }: { event: { orders: number }; signal: AbortSignal }) {
            for (let order = next; order < event.orders; order++) {
              await world.step(2_000, { signal });
              isKilled = order >= 50;
              yield order + 1;
            }
            return "all done";
          },
        }),
    });
    expect(result.jobs[0]).toMatchObject({ outcome: "stopped", reason: { code: "KILL_SWITCH" } });
  });
});
