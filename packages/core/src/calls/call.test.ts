import { getEventListeners } from "node:events";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ManualHost, manualHost } from "../../test/manual-host.ts";
import { backOffMs } from "./back-off.ts";
import { call } from "./call.ts";
import { CallTimeoutError } from "./call-errors.ts";

const throttle = () => Object.assign(new Error("slower"), { name: "ThrottlingException" });
const never = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

function budgetOf(host: ManualHost, totalMs: number): () => number {
  const untilMs = host.nowMs + totalMs;
  return () => untilMs - host.nowMs;
}

describe("a call that is never answered is given up at its limit and made again", () => {
  it("answers when a later try does", async () => {
    const host = manualHost();
    let tries = 0;
    const send = async (signal: AbortSignal) => (++tries < 3 ? never(signal) : "answer");
    const answer = call(send, { name: "DynamoDB UpdateItem", kind: "control", host, budgetMs: budgetOf(host, 60_000) });
    expect(await host.until(answer)).toBe("answer");
    expect(tries).toBe(3);
    expect(host.nowMs - 1_000_000).toBeLessThan(12_000);
  });

  it("gives up a send that ignores its signal as well", async () => {
    const host = manualHost();
    const answer = call(() => new Promise<never>(() => {}), {
      name: "Lambda Invoke",
      kind: "control",
      host,
      attempts: 1,
    });
    await expect(host.until(answer)).rejects.toThrow("Lambda Invoke was not answered within 5000 ms.");
    expect(host.nowMs).toBe(1_005_000);
  });

  it("ends within its budget, whatever happens", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 100_000 }),
        fc.array(fc.constantFrom("hang", "throttle", "reset"), { minLength: 1 }),
        async (totalMs, faults) => {
          const host = manualHost();
          let tries = 0;
          const send = async (signal: AbortSignal): Promise<never> => {
            const fault = faults[tries++ % faults.length];
            if (fault === "hang") return never(signal);
            throw fault === "throttle" ? throttle() : Object.assign(new Error("reset"), { code: "ECONNRESET" });
          };
          const budgetMs = budgetOf(host, totalMs);
          await expect(host.until(call(send, { name: "call", kind: "control", host, budgetMs }))).rejects.toThrow();
          expect(budgetMs()).toBeGreaterThanOrEqual(0);
          expect(host.waiting).toBe(0);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("is not made at all when no time is left", async () => {
    const host = manualHost();
    let tries = 0;
    const answer = call(async () => ++tries, { name: "S3 GetObject", kind: "control", host, budgetMs: () => 0 });
    await expect(answer).rejects.toThrow(new CallTimeoutError("S3 GetObject", 0).message);
    expect(tries).toBe(0);
  });
});

describe("what is worth another try is tried again, anything else is thrown at once", () => {
  it("throws a final error after one try", async () => {
    const host = manualHost();
    let tries = 0;
    const send = async () => {
      tries++;
      throw new TypeError("no");
    };
    await expect(call(send, { name: "call", kind: "control", host })).rejects.toThrow(TypeError);
    expect(tries).toBe(1);
  });

  it("tries five times when nothing bounds it, and says why each was repeated", async () => {
    const host = manualHost();
    const whys: string[] = [];
    const send = async () => {
      throw throttle();
    };
    const answer = call(send, { name: "call", kind: "control", host, onRetry: (_, why) => whys.push(why) });
    await expect(host.until(answer)).rejects.toThrow("slower");
    expect(whys).toEqual(Array(4).fill("throttled"));
  });

  it("pauses longer after each try, longest where it was throttled", () => {
    const pauses = (why: "throttled" | "transient") => [1, 2, 3, 20].map((attempt) => backOffMs(attempt, why, 1));
    expect(pauses("transient")).toEqual([100, 200, 400, 2_000]);
    expect(pauses("throttled")).toEqual([400, 800, 1_600, 5_000]);
  });
});

describe("an abort ends the call at once", () => {
  it.each([
    ["while it waits for an answer", (signal: AbortSignal) => never(signal)],
    ["while it pauses", async () => Promise.reject(throttle())],
  ])("%s, and nothing is left behind", async (_, send) => {
    const host = manualHost();
    const controller = new AbortController();
    const answer = call(send, { name: "call", kind: "control", host, signal: controller.signal });
    host.timer(10, () => controller.abort(new Error("enough")));
    await expect(host.until(answer)).rejects.toThrow("enough");
    expect(host.nowMs).toBe(1_000_010);
    expect(host.waiting).toBe(0);
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  });

  it("leaves no listener and no timer behind after an answer", async () => {
    const host = manualHost();
    const { signal } = new AbortController();
    await call(async () => "answer", { name: "call", kind: "control", host, signal });
    expect(host.waiting).toBe(0);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });
});
