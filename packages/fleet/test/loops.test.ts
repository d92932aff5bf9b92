import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { isRunning, lastUsedMs, type TokenRow } from "../src/tokens/token-row.ts";
import { type LoopCloud, startLoopCloud } from "./loop-cloud.ts";
import { FEW, HEARTBEAT_MS, type OrderLoops, orderLoops, quick } from "./order-loops.ts";

let cloud: LoopCloud;
let loops: OrderLoops;
beforeAll(async () => {
  cloud = await startLoopCloud();
  loops = orderLoops(cloud);
});
afterAll(() => cloud.stop());
afterEach(() => loops.end());

/**
 * Hops keep the id of their loop. On a busy machine one may begin so late that restart has put another loop in its place, and
 * counted that.
 */
async function expectSameLoop(row: TokenRow | undefined): Promise<void> {
  const now = await loops.rowOf(row?.token);
  expect(now).toBeDefined();
  if (now?.restarts === row?.restarts) expect(now?.loopId).toBe(row?.loopId);
}

describe("[S4.1] a loop polls, processes and invokes itself, for ever", () => {
  it("in hop after hop, as one and the same loop", async () => {
    const [row] = await loops.started();
    const ids = await cloud.send(cloud.orders, quick(FEW));
    await loops.processedAll(ids);
    await cloud.until("it is in its second hop", async () => ((await loops.rowOf(row?.token))?.record.hop ?? 0) >= 1);
    await expectSameLoop(row);
  });

  it("an exception does not end it: the message comes back, and what fails each time goes to the dead letters", async () => {
    const [row] = await loops.started();
    const poison = await cloud.send(cloud.orders, [{ fails: true }]);
    const good = await cloud.send(cloud.orders, quick(FEW - 1));
    await loops.processedAll(good);
    const dead = cloud.outputs.OrdersDeadLettersUrl ?? "";
    await cloud.until("the message is with the dead letters", () => cloud.depth(dead) === 1);
    const troubles = cloud.log.filter(({ message, messageId }) => message === "trouble" && messageId === poison[0]);
    expect(troubles).toHaveLength(3);
    await expectSameLoop(row);
  });
});

describe("[S4.2] [S4.3] one row per loop", () => {
  it("keyed by queue and token, with a heartbeat beside polls and hops", async () => {
    const [row] = await loops.started();
    if (!row) throw new Error("no row");
    expect([row.queueUrl, isRunning(row), row.restarts]).toEqual([cloud.orders, true, 0]);
    const first = lastUsedMs(row) ?? 0;
    await cloud.until("it beats", async () => {
      const now = await loops.rowOf(row.token);
      return now !== undefined && (lastUsedMs(now) ?? 0) > first + 3 * HEARTBEAT_MS;
    });
  });

  it("deleted while its loop works: the loop ends at its next check, with the message completed", async () => {
    await cloud.call("StartFunctionName", { queueUrl: cloud.orders });
    const [row] = await loops.started();
    const ids = await cloud.send(cloud.orders, [{ workMs: 1_000 }]);
    await cloud.until("it is being worked on", () => cloud.inFlight(cloud.orders) === 1);
    await cloud.deleteToken(row as TokenRow);
    await loops.processedAll(ids);
    expect(cloud.processed().filter((id) => id === ids[0])).toHaveLength(1);
    await cloud.until("another has its place in the fleet", async () => {
      const [other] = await cloud.tokens(cloud.orders);
      return other !== undefined && other.loopId !== row?.loopId;
    });
  });
});

describe("[S4.8] many queues on one set of functions", () => {
  it("the messages of one go to another Lambda function, whose failure brings them back", async () => {
    await cloud.call("StartFunctionName");
    const ids = await cloud.send(cloud.mails, [{ to: "a" }, { to: "b" }]);
    const mailed = () => cloud.log.filter(({ message }) => message === "mailed");
    await cloud.until("both are mailed", () => ids.every((id) => mailed().some(({ messageId }) => messageId === id)));
    await cloud.until("the queue is empty", () => cloud.depth(cloud.mails) === 0);
    // The mailer fails for each message that it gets for the first time. A hop that ends meanwhile does not hear of it.
    expect(mailed().filter(({ receiveCount }) => !(Number(receiveCount) > 1))).toEqual([]);
  });
});

describe("[S4.7] an alarm that invokes the functions itself, without a topic", () => {
  it("scales the fleet of its queue too", async () => {
    await loops.started(1);
    const { region, accountId, lambda, cloudwatch } = cloud.aws;
    const arnOf = (output: string) => {
      const name = cloud.outputs[output] ?? "";
      lambda.addPermission(name, { statementId: "direct", principal: "lambda.alarms.cloudwatch.amazonaws.com" });
      return `arn:aws:lambda:${region}:${accountId}:function:${name}`;
    };
    const { arn } = cloudwatch.alarms.put({
      name: "direct",
      description: undefined,
      metric: {
        namespace: "AWS/SQS",
        name: "ApproximateNumberOfMessagesVisible",
        dimensions: [{ name: "QueueName", value: cloud.orders.split("/").at(-1) ?? "" }],
      },
      statistic: "Maximum",
      periodSeconds: 60,
      unit: undefined,
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      threshold: 3,
      comparisonOperator: "GreaterThanThreshold",
      treatMissingData: "notBreaching",
      actionsEnabled: true,
      actions: { ALARM: [arnOf("ScaleUpFunctionName")], OK: [arnOf("ScaleDownFunctionName")], INSUFFICIENT_DATA: [] },
    });
    const ids = await cloud.send(cloud.orders, quick(40, { workMs: 1_200 }));
    const reports = (message: string) => cloud.log.filter((line) => line.message === message && line.alarm === arn);
    // The token may be added by the function of another alarm that looks at the same time.
    await cloud.until("it brings a loop", async () => {
      const { fleet } = await cloud.table.ofQueue(cloud.orders);
      return fleet?.brought[arn] === 1 && reports("scale-up").length > 0;
    });
    await loops.processedAll(ids);
    await cloud.until("and takes it back", () => reports("scale-down").some(({ ignored }) => ignored === undefined));
    cloudwatch.alarms.delete(["direct"]);
  });
});

describe("stop", () => {
  it("lets loops finish the messages they have, and nothing begins again until start", async () => {
    await loops.started(2);
    const ids = await cloud.send(cloud.orders, quick(20, { workMs: 800 }));
    await cloud.until(
      "some are being worked on",
      () => cloud.aws.sqs.queues.get(cloud.orders.split("/").at(-1) ?? "").messages.counts(Date.now()).inFlight >= 10,
    );
    await cloud.call("StopFunctionName", { queueUrl: cloud.orders });
    await cloud.aws.lambda.idle();
    expect(await cloud.tokens(cloud.orders)).toEqual([]);
    expect(cloud.processed().filter((id) => ids.includes(id)).length + cloud.depth(cloud.orders)).toBe(20);
    await cloud.call("StartFunctionName", { queueUrl: cloud.orders });
    await loops.processedAll(ids);
  });
});
