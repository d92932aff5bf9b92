import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { LambdaClient } from "@aws-sdk/client-lambda";
import type { RecursiveHandler } from "@longhaul/core";
import { type RunClient, runClient, sweep } from "@longhaul/core/client";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { lambdaDriver } from "@longhaul/core/lambda";
import { runTableRequest } from "@longhaul/core/store";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalAws, outsideCredentials, startLocalAws } from "../src/index.ts";

/** Each day passes in 1.5 s. */
const SCALE = 57_600;
const DAY_MS = 86_400_000;
const [TABLE, FUNCTION, GROUP] = ["runs", "sleeper", "wakes"];
const WAKE_ROLE = "arn:aws:iam::000000000000:role/wake";

/**
 * A run that notes which version of the code did which item, and sleeps for a day after each. The function's own day is the
 * scaled one; EventBridge Scheduler is asked for a whole day, and scales it.
 */
const SOURCE = `
import { recursive } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { lambdaDriver } from "@longhaul/core/lambda";
import { schedulerDriver } from "@longhaul/core/scheduler";
import { sleepFor } from "@longhaul/core/sleep";
import { sqsDriver, sqsHandler } from "@longhaul/core/sqs";
const later = (driver) => ({
  ...driver,
  sendAt: (message, atMs, nowMs, signal) => driver.sendAt(message, atMs + ${DAY_MS - DAY_MS / SCALE}, nowMs, signal),
});
const sleeper = (driver) => recursive({
  store: dynamodbRunStore(),
  driver: later(schedulerDriver(driver)),
  observers: [{ observe: (event) => event.type === "error" && console.log("observed: " + event.message) }],
  start: () => [],
  async *run(done, { event }) {
    for (let { length } = done; length < event.upTo; length++) {
      done = [...done, length + process.env.VERSION];
      yield sleepFor(${DAY_MS / SCALE}, done);
    }
    return done;
  },
});
export const handler = sleeper(lambdaDriver());
export const queued = sqsHandler(sleeper(sqsDriver({ queueUrl: process.env.QUEUE_URL })));`;

let aws: LocalAws;
let directory: string;
let client: RunClient<{ upTo: number }, string[]>;
let store: ReturnType<typeof dynamodbRunStore>;
let driver: ReturnType<typeof lambdaDriver>;
const clients: { destroy(): void }[] = [];
const refused = new Set<string>();
let losesAnswer = false;
let losesWakes = false;
const deploy = (version: string) => ({
  ...{ name: FUNCTION, codeDirectory: directory, sdkFrom: import.meta.dirname, runtime: "nodejs24.x" as const },
  ...{ timeoutSeconds: 10, memoryMb: 256, roleArn: "arn:aws:iam::000000000000:role/sleeper" },
  recursiveLoop: "Allow" as const,
  environment: {
    ...{ LONGHAUL_RUN_TABLE: TABLE, LONGHAUL_RECURSIVE_LOOP: "Allow", VERSION: version },
    ...{ LONGHAUL_WAKE_ROLE: WAKE_ROLE, LONGHAUL_WAKE_GROUP: GROUP },
  },
});

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "longhaul-waking-"));
  [aws] = await Promise.all([
    startLocalAws({
      scheduleScale: SCALE,
      authorize: ({ roleArn }, action) => !refused.has(action) && !(losesWakes && roleArn === WAKE_ROLE),
      callFaults: ({ service }) => {
        if (!losesAnswer || service !== "scheduler") return undefined;
        losesAnswer = false;
        return "reset-after";
      },
      onProblem: () => {},
    }),
    build({
      ...{ stdin: { contents: SOURCE, resolveDir: import.meta.dirname }, outfile: join(directory, "index.mjs") },
      ...{ bundle: true, platform: "node", format: "esm", conditions: ["longhaul-source"], logLevel: "error" },
      external: ["@aws-sdk/*"],
    }),
  ]);
  const access = { endpoint: aws.url, region: aws.region, credentials: outsideCredentials };
  const [dynamodb, lambda] = [new DynamoDBClient(access), new LambdaClient(access)];
  clients.push(dynamodb, lambda);
  await dynamodb.send(new CreateTableCommand(runTableRequest(TABLE)));
  aws.scheduler.addGroup(GROUP);
  store = dynamodbRunStore({ tableName: TABLE, client: dynamodb });
  driver = lambdaDriver({ client: lambda });
  client = runClient<RecursiveHandler<{ upTo: number }, string[]>>({ store, driver, target: FUNCTION });
  await aws.lambda.createFunction(deploy("a"));
});
afterAll(async () => {
  for (const each of clients) each.destroy();
  await aws.stop();
  await rm(directory, { recursive: true, force: true });
});

/** The next answer of `look` that is not `undefined`, looked for after each end of an invocation. */
async function next<Answer>(look: () => Answer | undefined | Promise<Answer | undefined>): Promise<Answer> {
  for (;;) {
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    const off = aws.lambda.on("invoke.end", () => resolve());
    const answer = await look();
    if (answer === undefined) await ended;
    off();
    if (answer !== undefined) return answer;
  }
}
/** The schedule that is to wake a hop of a run. */
const scheduleOf = (run: string, hop: number) =>
  aws.scheduler.schedules().find(({ definition }) => definition.description === `Wakes hop ${hop} of ${run}`);
const asleep = (run: string, hop: number) => next(() => scheduleOf(run, hop));
const invocations = (roleArn: string) =>
  aws.calls
    .list()
    .filter((call) => call.roleArn === roleArn && call.action === "lambda:InvokeFunction")
    .reduce((sum, { count }) => sum + count, 0);
const send = (payload: string) => aws.lambda.invoke({ functionName: FUNCTION, invocationType: "Event", payload });

describe("a run that sleeps three times for a day", () => {
  it("is woken by its schedules and by nothing else, through deployments, doubled and early events", async () => {
    const before = invocations(WAKE_ROLE);
    const { id } = await client.start({ upTo: 3 }, { runId: "three-days" });
    const events: string[] = [];
    for (const [hop, version] of [
      [1, "b"],
      [2, "c"],
      [3, "d"],
    ] as const) {
      const { definition } = await asleep(id, hop);
      expect(definition).toMatchObject({ group: GROUP, isDeletedAfterwards: true, target: { roleArn: WAKE_ROLE } });
      events.push(definition.target.input ?? "");
      // Events that come early, or once more, begin nothing.
      for (const event of events) await send(event);
      await aws.lambda.updateFunction(deploy(version));
    }
    const { status, result = [] } = await client.wait(id);
    expect(status).toBe("done");
    expect(result.map((item) => item[0])).toEqual(["0", "1", "2"]);
    expect(result[2]).not.toBe("2a");
    await next(() => aws.scheduler.schedules().length === 0 || undefined);
    expect(invocations(WAKE_ROLE) - before).toBe(3);
  });

  it("has one schedule for a sleep, though the answer was lost when it was made", async () => {
    const before = invocations(WAKE_ROLE);
    losesAnswer = true;
    const { id } = await client.start({ upTo: 1 }, { runId: "lost-answer" });
    expect(await client.wait(id)).toMatchObject({ status: "done", result: [expect.stringMatching("0")] });
    expect(losesAnswer).toBe(false);
    expect(aws.scheduler.schedules()).toEqual([]);
    expect(invocations(WAKE_ROLE) - before).toBe(1);
  });
});

describe("a run whose hops go through a queue", () => {
  it("is woken through it by its schedule", async () => {
    const queue = aws.sqs.createQueue("hops");
    const { environment, ...config } = deploy("q");
    await aws.lambda.createFunction({
      ...{ ...config, name: "queued", handler: "index.queued" },
      environment: { ...environment, QUEUE_URL: queue.url },
    });
    aws.eventSources.create(queue.arn, { functionName: "queued", reportsBatchItemFailures: true, batchSize: 1 });
    aws.sqs.sendMessage(queue.arn, '{"upTo":1}');
    const { definition } = await next(() => aws.scheduler.schedules()[0]);
    expect(definition.target.arn).toBe(queue.arn);
    const run = definition.description?.slice("Wakes hop 1 of ".length) ?? "";
    expect(await client.wait(run)).toMatchObject({ status: "done", result: ["0q"] });
    const sent = aws.calls.list().filter((call) => call.roleArn === WAKE_ROLE && call.action === "sqs:SendMessage");
    expect(sent).toMatchObject([{ resourceArn: queue.arn, count: 1 }]);
  });
});

describe("a sleeper that is stopped", () => {
  it("stays stopped when its schedule wakes it, and the schedule is gone", async () => {
    const { id } = await client.start({ upTo: 2 }, { runId: "stopped" });
    await asleep(id, 1);
    await client.stop(id);
    await next(() => aws.scheduler.schedules().length === 0 || undefined);
    await aws.lambda.idle();
    expect(await store.get(id)).toMatchObject({ phase: "stopped", hop: 1 });
  });
});

describe("a sleeper whose schedule does not wake it", () => {
  /** Sweeps until a sleeper was due: its time has to come. */
  async function sweepUntilDue(run: string) {
    await next(async () => (await store.get(run))?.phase === "sleeping" || undefined);
    for (;;) {
      const report = await sweep({ store, driver, olderThanMs: 1 });
      if (report.due > 0) return report;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  it("is woken by a sweep, if the event was lost", async () => {
    losesWakes = true;
    const { id } = await client.start({ upTo: 1 }, { runId: "lost" });
    expect(await sweepUntilDue(id)).toMatchObject({ due: 1, sent: 1 });
    losesWakes = false;
    expect(await client.wait(id)).toMatchObject({ status: "done" });
  });

  it("is woken by a sweep, if it could not be made; observers are told", async () => {
    refused.add("scheduler:CreateSchedule");
    const lines: string[] = [];
    const off = aws.lambda.on("log", ({ line }) => void lines.push(line));
    const { id } = await client.start({ upTo: 1 }, { runId: "denied" });
    expect(await sweepUntilDue(id)).toMatchObject({ due: 1, sent: 1 });
    refused.clear();
    expect(await client.wait(id)).toMatchObject({ status: "done" });
    off();
    expect(lines.join("\n")).toMatch(/observed: .*not authorized to perform scheduler:CreateSchedule/);
  });
});
