import { fileURLToPath } from "node:url";
import { ARM64_US_EAST_1, invocationCostUsd } from "@longhaul/core/parts";
import { startApp } from "@longhaul/local/testing";
import { describe, expect, it } from "vitest";
import { pageText } from "../page-text.ts";

const page = pageText("deploy-watch-stop-pay");
const directory = fileURLToPath(new URL(".", import.meta.url));
const SLOW_MS = 120_000;

describe("chapter 10: the deployed function", () => {
  it(
    "sends every invoice, over several hops",
    async () => {
      await using app = await startApp({ directory, timeoutSeconds: 3 });
      await app.start({ orders: 60 });
      const run = await app.runs.wait();
      expect(run).toMatchObject({ status: "done", result: "60 invoices" });
      expect(run.hop).toBeGreaterThan(0);
    },
    SLOW_MS,
  );

  it(
    "does nothing while the kill switch is on",
    async () => {
      await using app = await startApp({ directory, environment: { LONGHAUL_KILL_SWITCH: "on" } });
      await app.start({ orders: 60 });
      expect(await app.runs.wait()).toMatchObject({ status: "stopped", reason: { code: "KILL_SWITCH" } });
    },
    SLOW_MS,
  );

  it("costs what the page says", () => {
    const usd = (memoryMb: number) => invocationCostUsd(ARM64_US_EAST_1, memoryMb, 6_000_000).toFixed(2);
    // One checkpoint every five seconds, at $0.625 per million writes of up to 1 KB.
    const checkpoints = 6_000 / 5;
    expect(page).toContain(`6,000 s × 1 GB × $0.0000133334 | ${usd(1_024)} |`);
    expect(page).toContain(
      `1,200 checkpoints × $0.625 per million | ${((checkpoints * 0.625) / 1_000_000).toFixed(4)} |`,
    );
    expect(page).toContain(`With 128 MB it is $${usd(128)}.`);
  });
});
