import { describe, expect, it } from "vitest";
import { rowOf, tokenItem } from "./token-item.ts";
import { newRow, type TokenRow } from "./token-row.ts";

const key = {
  queueUrl: "https://sqs.eu-central-1.amazonaws.com/123456789012/QueueLoops-FleetMessagesQueue68267A76-cdcb5898abcd",
  token: "33404c8a0e0da3c2e16cdea3",
};
const id = "c6612e92-fe44-4af7-bbaf-9a25c14f2e99";
const fresh = newRow(key, { loopId: id, target: "QueueLoops-FleetLoopFunction68267A76-cdcb5898abcd", nowMs: 1.8e12 });
const estimate = { mean: 19_876.123456, dev: 345.123456, peak: 20_312 };
/** A loop that has run for a month. */
const old: TokenRow = {
  ...fresh,
  rev: "Zm9yIGEgdGVzdA-x",
  record: {
    ...fresh.record,
    phase: "running",
    hop: 3_123,
    attempt: 1,
    epoch: 3_124,
    owner: id,
    lastOwner: id,
    leaseUntilMs: 1.8e12,
    dueAtMs: 1.8e12,
    state: JSON.stringify({ polls: 1_234_567, processed: 12_345_678, failed: 1_234, troubles: 123 }),
    progress: { polls: 1_234_567, processed: 12_345_678, failed: 1_234, troubles: 123 },
    stats: { steps: 1_234_567, usedMs: 2.6e9, costUsd: 8.123456789, stalledHops: 0, budget: { step: estimate } },
  },
};

describe("the item of a token", () => {
  it.each([
    ["new", fresh],
    ["old", old],
    ["with an event of its own", { ...old, record: { ...old.record, event: '{"other":1}' } }],
  ])("is read as it was written: %s", (_, row) => {
    expect(rowOf(tokenItem(row))).toEqual(row);
  });

  it("is below 1 KB, so that a heartbeat costs one write unit", () => {
    const bytes = Object.entries(tokenItem(old)).reduce(
      (sum, [name, { S, N }]) => sum + name.length + (S ?? N ?? "").length,
      0,
    );
    expect(bytes).toBeLessThan(1_024);
  });
});
