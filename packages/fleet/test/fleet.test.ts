import { GetQueueAttributesCommand, SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { outsideCredentials, seededCallFaults } from "@longhaul/local";
import { permissionsOf } from "@longhaul/local/testing";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { lastUsedMs } from "../src/tokens/token-row.ts";
import { publishedEvent } from "./alarm-events.ts";
import { type LoopCloud, startLoopCloud } from "./loop-cloud.ts";
import { FEW, HEARTBEAT_MS, type OrderLoops, orderLoops, quick } from "./order-loops.ts";

/** Messages of the test under faults: `npm run soak` sends 100,000. */
const MESSAGES = Number(process.env.LONGHAUL_MESSAGES ?? 400);
const isSoak = MESSAGES > 400;
/** So long working messages off under faults may take, in milliseconds. */
const SOAK_MS = 600_000;

let cloud: LoopCloud;
let loops: OrderLoops;
beforeAll(async () => {
  cloud = await startLoopCloud();
  loops = orderLoops(cloud);
});
afterAll(() => cloud.stop());
afterEach(() => loops.end());

describe("[S4.4] restart", () => {
  it("puts a new loop in the place of one whose process was killed", async () => {
    const [row] = await loops.started();
    process.kill(await cloud.pidOf(row?.loopId ?? ""), "SIGKILL");
    await cloud.until("another loop has the token", async () => {
      const now = await loops.rowOf(row?.token);
      return now !== undefined && now.restarts > 0 && now.loopId !== row?.loopId && lastUsedMs(now) !== undefined;
    });
    await loops.processedAll(await cloud.send(cloud.orders, quick(FEW)));
  });

  it("and of one whose first event was lost, and of one whose self-invoke was", async () => {
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

  it("is not needed where an event comes twice: the second begins nothing", async () => {
    cloud.faults.deliveries = () => [0, 0];
    const [row] = await loops.started();
    await loops.processedAll(await cloud.send(cloud.orders, quick(FEW)));
    await cloud.until("twins were refused", () => loops.refusals(row?.loopId).length >= 1);
    expect(new Set(loops.refusals(row?.loopId))).toEqual(new Set(["lease-live"]));
    expect(await loops.rowOf(row?.token)).toMatchObject({ loopId: row?.loopId, restarts: 0 });
  });
});

describe("[S4.6] [S4.7] alarms on the queue's depth scale the fleet, through topics", () => {
  it("up while messages wait, and down to the minimum when they are gone", async () => {
    await loops.started(1);
    const scalings = () => cloud.log.filter(({ message }) => message === "scale-up" || message === "scale-down");
    const ids = [
      ...(await cloud.send(cloud.orders, quick(149, { workMs: 600 }))),
      // Longer than half of the time for which messages are hidden: within that time a loop surely hides a message again.
      ...(await cloud.send(cloud.orders, [{ workMs: 1_300 }])),
    ];
    let most = 1;
    await cloud.until("more loops run", async () => {
      most = Math.max(most, (await cloud.tokens(cloud.orders)).length);
      return most >= 3;
    });
    await loops.processedAll(ids);
    await cloud.until("one loop is left", async () => (await cloud.tokens(cloud.orders)).length === 1);
    expect(new Set(scalings().flatMap(({ queueUrl }) => queueUrl ?? []))).toEqual(new Set([cloud.orders]));
  });

  it("down by nothing that was no alarm, nor below the minimum, nor for a queue of another account", async () => {
    await loops.started(2);
    const arn = (account: string) => `arn:aws:cloudwatch:${cloud.aws.region}:${account}:alarm:by-hand`;
    const QueueName = cloud.orders.split("/").at(-1);
    const event = (change: object, account = cloud.aws.accountId) =>
      publishedEvent({
        AlarmArn: arn(account),
        Trigger: { Dimensions: [{ name: "QueueName", value: QueueName }] },
        NewStateValue: "OK",
        OldStateValue: "ALARM",
        StateChangeTime: new Date().toISOString(),
        ...change,
      });
    const missing = event({ OldStateValue: "INSUFFICIENT_DATA" });
    expect(await cloud.call("ScaleDownFunctionName", missing)).toMatchObject([{ ignored: "INSUFFICIENT_DATA -> OK" }]);
    await expect(cloud.call("ScaleDownFunctionName", event({}, "999999999999"))).rejects.toThrow(
      "another account or region",
    );
    expect(await cloud.tokens(cloud.orders)).toHaveLength(2);
    await Promise.all(
      [1, 2, 3].map((second) =>
        cloud.call(
          "ScaleDownFunctionName",
          event({ StateChangeTime: new Date(Date.now() + second * 1_000).toISOString() }),
        ),
      ),
    );
    expect(await cloud.tokens(cloud.orders)).toHaveLength(1);
  });
});

describe("[S4.1] [S4.4] every second process killed, events lost and doubled, calls to DynamoDB and SQS failing at random", () => {
  it(
    "cost no message, and leave as many loops as tokens",
    async () => {
      const before = cloud.log.length;
      let state = 42;
      const chance = (share: number) => {
        state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
        return state / 2 ** 31 < share;
      };
      // So many are killed that three receipts would send messages to the dead letters that were never worked off.
      await withMaxReceiveCount(50);
      const loop = cloud.outputs.FunctionName;
      let hops = 0;
      cloud.faults.killAfterMs = ({ functionName }) => (functionName === loop && hops++ % 2 === 0 ? 900 : undefined);
      cloud.faults.deliveries = ({ functionName }) => {
        if (functionName !== loop || chance(0.7)) return [0];
        return chance(0.3) ? [] : [0, 40];
      };
      const ids = await cloud.send(cloud.orders, quick(MESSAGES, { workMs: isSoak ? 0 : 250 }));
      await cloud.call("StartFunctionName", { queueUrl: cloud.orders, loops: 3 });
      let failed = 0;
      // Few messages take about a hundred calls: of so few, so many fail that chance cannot spare them.
      const rate = isSoak ? 0.1 : 0.3;
      const plan = seededCallFaults({ seed: 42, rates: { dynamodb: rate, sqs: rate } });
      cloud.faults.calls = (call) => {
        const fault = plan(call);
        if (fault !== undefined) failed++;
        return fault;
      };
      // On a machine so busy that a process is killed before it has begun, this takes its time.
      await cloud.until("the queue is empty", () => cloud.depth(cloud.orders) === 0, SOAK_MS);
      const processed = new Set(cloud.processed());
      expect(ids.filter((id) => !processed.has(id))).toEqual([]);
      expect(cloud.depth(cloud.outputs.OrdersDeadLettersUrl ?? "")).toBe(0);
      expect(failed).toBeGreaterThan(10);
      for (const fault of ["killAfterMs", "deliveries", "calls"] as const) delete cloud.faults[fault];
      await cloud.until("each token has a live loop", async () => {
        const rows = await cloud.tokens(cloud.orders);
        return rows.length > 0 && rows.every((row) => (lastUsedMs(row) ?? 0) > Date.now() - 3 * HEARTBEAT_MS);
      });
      const restarts = cloud.log.slice(before).filter(({ message, restarted }) => message === "restart" && restarted);
      expect(restarts.length).toBeGreaterThan(0);
    },
    2 * SOAK_MS,
  );
});

/** Sets how often the queue of orders gives a message out before it goes to the dead letters. */
async function withMaxReceiveCount(maxReceiveCount: number): Promise<void> {
  const client = new SQSClient({ endpoint: cloud.aws.url, region: cloud.aws.region, credentials: outsideCredentials });
  const QueueUrl = cloud.orders;
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["RedrivePolicy"] }),
  );
  const RedrivePolicy = JSON.stringify({ ...JSON.parse(Attributes?.RedrivePolicy ?? "{}"), maxReceiveCount });
  await client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedrivePolicy } }));
  client.destroy();
}

describe("each function may do what it does, and nothing else", () => {
  // After the tests above, in which every function did all that it is for; the embedded AWS refuses what no policy allows.
  it.each([
    [
      "FunctionName",
      [
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "lambda:InvokeFunction",
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:ReceiveMessage",
      ],
    ],
    [
      "RestartFunctionName",
      ["dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan", "lambda:InvokeFunction", "sqs:GetQueueAttributes"],
    ],
    ["ScaleUpFunctionName", ["dynamodb:PutItem", "dynamodb:Query", "lambda:InvokeFunction"]],
    ["ScaleDownFunctionName", ["dynamodb:PutItem", "dynamodb:Query"]],
    ["StartFunctionName", ["dynamodb:PutItem", "dynamodb:Query", "lambda:InvokeFunction"]],
    ["StopFunctionName", ["dynamodb:PutItem", "dynamodb:Query"]],
  ])("%s", (output, actions) => {
    const { roleArn } = cloud.aws.lambda.getFunction(cloud.outputs[output] ?? "");
    // What Lambda itself does with the role: writing logs, and sending events that failed permanently to the failures queue.
    const isOfFunction = ({ action }: { readonly action: string }) => !/^(logs:|sqs:SendMessage)/.test(action);
    const used = cloud.aws.calls.list().filter((call) => call.roleArn === roleArn && isOfFunction(call));
    expect([...new Set(used.map(({ action }) => action))].sort()).toEqual(actions);
    const granted = permissionsOf(cloud.aws, roleArn).filter(isOfFunction);
    expect([...new Set(granted.map(({ action }) => action))].sort()).toEqual(actions);
    expect(granted.filter(({ resource }) => resource === "*")).toEqual([]);
  });
});
