import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { TokenRow } from "../src/tokens/token-row.ts";
import { publishedEvent } from "./alarm-events.ts";
import { type LoopCloud, startLoopCloud } from "./loop-cloud.ts";
import { permissionsOf } from "./role-permissions.ts";

let cloud: LoopCloud;
beforeAll(async () => {
  cloud = await startLoopCloud();
}, 60_000);
afterAll(() => cloud.stop());
afterEach(async () => {
  for (const name of ["deliveries", "killAfterMs", "throttle"] as const) delete cloud.faults[name];
  await cloud.call("StopFunctionName");
  await cloud.until("no loop runs", async () => {
    await cloud.aws.lambda.idle();
    return true;
  });
});

const quick = (count: number, work: object = {}) => Array.from({ length: count }, () => work);
const started = async (loops = 1): Promise<TokenRow[]> => {
  await cloud.call("StartFunctionName", { queueUrl: cloud.orders, loops });
  const alive = async () => (await cloud.tokens(cloud.orders)).every(({ lastUsedMs }) => lastUsedMs !== undefined);
  await cloud.until("each loop has begun", alive);
  return cloud.tokens(cloud.orders);
};
const rowOf = async (token: string) => cloud.table.get({ queueUrl: cloud.orders, token });
const processedAll = (ids: readonly string[]) =>
  cloud.until(`${ids.length} messages are processed`, () => {
    const processed = new Set(cloud.processed());
    return ids.every((id) => processed.has(id)) && cloud.depth(cloud.orders) === 0;
  });
const refusals = (loopId: string) =>
  cloud.log.filter((line) => line.message === "refused" && line.loopId === loopId).map(({ refusal }) => refusal);

describe("[S4.1] a loop polls, processes and invokes itself, for ever", () => {
  it("in hop after hop, as one and the same loop", async () => {
    const [row] = await started();
    const ids = await cloud.send(cloud.orders, quick(30));
    await processedAll(ids);
    await cloud.until("it is in its third hop", async () => ((await rowOf(row?.token ?? ""))?.hop ?? 0) >= 3);
    expect((await rowOf(row?.token ?? ""))?.loopId).toBe(row?.loopId);
  });

  it("an exception does not end it: the message comes back, and what fails each time goes to the dead letters", async () => {
    const [row] = await started();
    const poison = await cloud.send(cloud.orders, [{ fails: true }]);
    const good = await cloud.send(cloud.orders, quick(20));
    await processedAll(good);
    const dead = cloud.outputs.OrdersDeadLettersUrl ?? "";
    await cloud.until("the message is with the dead letters", () => cloud.depth(dead) === 1);
    const troubles = cloud.log.filter(({ message, messageId }) => message === "trouble" && messageId === poison[0]);
    expect(troubles).toHaveLength(3);
    expect((await rowOf(row?.token ?? ""))?.loopId).toBe(row?.loopId);
  });
});

describe("[S4.2] [S4.3] one row per loop", () => {
  it("keyed by queue and token, with a heartbeat beside polls and hops", async () => {
    const [row] = await started();
    expect(row).toMatchObject({ queueUrl: cloud.orders, state: "running", restarts: 0 });
    const first = row?.lastUsedMs ?? 0;
    await cloud.until("it beats", async () => ((await rowOf(row?.token ?? ""))?.lastUsedMs ?? 0) > first + 600);
  });

  it("deleted while its loop works: the loop ends at its next check, with the message completed", async () => {
    await cloud.call("StartFunctionName", { queueUrl: cloud.orders });
    const [row] = await started();
    const ids = await cloud.send(cloud.orders, [{ workMs: 1_000 }]);
    await cloud.until("it is being worked on", () => cloud.inFlight(cloud.orders) === 1);
    await cloud.deleteToken(row as TokenRow);
    await processedAll(ids);
    expect(cloud.processed().filter((id) => id === ids[0])).toHaveLength(1);
    await cloud.until("another has its place in the fleet", async () => {
      const [other] = await cloud.tokens(cloud.orders);
      return other !== undefined && other.loopId !== row?.loopId;
    });
  });
});

describe("[S4.4] restart", () => {
  it("puts a new loop in the place of one whose process was killed", async () => {
    const [row] = await started();
    process.kill(await cloud.pidOf(row?.loopId ?? ""), "SIGKILL");
    await cloud.until("another loop has the token", async () => {
      const now = await rowOf(row?.token ?? "");
      return now?.restarts === 1 && now.loopId !== row?.loopId && now.lastUsedMs !== undefined;
    });
    await processedAll(await cloud.send(cloud.orders, quick(20)));
    // Lambda's retries of the dead hop's event began nothing.
    expect(new Set(refusals(row?.loopId ?? ""))).not.toContain("gone");
  });

  it("and of one whose first event was lost, and of one whose self-invoke was", async () => {
    let lost = 2;
    cloud.faults.deliveries = ({ payload }) => (payload.includes("loopId") && lost-- > 0 ? [] : [0]);
    await cloud.call("StartFunctionName", { queueUrl: cloud.orders, loops: 2 });
    await cloud.until("two loops run", async () => {
      const rows = await cloud.tokens(cloud.orders);
      return rows.length === 2 && rows.every(({ lastUsedMs, restarts }) => lastUsedMs !== undefined && restarts === 1);
    });
    const [row] = await cloud.tokens(cloud.orders);
    const { hop = 0 } = row ?? {};
    lost = 1;
    cloud.faults.deliveries = ({ payload }) =>
      payload.includes(row?.loopId ?? "") && payload.includes(`"hop":${hop}`) && lost-- > 0 ? [] : [0];
    await cloud.until("it was restarted once more", async () => (await rowOf(row?.token ?? ""))?.restarts === 2);
  });

  it("is not needed where an event comes twice: the second begins nothing", async () => {
    cloud.faults.deliveries = () => [0, 0];
    const [row] = await started();
    await processedAll(await cloud.send(cloud.orders, quick(20)));
    await cloud.until("twins were refused", () => refusals(row?.loopId ?? "").length >= 1);
    expect(new Set(refusals(row?.loopId ?? ""))).toEqual(new Set(["duplicate"]));
    expect(await rowOf(row?.token ?? "")).toMatchObject({ loopId: row?.loopId, restarts: 0 });
  });
});

describe("[S4.5] a loop that overruns", () => {
  it("loses its token to another, and is stopped at its next check", async () => {
    const [row] = await started();
    const pid = await cloud.pidOf(row?.loopId ?? "");
    process.kill(pid, "SIGSTOP");
    await cloud.until("another loop has the token", async () => {
      const now = await rowOf(row?.token ?? "");
      return now?.loopId !== row?.loopId && now?.lastUsedMs !== undefined;
    });
    process.kill(pid, "SIGCONT");
    await processedAll(await cloud.send(cloud.orders, quick(20)));
    expect(await cloud.tokens(cloud.orders)).toHaveLength(1);
  });
});

describe("[S4.6] [S4.7] alarms on the queue's depth scale the fleet, through topics", () => {
  it("up while messages wait, and down to the minimum when they are gone", async () => {
    await started(1);
    const ids = await cloud.send(cloud.orders, quick(150, { workMs: 600 }));
    let most = 1;
    await cloud.until("more loops run", async () => {
      most = Math.max(most, (await cloud.tokens(cloud.orders)).length);
      return most >= 3;
    });
    await processedAll(ids);
    await cloud.until("one loop is left", async () => (await cloud.tokens(cloud.orders)).length === 1);
    const scaled = cloud.log.filter(({ message }) => message === "scale-up" || message === "scale-down");
    expect(new Set(scaled.flatMap(({ queueUrl }) => queueUrl ?? []))).toEqual(new Set([cloud.orders]));
    // Each alarm began with INSUFFICIENT_DATA -> OK, of which it told too.
    expect(scaled.map(({ ignored }) => ignored)).toContain("INSUFFICIENT_DATA -> OK");
  });

  it("down by nothing that was no alarm, nor below the minimum, nor for a queue of another account", async () => {
    await started(2);
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

describe("[S4.8] many queues on one set of functions", () => {
  it("the messages of one go to another Lambda function, whose failure brings them back", async () => {
    await cloud.call("StartFunctionName");
    const ids = await cloud.send(cloud.mails, [{ to: "a" }, { to: "b" }]);
    const mailed = () => cloud.log.filter(({ message }) => message === "mailed").map(({ messageId }) => messageId);
    await cloud.until("both are mailed", () => ids.every((id) => mailed().includes(id)));
    await cloud.until("the queue is empty", () => cloud.depth(cloud.mails) === 0);
    const troubles = cloud.log.filter(({ code }) => code === "DISPATCH").map(({ messageId }) => messageId);
    expect(troubles.sort()).toEqual([...ids].sort());
  });
});

describe("stop", () => {
  it("lets loops finish the messages they have, and nothing begins again until start", async () => {
    await started(2);
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
    await processedAll(ids);
  });
});

describe("each function may do what it does, and nothing else", () => {
  // After the tests above, in which every function did all that it is for; the embedded AWS refuses what no policy allows.
  it.each([
    [
      "FunctionName",
      [
        "dynamodb:UpdateItem",
        "lambda:InvokeFunction",
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:ReceiveMessage",
      ],
    ],
    [
      "RestartFunctionName",
      ["dynamodb:Query", "dynamodb:Scan", "dynamodb:UpdateItem", "lambda:InvokeFunction", "sqs:GetQueueAttributes"],
    ],
    ["ScaleUpFunctionName", ["dynamodb:Query", "dynamodb:UpdateItem", "lambda:InvokeFunction"]],
    ["ScaleDownFunctionName", ["dynamodb:Query", "dynamodb:UpdateItem"]],
    ["StartFunctionName", ["dynamodb:Query", "dynamodb:UpdateItem", "lambda:InvokeFunction"]],
    ["StopFunctionName", ["dynamodb:Query", "dynamodb:UpdateItem"]],
  ])("%s", (output, actions) => {
    const { roleArn } = cloud.aws.lambda.getFunction(cloud.outputs[output] ?? "");
    const used = cloud.aws.calls.list().filter((call) => call.roleArn === roleArn);
    expect([...new Set(used.map(({ action }) => action))].sort()).toEqual(actions);
    // What Lambda itself does with the role: writing logs, and sending what failed for good to the failures queue.
    const granted = permissionsOf(cloud.aws, roleArn).filter(({ action }) => !/^(logs:|sqs:SendMessage)/.test(action));
    expect([...new Set(granted.map(({ action }) => action))].sort()).toEqual(actions);
    expect(granted.filter(({ resource }) => resource === "*")).toEqual([]);
  });
});
