import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalAws, startLocalAws } from "../src/index.ts";

const FUNCTION_ROLE = "arn:aws:iam::000000000000:role/function";
const SCHEDULE_ROLE = "arn:aws:iam::000000000000:role/schedule";

let aws: LocalAws;
let codeDirectory: string;
/** Actions that are refused. */
const refused = new Set<string>();
const problems: { readonly message: string; readonly source: string }[] = [];
beforeAll(async () => {
  aws = await startLocalAws({
    scheduleScale: 60,
    authorize: (_, action) => !refused.has(action),
    onProblem: (error, source) => problems.push({ message: String(error), source }),
  });
  codeDirectory = await mkdtemp(join(tmpdir(), "longhaul-roles-"));
  await writeFile(
    join(codeDirectory, "index.mjs"),
    "export const handler = async ({ fails }) => { if (fails) throw new Error('no'); return 1; };",
  );
});
afterAll(async () => {
  await aws.stop();
  await rm(codeDirectory, { recursive: true });
});

const usedBy = (roleArn: string) =>
  aws.calls.list().flatMap((call) => (call.roleArn === roleArn ? [[call.action, call.resourceArn]] : []));
const countIn = (queueUrl: string) => aws.sqs.queues.find(queueUrl)?.messages.counts(Date.now()).visible;

describe("what Lambda sends for a function, it sends with the function's role", () => {
  let [succeeded, failed, dead]: ReturnType<LocalAws["sqs"]["createQueue"]>[] = [];
  beforeAll(async () => {
    [succeeded, failed, dead] = ["succeeded", "failed", "dead"].map((name) => aws.sqs.createQueue(name));
    await aws.lambda.createFunction({
      ...{ name: "work", codeDirectory, runtime: "nodejs24.x", roleArn: FUNCTION_ROLE, deadLetterArn: dead?.arn ?? "" },
      eventInvokeConfig: {
        ...{ maximumRetryAttempts: 0, onSuccessArn: succeeded?.arn ?? "", onFailureArn: failed?.arn ?? "" },
      },
    });
  });
  const invoke = async (event: object) => {
    await aws.lambda.invoke({ functionName: "work", invocationType: "Event", payload: JSON.stringify(event) });
    await aws.lambda.idle();
  };

  it("destinations and dead letters", async () => {
    await invoke({});
    await invoke({ fails: true });
    const used = [succeeded, failed, dead].map((queue) => ["sqs:SendMessage", queue?.arn]);
    expect(usedBy(FUNCTION_ROLE)).toEqual(expect.arrayContaining(used));
    expect([succeeded, failed, dead].map((queue) => countIn(queue?.arn ?? ""))).toEqual([1, 1, 1]);
  });

  it("without the permission nothing arrives, and that is told", async () => {
    refused.add("sqs:SendMessage");
    await invoke({});
    refused.clear();
    expect(countIn(succeeded?.arn ?? "")).toBe(1);
    expect(problems).toEqual([
      {
        message: expect.stringMatching(/role\/function is not authorized to perform sqs:SendMessage/),
        source: succeeded?.arn,
      },
    ]);
  });
});

describe("a schedule of EventBridge Scheduler acts with its own role", () => {
  const schedule = (name: string, arn: string) =>
    aws.scheduler.putSchedule({
      ...{ group: "default", name, expression: "rate(1 minute)", timeZone: "UTC" },
      ...{ isEnabled: true, isDeletedAfterwards: false },
      target: { arn, roleArn: SCHEDULE_ROLE, retryPolicy: { maxAgeSeconds: 60, maxRetries: 0 } },
    });

  it("which has to let it invoke a function; the function's policy is not asked", async () => {
    await aws.lambda.createFunction({ name: "timed", codeDirectory, runtime: "nodejs24.x", roleArn: FUNCTION_ROLE });
    const invoked = new Promise((resolve) => aws.lambda.on("invoke.start", resolve));
    const { arn } = aws.lambda.getFunction("timed");
    schedule("timed", arn);
    expect(await invoked).toMatchObject({ functionName: "timed" });
    aws.scheduler.removeSchedule("default", "timed");
    expect(usedBy(SCHEDULE_ROLE)).toEqual([["lambda:InvokeFunction", arn]]);
  });

  it("without the permission nothing is done, and that is told", async () => {
    problems.length = 0;
    refused.add("lambda:InvokeFunction");
    const { arn } = aws.lambda.getFunction("timed");
    schedule("refused", arn);
    while (problems.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    aws.scheduler.removeSchedule("default", "refused");
    refused.clear();
    expect(problems[0]).toEqual({
      message: expect.stringMatching(/role\/schedule is not authorized to perform lambda:InvokeFunction/),
      source: arn,
    });
  });
});
