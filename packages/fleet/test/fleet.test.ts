import { permissionsOf } from "@longhaul/local/testing";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { lastUsedMs } from "../src/tokens/token-row.ts";
import { publishedEvent } from "./alarm-events.ts";
import { type LoopCloud, startLoopCloud } from "./loop-cloud.ts";
import { FEW, type OrderLoops, orderLoops, quick } from "./order-loops.ts";

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
