import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { runTableRequest } from "@longhaul/core/store";
import { type LocalAws, outsideCredentials, startLocalAws } from "@longhaul/local";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { invocation } from "../../test/invocation.ts";

type Handler = (event: never, context: never) => Promise<unknown>;
type Step = keyof typeof deployments;
const deployments = {
  before: () => import("./before.ts"),
  "step-2": () => import("./step-2.ts"),
  "step-3": () => import("./step-3.ts"),
  "step-4": () => import("./step-4.ts"),
  "step-5": () => import("./step-5.ts"),
};
const STEPS = ["step-2", "step-3", "step-4", "step-5"] as const;
const tasks = Array.from({ length: 24 }, (_, at) => `task-${at}`);

/** Events that functions sent to themselves. */
const sent: unknown[] = [];
const lambda = createServer(async (request, response) => {
  sent.push(JSON.parse(Buffer.concat(await request.toArray()).toString()));
  response.writeHead(202).end();
});

let aws: LocalAws;
let s3: S3Client;
beforeAll(async () => {
  await new Promise<void>((resolve) => lambda.listen(0, "127.0.0.1", resolve));
  aws = await startLocalAws({ region: "eu-west-1" });
  const outside = { region: aws.region, endpoint: aws.url, credentials: outsideCredentials };
  s3 = new S3Client({ ...outside, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: "tasks" }));
  await new DynamoDBClient(outside).send(new CreateTableCommand(runTableRequest("runs")));
  vi.stubEnv("AWS_ENDPOINT_URL", aws.url);
  vi.stubEnv("AWS_ENDPOINT_URL_LAMBDA", `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`);
  vi.stubEnv("AWS_LAMBDA_FUNCTION_NAME", "example");
  vi.stubEnv("TASKS_URL", "https://tasks.example.com");
});
afterAll(async () => {
  vi.unstubAllEnvs();
  lambda.closeAllConnections();
  await new Promise((resolve) => lambda.close(resolve));
  await aws.stop();
});

/** Tasks in the order in which they were asked for, and the keys they were sent with. */
let asked: { task: string; key: string | undefined }[];
const time = { leftMs: 0 };
let statusOf: (task: string) => number;
beforeEach(() => {
  asked = [];
  sent.length = 0;
  statusOf = () => 200;
  vi.stubGlobal("fetch", async (url: string, { headers }: { headers?: Record<string, string> }) => {
    const task = url.split("/").at(-1) ?? "";
    const status = statusOf(task);
    time.leftMs -= 1_000;
    // Of a task that was done, the answer can still be an error.
    if (status !== 404) asked.push({ task, key: headers?.["Idempotency-Key"] });
    return new Response(null, { status });
  });
});

let uploads = 0;
/** Uploads a file, and answers with the event that S3 sends of it. The key has a space, which S3 encodes. */
async function upload(name = `file-${++uploads}.json`, list = tasks) {
  const { ETag } = await s3.send(
    new PutObjectCommand({ Bucket: "tasks", Key: name, Body: JSON.stringify({ tasks: list }) }),
  );
  const object = { key: name.replaceAll(" ", "+"), sequencer: `0055AED6DCD90281${++uploads}`, eTag: ETag };
  return {
    Records: [{ eventSource: "aws:s3", eventName: "ObjectCreated:Put", s3: { bucket: { name: "tasks" }, object } }],
  };
}

/** Has one deployment take an event; answers with the events that it sent. */
async function take(step: Step, event: unknown, leftMs = 16_000): Promise<{ answer: unknown; next: unknown[] }> {
  const { handler } = (await deployments[step]()) as { handler: Handler };
  time.leftMs = leftMs;
  const answer = await handler(structuredClone(event) as never, invocation(time) as never);
  return { answer, next: sent.splice(0) };
}

/** Has each deployment take one hop, and the last one all that are left; answers with the answer of the last hop. */
async function runThrough(steps: readonly Step[], first: unknown): Promise<unknown> {
  const last = steps.at(-1) as Step;
  let event = first;
  for (let hop = 0; hop < 50; hop++) {
    const { answer, next } = await take(steps[hop] ?? last, event);
    expect(next.length).toBeLessThan(2);
    if (next.length === 0) {
      expect(hop + 1).toBeGreaterThanOrEqual(steps.length);
      return answer;
    }
    event = next[0];
  }
  throw new Error("The run does not end.");
}

const done = { status: "done", result: "all done" };

describe("a recursive function is moved while its runs are under way", () => {
  it("and works before", async () => {
    expect(await runThrough(["before"], await upload())).toBe("all done");
    expect(asked.map(({ task }) => task)).toEqual(tasks);
  });

  it.each(STEPS)("%s takes what the old function sent, and does each task once", async (step) => {
    expect(await runThrough(["before", step], await upload())).toMatchObject(done);
    expect(asked.map(({ task }) => task)).toEqual(tasks);
  });

  it("each step takes what the one before sent, in one run", async () => {
    const many = Array.from({ length: 100 }, (_, at) => `task-${at}`);
    expect(await runThrough(["before", ...STEPS], await upload("many.json", many))).toMatchObject(done);
    expect(asked.map(({ task }) => task)).toEqual(many);
  });

  it("step 2 can be taken back: the old function goes on with what it sent", async () => {
    expect(await runThrough(["before", "step-2", "before"], await upload())).toBe("all done");
    expect(asked.map(({ task }) => task)).toEqual(tasks);
  });

  it("a record has to be there from the first hop of Longhaul on: none is begun in the middle of a run", async () => {
    const { next } = await take("step-2", await upload());
    const longhaul = { ...(next[0] as { longhaul: object }).longhaul, run: "begun without a store" };
    const event = { ...(next[0] as object), longhaul };
    await expect(take("step-2", event)).rejects.toThrow(expect.objectContaining({ code: "RUN_UNKNOWN" }));
  });

  it.each(STEPS)("%s does nothing for an old event that comes twice", async (step) => {
    const { next } = await take("before", await upload());
    expect(await runThrough([step], next[0])).toMatchObject(done);
    expect((await take(step, next[0])).answer).toMatchObject({ status: "duplicate" });
    expect(asked.map(({ task }) => task)).toEqual(tasks);
  });
});

describe("each step brings what the one before lacks", () => {
  it("step 3: a key with a space is found", async () => {
    await expect(take("step-2", await upload("with space 2.json"))).rejects.toThrow();
    expect(await runThrough(["step-3"], await upload("with space 3.json"))).toMatchObject(done);
  });

  it.each(["step-3", "step-4", "step-5"] as const)(
    "%s: a file that is replaced ends the run as failed",
    async (step) => {
      const name = `replaced-${step}.json`;
      const { next } = await take(step, await upload(name));
      await upload(name, [...tasks, "one more"]);
      await expect(take(step, next[0])).rejects.toThrow(expect.objectContaining({ code: "FILE_REPLACED" }));
    },
  );

  it.each(["step-4", "step-5"] as const)("%s: a task that is done again has the same key", async (step) => {
    const event = await upload();
    let isDown = true;
    statusOf = (task) => (task === "task-3" && isDown ? 503 : 200);
    await expect(take(step, event)).rejects.toThrow("Task task-3 was not done: 503");
    isDown = false;
    expect(await runThrough([step], event)).toMatchObject(done);
    expect(asked).toHaveLength(tasks.length + 1);
    const byKey = new Map(asked.map(({ task, key }) => [key, task]));
    expect([...byKey.values()]).toEqual(tasks);
  });

  it.each(["step-4", "step-5"] as const)("%s: a task that does not exist ends the run at once", async (step) => {
    const event = await upload();
    statusOf = (task) => (task === "task-3" ? 404 : 200);
    await expect(take(step, event)).rejects.toThrow(expect.objectContaining({ code: "NO_TASK" }));
    expect(asked).toHaveLength(3);
  });
});
