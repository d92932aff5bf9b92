import { DeleteQueueCommand, SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { outsideCredentials, seededCallFaults } from "@longhaul/local";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { lastUsedMs } from "../src/tokens/token-row.ts";
import { type LoopCloud, startLoopCloud } from "./loop-cloud.ts";
import { FEW, type OrderLoops, orderLoops, quick } from "./order-loops.ts";

let cloud: LoopCloud;
let loops: OrderLoops;
let sqs: SQSClient;
beforeAll(async () => {
  cloud = await startLoopCloud();
  loops = orderLoops(cloud);
  sqs = new SQSClient({ endpoint: cloud.aws.url, region: cloud.aws.region, credentials: outsideCredentials });
});
afterAll(async () => {
  sqs.destroy();
  await cloud.stop();
});
afterEach(() => loops.end());

const lines = (message: string) => cloud.log.filter((line) => line.message === message);

describe("[S4.1] [S4.4] while three in ten calls to DynamoDB, SQS and Lambda fail, for ten minutes of its heartbeats", () => {
  it("loops are slower; no message is lost, and none but a poisonous one is given up", async () => {
    // SQS counts a receipt whose answer is lost, too.
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: cloud.aws.sqs.queues.get((cloud.outputs.OrdersDeadLettersUrl ?? "").split("/").at(-1) ?? "")
        .arn,
      maxReceiveCount: 12,
    });
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl: cloud.orders, Attributes: { RedrivePolicy } }));
    const dead = cloud.depth(cloud.outputs.OrdersDeadLettersUrl ?? "");
    await loops.started(3);
    const plan = seededCallFaults({ seed: 7, rates: { dynamodb: 0.3, sqs: 0.3, lambda: 0.3 } });
    const struck = new Map<string, number>();
    cloud.faults.calls = (call) => {
      const fault = plan(call);
      if (fault !== undefined) {
        const kind = `${call.service} ${fault.replace("-after", "")}`;
        struck.set(kind, (struck.get(kind) ?? 0) + 1);
      }
      return fault;
    };
    // Heartbeats pass 20 times as fast as by default.
    const untilMs = Date.now() + 600_000 / 20;
    const poison = await cloud.send(cloud.orders, [{ fails: true }]);
    const ids: string[] = [];
    await cloud.until("that time has passed", async () => {
      ids.push(...(await cloud.send(cloud.orders, quick(3, { workMs: 100 }))));
      return Date.now() > untilMs;
    });
    // Faults of every kind, in each service.
    expect([...struck.keys()].filter((kind) => !kind.startsWith("lambda")).sort()).toEqual(
      ["dynamodb", "sqs"].flatMap((service) => ["reset", "silence", "throttle"].map((way) => `${service} ${way}`)),
    );
    delete cloud.faults.calls;
    await cloud.until("the queue is empty", () => cloud.depth(cloud.orders) === 0);
    const processed = new Set(cloud.processed());
    expect(ids.filter((id) => !processed.has(id))).toEqual([]);
    expect(cloud.depth(cloud.outputs.OrdersDeadLettersUrl ?? "") - dead).toBe(poison.length);
  });
});

describe("[S4.4] a queue that is deleted", () => {
  it("has its loops end, and that is said; restart revives none", async () => {
    await cloud.call("StartFunctionName", { queueUrl: cloud.mails });
    await cloud.until("its loop has begun", async () =>
      (await cloud.tokens(cloud.mails)).some((row) => lastUsedMs(row) !== undefined),
    );
    await sqs.send(new DeleteQueueCommand({ QueueUrl: cloud.mails }));
    await cloud.until("restart says so", () =>
      lines("queue missing").some(({ queueUrl, level }) => queueUrl === cloud.mails && level === "ERROR"),
    );
    await cloud.until("no token of it is left", async () => (await cloud.tokens(cloud.mails)).length === 0);
    const { fleet } = await cloud.table.ofQueue(cloud.mails);
    expect(fleet).toMatchObject({ desired: 0, missingSinceMs: expect.toSatisfy((ms) => ms > 0) });
    const name = cloud.mails.split("/").at(-1);
    expect(cloud.log.some(({ _aws, queue, QueueMissing }) => _aws && queue === name && QueueMissing === 1)).toBe(true);
    const sweeps = lines("restart").length;
    await cloud.until("restart has swept a few times", () => lines("restart").length > sweeps + 5);
    expect(await cloud.tokens(cloud.mails)).toEqual([]);
    // The loops of the other queue have nothing to do with it.
    await loops.processedAll(
      await cloud.send(cloud.orders, quick(FEW)).then(async (ids) => {
        await loops.started(1);
        return ids;
      }),
    );
  });

  it("has a loop that finds it missing end by itself", async () => {
    const before = lines("loop ends").length;
    await cloud.call("StartFunctionName", { queueUrl: cloud.mails });
    await cloud.until("the loop has ended", () => lines("loop ends").length > before);
    expect(lines("loop ends").at(-1)).toMatchObject({ level: "ERROR", code: "QUEUE_MISSING" });
    await cloud.until("no token of it is left", async () => (await cloud.tokens(cloud.mails)).length === 0);
  });
});
