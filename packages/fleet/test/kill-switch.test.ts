import { DeleteFunctionConcurrencyCommand, LambdaClient, PutFunctionConcurrencyCommand } from "@aws-sdk/client-lambda";
import { outsideCredentials } from "@longhaul/local";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type LoopCloud, startLoopCloud } from "./loop-cloud.ts";
import { type OrderLoops, orderLoops, quick } from "./order-loops.ts";

let cloud: LoopCloud;
let loops: OrderLoops;
beforeAll(async () => {
  cloud = await startLoopCloud();
  loops = orderLoops(cloud);
});
afterAll(() => cloud.stop());
afterEach(() => loops.end());

describe("the kill switch, a limit of 0 on the function that runs the loops", () => {
  it("lets no hop begin until it is taken away; restart then finds the loops again, and no message is lost", async () => {
    const { url, region, lambda } = cloud.aws;
    const client = new LambdaClient({ endpoint: url, region, credentials: outsideCredentials });
    const FunctionName = cloud.outputs.FunctionName ?? "";
    await loops.started(2);
    const ids = await cloud.send(cloud.orders, quick(240, { workMs: 1_200 }));
    await client.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }));
    // The hops that had begun go on to their end.
    let runs = 0;
    const count = (): void => void runs++;
    await cloud.until("no hop runs any more", async () => {
      const rows = await cloud.tokens(cloud.orders);
      return rows.length > 0 && rows.every(({ restarts }) => restarts > 0);
    });
    lambda.on("invoke.start", ({ functionName }) => functionName === FunctionName && count());
    const done = cloud.processed().length;
    const sweeps = cloud.log.filter(({ message }) => message === "restart").length;
    await cloud.until("restart has swept a few times", () => {
      return cloud.log.filter(({ message }) => message === "restart").length > sweeps + 3;
    });
    expect([runs, cloud.processed().length]).toEqual([0, done]);
    await client.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
    client.destroy();
    await loops.processedAll(ids);
    expect(await cloud.tokens(cloud.orders)).not.toHaveLength(0);
  });
});
