import { describe, expect, it } from "vitest";
import { seededFaults } from "./faults.ts";

const event = (sequence: number) => ({ sequence, functionName: "f", requestId: "r", payload: "{}" });
const run = (sequence: number) => ({ sequence, functionName: "f", requestId: "r", attempt: 1 });
const numbers = Array.from({ length: 1000 }, (_, i) => i + 1);

describe("seeded faults", () => {
  it("without rates are none", () => {
    const faults = seededFaults({ seed: 7 });
    for (const n of numbers) {
      expect(faults.deliveries(event(n))).toEqual([0]);
      expect(faults.killAfterMs(run(n))).toBeUndefined();
      expect(faults.cold(run(n))).toBe(false);
      expect(faults.throttle({ sequence: n, functionName: "f", invocationType: "Event" })).toBe(false);
    }
  });

  it("repeat with their seed, in any order, and differ from another's", () => {
    const options = { duplicateRate: 0.3, loseRate: 0.1, delayRate: 0.2 };
    const plan = (seed: number, order: readonly number[]) => {
      const faults = seededFaults({ seed, ...options });
      return new Map(order.map((n) => [n, faults.deliveries(event(n))]));
    };
    expect(plan(1, [...numbers].reverse())).toEqual(new Map([...plan(1, numbers)].reverse()));
    expect(plan(1, numbers)).not.toEqual(plan(2, numbers));
  });

  it("come at about their rate", () => {
    const faults = seededFaults({ seed: 3, loseRate: 0.2, crashRate: 0.1 });
    expect(numbers.filter((n) => faults.deliveries(event(n)).length === 0).length).toBeGreaterThan(150);
    expect(numbers.filter((n) => faults.deliveries(event(n)).length === 0).length).toBeLessThan(250);
    const crashes = numbers.filter((n) => faults.killAfterMs(run(n)) !== undefined).length;
    expect(crashes).toBeGreaterThan(70);
    expect(crashes).toBeLessThan(130);
  });

  it("hit the numbers they were given", () => {
    const faults = seededFaults({ seed: 3, duplicateEvery: 3, crashAt: [4], crashFromMs: 10, crashToMs: 20 });
    expect(numbers.slice(0, 6).map((n) => faults.deliveries(event(n)).length)).toEqual([1, 1, 2, 1, 1, 2]);
    expect(faults.killAfterMs(run(3))).toBeUndefined();
    expect(faults.killAfterMs(run(4))).toBeGreaterThanOrEqual(10);
    expect(faults.killAfterMs(run(4))).toBeLessThan(20);
  });
});
