import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  GetFunctionConcurrencyCommand,
  LambdaClient,
  PutFunctionEventInvokeConfigCommand,
} from "@aws-sdk/client-lambda";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { outsideCredentials } from "@longhaul/local";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type CountingCloud, startCountingCloud } from "../../local/test/counting-cloud.ts";
import { carriedOut } from "./carried-out.ts";

const ENDLESS = { upTo: 1e9, everyMs: 5 };
const jsonOf = (value: unknown) => JSON.parse(JSON.stringify(value));

let cloud: CountingCloud;
let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "longhaul-runs-"));
  cloud = await startCountingCloud();
  vi.stubEnv("HOME", home);
  vi.stubEnv("AWS_REGION", cloud.aws.region);
  vi.stubEnv("AWS_ACCESS_KEY_ID", outsideCredentials.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", outsideCredentials.secretAccessKey);
  vi.stubEnv("AWS_ENDPOINT_URL", "");
  vi.stubEnv("LONGHAUL_RUN_TABLE", undefined);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await cloud?.stop();
  await rm(home, { recursive: true, force: true });
});

const typed = (...argv: string[]) => carriedOut(...argv, "--endpoint", cloud.aws.url);

describe("each verb does what a call of the run client does", () => {
  it("start begins a run once, and waits for it", async () => {
    const args = ["start", "counter", "--event", '{"upTo":20,"everyMs":1}', "--id", "twenty", "--json"];
    const { code, stdout, stderr } = await typed(...args, "--wait");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ id: "twenty", status: "done", result: "20 items" });
    const again = await cloud.client.start({ upTo: 20, everyMs: 1 }, { runId: "twenty" });
    expect(JSON.parse((await typed(...args)).stdout)).toEqual(jsonOf(again));
    const other = await typed("start", "counter", "--event", "{}", "--id", "twenty", "--json");
    expect(other.code).toBe(1);
    expect(JSON.parse(other.stdout)).toMatchObject({ error: { code: "RUN_ID_TAKEN" } });
  });

  it("start --wait has an exit code for a run that fails", async () => {
    const event = '{"upTo":5,"everyMs":1,"failsAt":2}';
    const { code, stdout } = await typed("start", "counter", "--event", event, "--id", "failing", "--wait");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^failing {2}failed\n/);
    expect(stdout).toContain("NO_ITEM: There is no item 2.");
    expect(stdout).toContain("longhaul resume failing");
  });

  it("runs lists them, by status; show has one", async () => {
    const { code, stdout } = await typed("runs", "--function", "counter", "--status", "failed");
    expect(code).toBe(0);
    const [heading, ...lines] = stdout.trim().split("\n");
    expect(heading).toMatch(/^STATUS +HOP +CHANGED +COST {2}RUN$/);
    expect(lines).toEqual([expect.stringMatching(/^failed .* {2}failing$/)]);
    const listed = JSON.parse((await typed("runs", "--table", "runs", "--since", "1h", "--json")).stdout);
    expect(listed).toEqual(jsonOf(await cloud.client.list()));
    const shown = JSON.parse((await typed("show", "twenty", "--table", "runs", "--json")).stdout);
    expect(shown).toEqual(jsonOf(await cloud.client.get("twenty")));
  });

  it("pause, resume and stop ask a run, and wait until it has seen it", async () => {
    const { client } = cloud;
    await client.start(ENDLESS, { runId: "endless" });
    await vi.waitFor(async () => expect((await client.get("endless"))?.stats.costUsd).toBeGreaterThan(0), 30_000);
    const on = ["endless", "--table", "runs", "--json"];
    const paused = await typed("pause", ...on, "--wait");
    expect(JSON.parse(paused.stdout)).toMatchObject({ status: "paused", reason: { code: "PAUSE_REQUESTED" } });
    const reached = await typed("resume", ...on, "--max-cost", "0.000000001");
    expect(reached.code).toBe(1);
    expect(JSON.parse(reached.stdout)).toMatchObject({ error: { code: "CONFIG" } });
    const resumed = await typed("resume", ...on, "--max-hops", "20000", "--max-hours", "2");
    expect(JSON.parse(resumed.stdout)).toMatchObject({
      ...{ status: "running", limits: { maxHops: 20_000, maxDurationMs: 7_200_000 } },
    });
    const stopped = await typed("stop", ...on, "--wait", "--yes");
    expect(JSON.parse(stopped.stdout)).toMatchObject({ status: "stopped" });
    expect(await client.get("endless")).toMatchObject({ status: "stopped", reason: { code: "STOP_REQUESTED" } });
  });

  it("rewind begins a run again at a hop that show names", async () => {
    const { client } = cloud;
    await client.start({ upTo: 700, everyMs: 5 }, { runId: "rewound" });
    const done = await client.wait("rewound");
    // The latest five; on a busy machine the run takes more hops.
    const { rewindableHops: hops = [] } = done;
    const [first = 0, to = 0] = hops;
    const last = hops.at(-1) ?? 0;
    expect(done).toMatchObject({ status: "done", hop: last });
    expect(to).toBe(first + 1);
    const on = ["rewound", "--table", "runs"];
    const shown = (await typed("show", ...on)).stdout;
    expect(shown).toContain(`\nrewind to hops ${first} to ${last}\n`);
    expect(shown).toContain("longhaul rewind rewound --hop N\n");
    const refused = await typed("rewind", ...on, "--hop", "99", "--yes", "--json");
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: "RUN_HISTORY" } });
    const { code, stdout } = await typed("rewind", ...on, "--hop", String(to), "--max-hops", "500", "--yes", "--json");
    expect(code).toBe(0);
    const rewound = { id: "rewound", status: "running", hop: to, rewinds: 1, limits: { maxHops: 500 } };
    expect(JSON.parse(stdout)).toMatchObject({ ...rewound, rewindableHops: [first, to] });
    expect(await client.wait("rewound")).toMatchObject({ status: "done", result: "700 items" });
    expect((await client.get("rewound"))?.stats.steps).toBeGreaterThan(done.stats.steps);
  });

  it("logs shows what all hops of a run printed, and nothing of other runs", async () => {
    const { client } = cloud;
    await client.start({ upTo: 700, everyMs: 5 }, { runId: "logged" });
    await client.start({ upTo: 20, everyMs: 1 }, { runId: "beside" });
    const on = ["logged", "--table", "runs"];
    const [followed] = await Promise.all([typed("logs", ...on, "--follow", "--json"), client.wait("beside")]);
    expect(followed.code).toBe(0);
    const lines = followed.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const { hop: last } = await client.wait("logged");
    expect(last).toBeGreaterThan(0);
    expect([...new Set(lines.map(({ hop }) => hop))]).toEqual(Array.from({ length: last + 1 }, (_, hop) => hop));
    const items = lines.flatMap(({ message }) => /^item (\d+)\nof 700$/.exec(message)?.[1] ?? []);
    expect([...new Set(items)]).toEqual(Array.from({ length: 70 }, (_, at) => String(10 * at)));
    expect(lines.flatMap(({ event }) => event?.type ?? [])).toEqual(
      expect.arrayContaining(["hop.start", "handoff", "done"]),
    );

    const { code, stdout } = await typed("logs", ...on, "--grep", "^item 6[0-2]0");
    expect(code).toBe(0);
    const row = /\d\d:\d\d:[\d.]{6} {2}hop \d+ +[0-9a-f]{6} {2}item (\d+)\n {31}of 700\n/g;
    expect(new Set([...stdout.matchAll(row)].map(([, item]) => item))).toEqual(new Set(["600", "610", "620"]));
    expect(stdout.replaceAll(row, "")).toBe("");
  });

  it("cost counts what a run has used, and compares the ways to do the same", async () => {
    const { stats } = (await cloud.client.get("twenty")) ?? {};
    const { code, stdout } = await typed("cost", "twenty", "--table", "runs", "--json");
    expect(code).toBe(0);
    const { run, job, estimates, prices } = JSON.parse(stdout);
    expect(run).toMatchObject({ id: "twenty", status: "done", steps: 20, functionUsd: stats?.costUsd });
    expect(job).toMatchObject({ items: 20, memoryMb: 256, runs: 1 });
    expect(estimates).toHaveLength(8);
    expect(prices.lambdaRequest).toMatchObject({ usd: 2e-7, source: expect.stringContaining("aws.amazon.com") });
    const shown = await typed("cost", "twenty", "--table", "runs", "--memory", "1024");
    expect(shown.stdout).toMatch(
      /^twenty {2}done\n\nfunction .*\nrun table .*\ntotal .* a step\n\n20 items of .* in 1,024 MB/,
    );
  });

  it("logs says why it has nothing to show", async () => {
    const { store, client } = cloud;
    const nowMs = Date.now();
    const target = cloud.aws.lambda.getFunction("counter").arn;
    await store.create({ run: "silent", nowMs, startedAtMs: nowMs, target, event: "{}" }, AbortSignal.timeout(10_000));
    await client.get("silent");
    const { code, stdout, stderr } = await typed("logs", "silent", "--table", "runs");
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(stderr).toMatch(/^No line of \/aws\/lambda\/counter is of run silent\. .*jsonLogObserver/);
  });

  it("delete empties a run at rest", async () => {
    const { code, stdout } = await typed("delete", "failing", "--table", "runs", "--yes", "--json");
    expect({ code, stdout }).toEqual({ code: 0, stdout: '{"id":"failing","isDeleted":true}\n' });
    expect(await cloud.client.get("failing")).toBeUndefined();
  });

  it("kill throttles a function, which keeps its runs; revive lets it go, and redrive continues them", async () => {
    const { aws, client, functionName } = cloud;
    const lambda = new LambdaClient({ endpoint: aws.url, region: aws.region, credentials: outsideCredentials });
    const concurrency = async () =>
      (await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName: functionName })))
        .ReservedConcurrentExecutions;
    const { arn: Destination } = aws.sqs.createQueue("missed");
    const toMissed = { FunctionName: functionName, DestinationConfig: { OnFailure: { Destination } } };
    await lambda.send(new PutFunctionEventInvokeConfigCommand(toMissed));
    expect((await typed("kill", functionName, "--yes")).stdout).toContain(`longhaul revive ${functionName}\n`);
    expect(await concurrency()).toBe(0);
    await client.start({ upTo: 3, everyMs: 1 }, { runId: "held-up" });
    const again = await typed("kill", functionName, "--yes", "--json");
    expect(JSON.parse(again.stdout)).toEqual({ functionName, reservedConcurrency: 0, before: 0 });
    expect(await client.get("held-up")).toMatchObject({ status: "running", attempt: 0 });
    expect((await typed("revive", functionName, "--concurrency", "5")).code).toBe(0);
    expect(await concurrency()).toBe(5);
    expect((await typed("redrive", "missed", "--yes")).code).toBe(0);
    expect(await client.wait("held-up")).toMatchObject({ status: "done" });
    expect((await typed("revive", functionName)).code).toBe(0);
    expect(await concurrency()).toBeUndefined();
    lambda.destroy();
  });
});

describe("redrive begins again what a queue of failures has", () => {
  let sqs: SQSClient;
  let lambda: LambdaClient;
  const urls = new Map<string, string>();
  const urlOf = (name: string) => urls.get(name) ?? "";
  const arnOf = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
  const depth = async (name: string) => {
    const command = new GetQueueAttributesCommand({ QueueUrl: urlOf(name), AttributeNames: ["All"] });
    const { Attributes: { ApproximateNumberOfMessages: shown, ApproximateNumberOfMessagesNotVisible: hidden } = {} } =
      await sqs.send(command);
    return [Number(shown), Number(hidden)];
  };
  const send = (name: string, MessageBody: string) =>
    sqs.send(new SendMessageCommand({ QueueUrl: urlOf(name), MessageBody }));
  const lines = (stdout: string) =>
    stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));

  beforeAll(async () => {
    const access = { endpoint: cloud.aws.url, region: cloud.aws.region, credentials: outsideCredentials };
    [sqs, lambda] = [new SQSClient(access), new LambdaClient(access)];
    for (const QueueName of ["failures", "orders", "orders-dead"]) {
      const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName }));
      urls.set(QueueName, QueueUrl);
    }
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf("orders-dead"), maxReceiveCount: 1 });
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl: urlOf("orders"), Attributes: { RedrivePolicy } }));
    await lambda.send(
      new PutFunctionEventInvokeConfigCommand({
        FunctionName: "counter",
        MaximumRetryAttempts: 0,
        DestinationConfig: { OnFailure: { Destination: arnOf("failures") } },
      }),
    );
  });
  afterAll(() => {
    sqs.destroy();
    lambda.destroy();
  });

  it("a dry run shows each message, with run and reason, and leaves it there", async () => {
    await cloud.client.start({ upTo: 5, everyMs: 1, failsAt: 2 }, { runId: "given-up" });
    await vi.waitFor(async () => expect(await depth("failures")).toEqual([1, 0]), 30_000);
    const { code, stdout } = await typed("redrive", "failures", "--dry-run", "--json");
    expect(code).toBe(0);
    const [message] = lines(stdout);
    expect(message).toMatchObject({
      ...{ action: "waits", run: "given-up", functionArn: expect.stringMatching(/:function:counter$/) },
      reason: expect.stringContaining("There is no item 2."),
    });
    expect(await depth("failures")).toEqual([1, 0]);
    expect((await typed("redrive", arnOf("failures"), "--dry-run")).stdout).toMatch(/^waits {4}given-up .*\n1 wait\n$/);
  });

  it("resumes a run from its record, sends a first event, and leaves what it cannot use, with its reason", async () => {
    await send("failures", JSON.stringify({ upTo: 3, everyMs: 1 }));
    await send("failures", "no JSON");
    const before = await cloud.client.get("given-up");
    const { code, stdout } = await typed("redrive", "failures", "--function", "counter", "--yes", "--json");
    expect(code).toBe(1);
    expect(
      lines(stdout)
        .map(({ action, run }) => [action, run])
        .sort(),
    ).toEqual([
      ["resumed", "given-up"],
      ["sent", undefined],
      ["stays", undefined],
    ]);
    expect(lines(stdout).find(({ action }) => action === "stays").reason).toMatch(/^The message is not JSON/);
    await vi.waitFor(async () => {
      const { runs } = await cloud.client.list();
      expect(runs.filter(({ event }) => jsonOf(event).upTo === 3 && jsonOf(event).everyMs === 1)).toMatchObject(
        expect.arrayContaining([expect.objectContaining({ status: "done", result: "3 items" })]),
      );
    }, 30_000);
    const after = await cloud.client.wait("given-up");
    expect(after).toMatchObject({ status: "failed", reason: { code: "NO_ITEM" } });
    expect(after.changedAt.getTime()).toBeGreaterThan(before?.changedAt.getTime() ?? 0);
    // The poison, and the run that has failed again.
    await vi.waitFor(async () => expect(await depth("failures")).toEqual([2, 0]), 30_000);
  });

  it("moves the messages of a dead-letter queue back to their queue", async () => {
    await send("orders", "an order");
    const receive = new ReceiveMessageCommand({ QueueUrl: urlOf("orders"), VisibilityTimeout: 0 });
    for (let count = 0; count < 2; count++) await sqs.send(receive);
    expect(await depth("orders-dead")).toEqual([1, 0]);
    const { code, stdout } = await typed("redrive", urlOf("orders-dead"), "--yes");
    expect({ code, stdout }).toEqual({ code: 0, stdout: "1 moved back\n" });
    expect([await depth("orders-dead"), await depth("orders")]).toEqual([
      [0, 0],
      [1, 0],
    ]);
  });

  it("asks before, and says what it needs", async () => {
    expect((await typed("redrive", "failures")).stderr).toMatch(
      /Begin again the 2 messages of failures\? Nobody can answer/,
    );
    await send("failures", "{}");
    const { code, stdout } = await typed("redrive", "failures", "--yes", "--limit", "10");
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^stays {4}[0-9a-f-]{36} {2}The message does not name its function\. Give --function NAME\.$/m,
    );
  });
});

describe("a command line that cannot be carried out", () => {
  it.each([
    [["show", "none", "--table", "runs"], /There is no run none in table runs/],
    [["stop", "none", "--table", "runs", "--yes"], /There is no run none/],
    [["runs"], /Give --table NAME or --function NAME/],
    [["stop", "twenty", "--table", "runs"], /Stop run twenty\? Nobody can answer here: give --yes/],
    [["cost"], /Give a run, or --items N and --item-seconds N/],
    [["cost", "twenty", "--items", "3", "--table", "runs"], /Give a run, or --items and --item-seconds/],
    [["logs", "twenty", "--table", "runs", "--grep", "("], /--grep: Invalid regular expression/],
    [["rewind", "twenty", "--table", "runs"], /required option '--hop <n>' not specified/],
    [["rewind", "twenty", "--table", "runs", "--hop", "-1"], /It must be a whole number from 0/],
    [["rewind", "twenty", "--table", "runs", "--hop", "0"], /Begin run twenty again at hop 0\? Nobody can answer here/],
    [["kill", "counter"], /Nobody can answer here: give --yes/],
    [["start", "counter", "--event", "[]"], /The event must be a JSON object/],
    [["start", "counter", "--event", "@nowhere.json"], /nowhere\.json cannot be read/],
    [["runs", "--status", "late", "--table", "runs"], /Allowed choices are running, sleeping, paused/],
    [["runs", "--since", "late", "--table", "runs"], /It must be as 30m, 24h, 7d, or a date/],
  ])("%j", async (argv, message) => {
    const { code, stderr } = await typed(...argv);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(await cloud.client.get("twenty")).toMatchObject({ status: "done" });
  });

  it("says what an account answers", async () => {
    const { code, stderr } = await typed("runs", "--table", "none");
    expect(code).toBe(1);
    expect(stderr).toMatch(/table none: ResourceNotFoundException/);
  });
});

describe("longhaul runs --watch", () => {
  it("prints a line for each run that has changed, where there is no terminal", async () => {
    const { client, aws } = cloud;
    const bin = join(import.meta.dirname, "../bin/longhaul.mjs");
    const args = ["runs", "--watch", "--table", "runs", "--json", "--endpoint", aws.url];
    const child = spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    const seen: string[] = [];
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (more: string) => {
      text += more;
      const lines = text.split("\n");
      text = lines.pop() ?? "";
      seen.push(...lines);
      const watched = lines.map((line) => JSON.parse(line)).filter(({ id }) => id === "watched");
      // The list of before is there: now something is to change.
      if (seen.length === lines.length) void client.start({ upTo: 2, everyMs: 1 }, { runId: "watched" });
      if (watched.some(({ status }) => status === "done")) child.kill("SIGINT");
    });
    const signal = await new Promise((resolve) => child.once("close", (_, by) => resolve(by)));
    expect(signal).toBe("SIGINT");
    const ids = seen.map((line) => JSON.parse(line).id);
    expect(ids.filter((id) => id === "twenty")).toHaveLength(1);
  });
});
