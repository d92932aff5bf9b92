import { describe, expect, it } from "vitest";
import { runRecord } from "../../test/run-record.ts";
import { KEPT_BACK_BYTES, recordBytes } from "./record-bytes.ts";

describe("a record is measured as DynamoDB measures an item", () => {
  it("by its names and its texts in UTF-8", () => {
    expect(recordBytes({ run: "r" })).toBe(3 + 1);
    expect(recordBytes({ run: "🚀", event: "ü" })).toBe(3 + 4 + 5 + 2);
  });

  it("structures by their JSON, numbers by the most that they take", () => {
    expect(recordBytes({ limits: { maxHops: 7 } })).toBe(6 + 13);
    expect(recordBytes({ hop: 1 })).toBe(3 + 21);
  });

  it("and what is kept back is more than all small fields take at their largest", () => {
    // JSON takes six bytes for a control character.
    const worst = (length: number) => "\u0000".repeat(length);
    const reason = { code: worst(100), message: worst(1_000), name: worst(100) };
    const estimate = { mean: 1 / 3, dev: 1 / 3, peak: 1 / 3 };
    const stats = {
      steps: 1e15,
      usedMs: 1e15,
      costUsd: 1 / 3,
      stalledHops: 1e15,
      budget: { step: estimate, handOff: estimate },
    };
    const limits = { maxHops: Number.MAX_VALUE, maxDurationMs: Number.MAX_VALUE, maxCostUsd: Number.MAX_VALUE };
    const small = { reason, lastError: reason, requested: "pause", limits, stats, backOffMs: 1, dueAtMs: 1 } as const;
    expect(recordBytes({ ...small, owner: "o".repeat(36), lastOwner: "o".repeat(36) })).toBeLessThan(KEPT_BACK_BYTES);
    expect(recordBytes(runRecord())).toBeLessThan(1_000);
  });
});
