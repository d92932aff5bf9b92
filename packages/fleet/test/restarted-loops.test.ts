import { afterAll, afterEach, beforeAll, describe, it } from "vitest";
import { lastUsedMs } from "../src/tokens/token-row.ts";
import { type LoopCloud, startLoopCloud } from "./loop-cloud.ts";
import { type OrderLoops, orderLoops } from "./order-loops.ts";

let cloud: LoopCloud;
let loops: OrderLoops;
beforeAll(async () => {
  cloud = await startLoopCloud();
  loops = orderLoops(cloud);
});
afterAll(() => cloud.stop());
afterEach(() => loops.end());

describe("[S4.4] restart", () => {
  it("puts a new loop in the place of one whose first event was lost, and of one whose self-invoke was", async () => {
    let lost = 2;
    cloud.faults.deliveries = ({ payload }) => (payload.includes("loopId") && lost-- > 0 ? [] : [0]);
    await cloud.call("StartFunctionName", { queueUrl: cloud.orders, loops: 2 });
    await cloud.until("two loops run", async () => {
      const rows = await cloud.tokens(cloud.orders);
      return rows.length === 2 && rows.every((row) => lastUsedMs(row) !== undefined && row.restarts > 0);
    });
    const [row] = await cloud.tokens(cloud.orders);
    const { record, restarts = 0 } = row ?? {};
    const hop = (record?.hop ?? 0) + 1;
    lost = 1;
    cloud.faults.deliveries = ({ payload }) =>
      payload.includes(row?.loopId ?? "") && payload.includes(`"hop":${hop}`) && lost-- > 0 ? [] : [0];
    await cloud.until("it was restarted once more", async () => {
      return ((await loops.rowOf(row?.token))?.restarts ?? 0) > restarts;
    });
  });
});
