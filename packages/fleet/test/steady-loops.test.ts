import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type LoopCloud, startLoopCloud } from "./loop-cloud.ts";
import { FEW, type OrderLoops, orderLoops, quick } from "./order-loops.ts";

// Hops of a minute, so that none ends while a test watches it.
const HEARTBEAT_MS = 2_000;

let cloud: LoopCloud;
let loops: OrderLoops;
beforeAll(async () => {
  cloud = await startLoopCloud({ timeoutSeconds: 60, environment: { HEARTBEAT_MS: String(HEARTBEAT_MS) } });
  loops = orderLoops(cloud);
});
afterAll(() => cloud.stop());
afterEach(() => loops.end());

describe("[S4.1] a message that hangs", () => {
  it("fails at its own time limit, while its loop processes others", async () => {
    const [row] = await loops.started();
    const [hangs] = await cloud.send(cloud.orders, [{ workMs: 600_000 }]);
    await cloud.until("it is being worked on", () => cloud.inFlight(cloud.orders) === 1);
    const others = await cloud.send(cloud.orders, quick(FEW));
    const timeouts = () => cloud.log.filter(({ code, messageId }) => code === "MESSAGE_TIMEOUT" && messageId === hangs);
    await cloud.until("the others are processed", () => others.every((id) => cloud.processed().includes(id)));
    await cloud.until(
      "it is with the dead letters",
      () => cloud.depth(cloud.outputs.OrdersDeadLettersUrl ?? "") === 1 && cloud.depth(cloud.orders) === 0,
    );
    // In the one hop of one loop.
    expect(timeouts()).toHaveLength(3);
    expect(await loops.rowOf(row?.token)).toMatchObject({ loopId: row?.loopId, restarts: 0, record: { hop: 0 } });
  });
});

describe("[S4.3] while DynamoDB throttles or is silent", () => {
  it.each(["throttle", "silence"] as const)("%s: loops work on, and ask with pauses", async (fault) => {
    const [row] = await loops.started();
    const { roleArn } = cloud.aws.lambda.getFunction(cloud.outputs.FunctionName ?? "");
    let tries = 0;
    cloud.faults.calls = (call) => {
      if (call.service !== "dynamodb" || call.roleArn !== roleArn) return undefined;
      tries++;
      return fault;
    };
    const beganMs = Date.now();
    // The lease lasts for two heartbeats at least.
    const untilMs = beganMs + 1.5 * HEARTBEAT_MS;
    let batches = 0;
    while (Date.now() < untilMs) {
      const ids = await cloud.send(cloud.orders, quick(FEW));
      await cloud.until("they are processed", () => ids.every((id) => cloud.processed().includes(id)));
      batches++;
    }
    const periods = (Date.now() - beganMs) / HEARTBEAT_MS;
    delete cloud.faults.calls;
    expect(tries).toBeGreaterThan(0);
    expect(tries).toBeLessThan(20 * (periods + 1));
    expect(batches).toBeGreaterThan(1);
    const heartbeatAtMs = async () => (await loops.rowOf(row?.token))?.record.heartbeatAtMs ?? 0;
    const before = await heartbeatAtMs();
    await cloud.until("its heartbeat continues", async () => (await heartbeatAtMs()) > before);
    expect((await loops.rowOf(row?.token))?.loopId).toBe(row?.loopId);
  });
});
