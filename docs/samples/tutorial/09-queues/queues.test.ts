import { describe, expect, it, vi } from "vitest";
import { written } from "../invoices.ts";
import { pageText } from "../page-text.ts";
import { BROKEN, breaks, RECORDS } from "./break.picture.ts";
import run from "./run.picture.ts";

const page = pageText("queues-and-loops");

describe("chapter 9: queues and loops", () => {
  it("a function that continues by itself loses the protection of its message", async () => {
    const { outcome, message, effects, stats } = await breaks();
    expect(outcome).toBe("on-failure");
    expect(message.isDeleted).toBe(true);
    expect(new Set(effects.values.values()).size).toBe(BROKEN);
    expect(stats.invocations).toBe(5);
    expect(page).toContain(`${written(RECORDS - BROKEN)} records are missing`);
  });

  it("with a run for each file the message is looked at again, and deleted when the run is over", () => {
    const { hops, check } = run();
    expect(hops.map(({ status }) => status)).toEqual(["continued", "continued", "done", "duplicate"]);
    expect(page).toContain(check?.message.match(/^the table is exact: ([\d,]+) records/)?.[1]);
  });

  it("a fleet has a function for each of its tasks", async () => {
    vi.stubEnv("TOKEN_TABLE", "tokens");
    vi.stubEnv("LOOP_FUNCTION", "loop");
    const queueUrl = "https://sqs.eu-central-1.amazonaws.com/123456789012/orders";
    vi.stubEnv("QUEUES", JSON.stringify([{ queueUrl, processor: "orders" }]));
    const fleet = await import("./loops.ts");
    expect(Object.keys(fleet).sort()).toEqual(["loop", "restart", "scaleDown", "scaleUp", "start", "stop"]);
  });
});
