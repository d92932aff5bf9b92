import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lastUsedMs } from "../src/tokens/token-row.ts";
import { type LoopCloud, startLoopCloud } from "./loop-cloud.ts";
import { FEW, type OrderLoops, orderLoops, quick } from "./order-loops.ts";

let cloud: LoopCloud;
let loops: OrderLoops;
beforeAll(async () => {
  // Another loop gets the token before Lambda kills the frozen one, on a busy machine too.
  cloud = await startLoopCloud({ timeoutSeconds: 300 });
  loops = orderLoops(cloud);
});
afterAll(() => cloud.stop());

describe("[S4.5] a loop that overruns", () => {
  it("loses its token to another, and is stopped at its next check", async () => {
    const [row] = await loops.started();
    const pid = await cloud.pidOf(row?.loopId ?? "");
    process.kill(pid, "SIGSTOP");
    await cloud.until("another loop has the token", async () => {
      const now = await loops.rowOf(row?.token);
      return now !== undefined && now.loopId !== row?.loopId && lastUsedMs(now) !== undefined;
    });
    process.kill(pid, "SIGCONT");
    await cloud.until("the old one is stopped", () => loops.refusals(row?.loopId).length > 0);
    expect(loops.refusals(row?.loopId)).toEqual(["fenced"]);
    await loops.processedAll(await cloud.send(cloud.orders, quick(FEW)));
    expect(await cloud.tokens(cloud.orders)).toHaveLength(1);
  });
});
