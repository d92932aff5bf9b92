import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestbed, type Testbed } from "./lambda-testbed.ts";

let bed: Testbed;
beforeAll(async () => {
  bed = await openTestbed();
});
afterAll(() => bed.close());

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

async function invoke(functionName: string, event: unknown = {}) {
  const answer = await bed.lambda.invoke({ functionName, payload: JSON.stringify(event) });
  return { ...answer, result: JSON.parse(answer.payload ?? "null") };
}

describe("the time limit", () => {
  it.each([
    ["waits", "export const handler = () => new Promise((done) => setTimeout(done, 60_000));"],
    ["never yields", "export const handler = async () => { for (;;); };"],
  ])("kills a handler that %s", async (_, source) => {
    const functionName = await bed.deploy(source, { timeoutSeconds: 0.3 });
    const pids = bed.record("sandbox.start");
    const startedAt = performance.now();
    const answer = await invoke(functionName);
    expect(performance.now() - startedAt).toBeLessThan(2000);
    expect(answer.functionError).toBe("Unhandled");
    expect(answer.result).toEqual({
      errorType: "Sandbox.Timedout",
      errorMessage: `RequestId: ${answer.requestId} Error: Task timed out after 0.30 seconds`,
    });
    expect(pids.map(({ pid }) => isAlive(pid))).toEqual([false]);
  });

  it("starts anew after a kill", async () => {
    const functionName = await bed.deploy(
      "let count = 0; export const handler = async (event) => { count += 1; if (event.hang) for (;;); return count; };",
      { timeoutSeconds: 0.2 },
    );
    expect((await invoke(functionName)).result).toBe(1);
    expect((await invoke(functionName)).result).toBe(2);
    expect((await invoke(functionName, { hang: true })).functionError).toBe("Unhandled");
    expect((await invoke(functionName)).result).toBe(1);
  });

  it("counts from the hand-over, not from the start of the process", async () => {
    const functionName = await bed.deploy(
      `const until = Date.now() + 400; while (Date.now() < until);
       export const handler = async (event, context) => context.getRemainingTimeInMillis();`,
      { timeoutSeconds: 0.3 },
    );
    const answer = await invoke(functionName);
    expect(answer.functionError).toBeUndefined();
    expect(answer.result).toBeGreaterThan(150);
    expect(answer.result).toBeLessThanOrEqual(300);
  });
});

describe("between invocations", () => {
  it("the process is frozen: its timers stand still, and its module state stays", async () => {
    const functionName = await bed.deploy(
      "let ticks = 0; setInterval(() => { ticks += 1; }, 10); export const handler = async () => ({ ticks, pid: process.pid });",
    );
    const first = await invoke(functionName);
    await sleep(400);
    const second = await invoke(functionName);
    expect(second.result.pid).toBe(first.result.pid);
    expect(second.result.ticks - first.result.ticks).toBeLessThan(10);
  });
});
