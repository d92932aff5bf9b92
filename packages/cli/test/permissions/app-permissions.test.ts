import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isInOrder } from "../../src/iam/permission-report.ts";
import { type StackCloud, startStackCloud } from "./stack-cloud.ts";

/** An app, made to do all that its permissions are for. */
interface Exercise {
  readonly app: string;
  readonly settings: Parameters<typeof startStackCloud>[1];
  /** Actions that are needed at other times, as `--rare` names them, each with the reason. */
  readonly rare: Readonly<Record<string, string>>;
  work(cloud: StackCloud): Promise<void>;
}

const lines = (count: number) =>
  Array.from({ length: count }, (_, id) => `${JSON.stringify({ id, name: `city ${id}` })}\n`).join("");

/** The event of an object that is not there. */
const missingIn = (name: string | undefined) => ({
  Records: [
    {
      ...{ eventVersion: "2.1", eventSource: "aws:s3", awsRegion: "us-east-1", eventName: "ObjectCreated:Put" },
      eventTime: "2026-11-30T00:00:00.000Z",
      s3: { bucket: { name }, object: { key: "in/missing.ndjson", size: 9, eTag: "none", sequencer: "1" } },
    },
  ],
});

const EXERCISES: readonly Exercise[] = [
  {
    app: "s3-batch",
    settings: { context: { timeoutSeconds: 3 }, environment: { MAX_BYTES_PER_SECOND: "60000" } },
    rare: {
      "s3:AbortMultipartUpload": "an object that is replaced while it is worked on",
      "s3:ListMultipartUploadParts": "an upload of more than one part, above 5 MB",
      "dynamodb:GetItem": "a record that another attempt has changed",
    },
    async work({ put, over, lost, outputs }) {
      await put("SourceBucketName", "in/cities.ndjson", lines(5_000));
      await put("SourceBucketName", "in/deep/cities.ndjson", lines(5_000));
      await over(2);
      await lost(missingIn(outputs.SourceBucketName));
      await over(3);
    },
  },
  {
    app: "sqs-file",
    settings: {
      context: { timeoutSeconds: 3 },
      environment: { MAX_RECORDS_PER_SECOND: "100", BATCH_SIZE: "25", FIRST_LOOK_SECONDS: "1", LAST_LOOK_SECONDS: "1" },
    },
    rare: { "sqs:GetQueueUrl": "CDK grants it to each consumer of a queue", "dynamodb:GetItem": "as of s3-batch" },
    async work({ put, send, over, lost, outputs }) {
      await put("BucketName", "in/cities.ndjson", lines(500));
      await put("BucketName", "in/broken.ndjson", '{"id":0}\n7\n');
      send("QueueUrl", missingIn(outputs.BucketName));
      await over(3);
      await lost(missingIn(outputs.BucketName));
    },
  },
  {
    app: "bucket-walker",
    settings: { context: { timeoutSeconds: 3 }, environment: { PAGE_KEYS: "5", MAX_PARTS: "4" }, beforeListMs: 300 },
    rare: { "dynamodb:GetItem": "as of s3-batch", "s3:GetObject": "a state that is too large for its record" },
    async work({ put, call, over, lost }) {
      for (let at = 0; at < 50; at++) await put("BucketName", `d${at % 7}/${at}`, "x");
      await call("FunctionName", { action: "report" });
      await over(1);
      await lost({ action: "report" });
      await over(2);
    },
  },
  {
    app: "queue-loops",
    settings: {
      context: {
        ...{ timeoutSeconds: 3, visibilitySeconds: 3, messageTimeoutSeconds: 2 },
        ...{ minLoops: 1, maxLoops: 3, cooldownSeconds: 1, alarmsAt: [10, 20] },
      },
      environment: { WAIT_SECONDS: "1", HEARTBEAT_MS: "500", IDLE_AFTER_MS: "1500" },
    },
    rare: {},
    async work(cloud) {
      // The first loop is lost, so that another is started in its place.
      let lost = 1;
      cloud.loses = (payload) => payload.includes("loopId") && lost-- > 0;
      await cloud.call("StartFunctionName");
      await cloud.until("restart starts a loop", () => cloud.calls(/restart/i, "lambda:InvokeFunction") > 0);
      for (let at = 0; at < 40; at++) cloud.send("MessagesQueueUrl", { workMs: at % 10 === 0 ? 1_800 : 200 });
      const isWritten = (role: RegExp) => () => cloud.calls(role, "dynamodb:PutItem") > 0;
      await cloud.until("an alarm adds loops", () => cloud.calls(/scaleup/i, "lambda:InvokeFunction") > 0);
      await cloud.until("a loop hands off", () => cloud.calls(/loop(?!s)role/i, "lambda:InvokeFunction") > 0);
      await cloud.until("an alarm that ends takes loops away", isWritten(/scaledown/i));
      await cloud.call("StopFunctionName");
      await cloud.until("the loops are ended", isWritten(/stop/i));
    },
  },
];

describe.each(EXERCISES)("the permissions of $app", ({ app, settings, rare, work }) => {
  let cloud: StackCloud;
  beforeAll(async () => {
    cloud = await startStackCloud(app, settings);
    await work(cloud);
  });
  afterAll(() => cloud?.stop());

  it("are all that its functions need, and none is spare", () => {
    const reports = cloud.report(Object.keys(rare));
    const faults = reports.flatMap(({ role, missing, statements, hasRun }) => [
      ...missing.map(({ actions, name }) => `${role} lacks ${actions} on ${name}`),
      ...statements.flatMap(({ spare }) => (spare ? [`${role}: spare ${spare.actions} on ${spare.resources}`] : [])),
      ...(hasRun ? [] : [`${role} did not run`]),
    ]);
    expect(faults).toEqual([]);
    expect(isInOrder(reports, true)).toBe(true);
  });

  it("are each needed: without any of its statements the command fails, and names it", async () => {
    for (const statement of await cloud.statements()) {
      const missing = (await cloud.reportWithout(statement)).flatMap((report) => report.missing);
      const isRare = statement.actions.every((action) => action in rare);
      const named = missing.flatMap(({ actions }) => actions);
      expect({ statement, isNamed: named.length > 0 }).toEqual({ statement, isNamed: !isRare });
      expect(statement.actions).toEqual(expect.arrayContaining(named));
    }
  });
});
