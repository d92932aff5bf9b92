import { setTimeout as delay } from "node:timers/promises";
import { seededCallFaults } from "@longhaul/local";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BatchCloud, startBatchCloud } from "./batch-cloud.ts";

// The stack's timeout is 9 seconds here, and ten minutes are 18.
const TROUBLE_MS = 18_000;

let cloud: BatchCloud;
beforeAll(async () => {
  cloud = await startBatchCloud({
    // The sweeper looks every second.
    scheduleScale: 60,
    timeoutSeconds: 9,
    environment: { BATCH_SIZE: "20", TMP_MAX_BYTES: "1", MAX_BYTES_PER_SECOND: "350000" },
  });
});
afterAll(() => cloud.stop());

/** Enough for a result in two parts. */
const lines = Array.from({ length: 6_000 }, (_, id) => `${JSON.stringify({ id, text: "x".repeat(900) })}\n`).join("");

describe("while three in ten calls of S3, DynamoDB and Lambda fail for ten minutes", () => {
  it("batches are slower, and go on", { timeout: 240_000 }, async () => {
    const plan = seededCallFaults({ seed: 7, rates: { s3: 0.3, dynamodb: 0.3, lambda: 0.3 } });
    const struck = new Set<string>();
    cloud.faults.calls = (call) => {
      // Hand-offs are few, so that chance alone may spare them all: the first is sure to fail.
      const fault = call.service === "lambda" && !struck.has("lambda") ? "throttle" : plan(call);
      if (fault !== undefined) struck.add(call.service).add(fault.replace("-after", ""));
      return fault;
    };
    const names = ["a", "b", "c"];
    for (const name of names) await cloud.put(`in/${name}.ndjson`, lines);
    await delay(TROUBLE_MS);
    delete cloud.faults.calls;
    for (const name of names) {
      const { run } = await cloud.until(({ run, type }) => type === "done" && run.includes(`in/${name}.ndjson@`));
      expect(await cloud.runs.get(run)).toMatchObject({ phase: "done" });
      expect((await cloud.text(`out/${name}.ndjson.ndjson`)) === lines, name).toBe(true);
    }
    expect([...struck].sort()).toEqual(["dynamodb", "lambda", "reset", "s3", "silence", "throttle"]);
  });
});
