import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { LambdaClient, PutFunctionRecursionConfigCommand } from "@aws-sdk/client-lambda";
import { outsideCredentials } from "@longhaul/local";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { type LoopCloud, startLoopCloud } from "./loop-cloud.ts";
import { type OrderLoops, orderLoops, quick } from "./order-loops.ts";

/** A chain may invoke one function this often: https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html */
const DETECTED_AFTER = 16;

let cloud: LoopCloud;
let loops: OrderLoops;
let lambda: LambdaClient;
beforeAll(async () => {
  cloud = await startLoopCloud();
  loops = orderLoops(cloud);
  const { url, region } = cloud.aws;
  lambda = new LambdaClient({ endpoint: url, region, credentials: outsideCredentials });
});
afterAll(async () => {
  lambda.destroy();
  await cloud.stop();
});
afterEach(() => loops.end());

/** Deploys loops whose hops are of the shortest kind, a poll each; `restart` replaces those that miss three such heartbeats. */
async function deployLoops(heartbeatMs: number): Promise<void> {
  const assembly = inject("assembly");
  const template = await readFile(join(assembly, "TwoQueues.template.json"), "utf8");
  const ids = Object.keys(JSON.parse(template).Resources);
  const idOf = (name: RegExp) => {
    const id = ids.find((id) => name.test(id));
    if (id === undefined) throw new Error(`No resource is named like ${name}: ${ids.join(", ")}`);
    return id;
  };
  await cloud.aws.deploy(assembly, {
    functionOverrides: {
      [idOf(/^FleetLoopFunction\w+$/)]: { environment: { WAIT_SECONDS: "0", RESERVE_MS: "4700" } },
      [idOf(/^FleetRestartFunction\w+$/)]: { environment: { HEARTBEAT_MS: String(heartbeatMs) } },
    },
  });
}

describe("[S4.1] a loop that never ends", () => {
  it(`continues beyond the ${DETECTED_AFTER} hops after which Lambda would end a chain, as one and the same loop`, async () => {
    // On a busy machine a hop may be silent for longer than the stack of these tests has patience for.
    await deployLoops(10_000);
    const [row] = await loops.started();
    let hop = 0;
    await cloud.until("it has gone through twice as many", async () => {
      hop = (await loops.rowOf(row?.token))?.record.hop ?? 0;
      return hop > 2 * DETECTED_AFTER;
    });
    expect(await loops.rowOf(row?.token)).toMatchObject({ loopId: row?.loopId, restarts: 0 });
    await loops.processedAll(await cloud.send(cloud.orders, quick(20)));
  });

  it("would not, if the stack did not allow it: each loop ends after so many, and restart puts another in its place", async () => {
    // Long enough for a hop on a busy machine: a loop that is silent for longer is replaced before its chain ends.
    await deployLoops(3_000);
    const FunctionName = cloud.outputs.FunctionName ?? "";
    const set = (RecursiveLoop: "Allow" | "Terminate") =>
      lambda.send(new PutFunctionRecursionConfigCommand({ FunctionName, RecursiveLoop }));
    await set("Terminate");
    const [row] = await loops.started();
    let hops = 0;
    await cloud.until("another loop has the token", async () => {
      const now = await loops.rowOf(row?.token);
      if (now?.loopId === row?.loopId) hops = Math.max(hops, now?.record.hop ?? 0);
      return now !== undefined && now.restarts > 0;
    });
    expect(hops).toBe(DETECTED_AFTER);
    await set("Allow");
  });
});
