import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { notification } from "../../core/test/notification.ts";
import { type FileCloud, startFileCloud } from "./file-cloud.ts";
import { ndjson, recordsIn } from "./records.ts";

let cloud: FileCloud;
beforeAll(async () => {
  // Of the four envelopes the other tests take SNS's own; here SNS delivers raw, and EventBridge and S3 themselves send.
  cloud = await startFileCloud({
    continueBy: "lambda",
    timeoutSeconds: 3,
    environment: { ON_INVALID: "skip", FIRST_LOOK_SECONDS: "1", BATCH_SIZE: "50", MAX_RECORDS_PER_SECOND: "500" },
  });
});
afterAll(() => cloud.stop());
afterEach(() => cloud.calm());

describe("[S3.1] the news of an upload is understood, end to end", () => {
  it("through SNS with raw delivery, and the run continues by invoking the function", async () => {
    await cloud.put("in/raw ü.ndjson", ndjson(2_000));
    await cloud.queueEmpty();
    const [record, ...others] = await cloud.runsOf("in/raw ü.ndjson");
    expect([record?.phase, others]).toEqual(["done", []]);
    expect(await cloud.recordsOf(record?.run ?? "")).toEqual(recordsIn(2_000));
    const continued = cloud.events.filter((event) => event.type === "handoff" && event.run === record?.run);
    expect(new Set(continued.map((event) => event.type === "handoff" && event.driver))).toEqual(new Set(["lambda"]));
  });

  it("from S3 straight", async () => {
    await cloud.send(notification(cloud.bucket, { key: "in/raw ü.ndjson", sequencer: "AA" }));
    await cloud.queueEmpty();
    const runs = await cloud.runsOf("in/raw ü.ndjson");
    expect(runs.map(({ run, phase }) => [run.slice(-3), phase])).toContainEqual(["@AA", "done"]);
  });

  it("by EventBridge, whose keys are not encoded; told by SNS as well, it is the same run", async () => {
    await cloud.tellEventBridge();
    await cloud.put("in/bridge 1+1 ü.ndjson", ndjson(40));
    await cloud.queueEmpty();
    const runs = await cloud.runsOf("in/bridge 1+1 ü.ndjson");
    expect(runs).toMatchObject([{ phase: "done" }]);
    expect(await cloud.recordsOf(runs[0]?.run ?? "")).toEqual(recordsIn(40));
  });
});

describe("a run that continues by invoking the function", () => {
  it("is resumed when a hop's event is lost, and goes on once when it arrives twice", async () => {
    let events = 0;
    cloud.faults.deliveries = ({ functionName }) => {
      if (functionName !== cloud.functionName) return [0];
      return events++ === 0 ? [] : [0, 20];
    };
    await cloud.put("in/lost.ndjson", ndjson(2_000));
    await cloud.queueEmpty();
    const [record, ...others] = await cloud.runsOf("in/lost.ndjson");
    expect([record?.phase, others]).toEqual(["done", []]);
    expect(await cloud.recordsOf(record?.run ?? "")).toEqual(recordsIn(2_000));
    expect(events).toBeGreaterThan(1);
    expect(cloud.events.filter((event) => event.run === record?.run && event.type === "duplicate")).not.toEqual([]);
  });
});

describe("ON_INVALID=skip", () => {
  it("leaves out records that are not valid, and counts them over all hops", async () => {
    const lines = ndjson(2_000).split("\n");
    for (const line of [3, 1_200, 1_999]) lines[line] = "[7]";
    await cloud.put("in/skip.ndjson", lines.join("\n"));
    await cloud.queueEmpty();
    const [record] = await cloud.runsOf("in/skip.ndjson");
    expect(JSON.parse(record?.result ?? "")).toEqual({ status: "loaded", records: 2_000, skipped: 3 });
    const expected = recordsIn(2_000).filter((_, i) => ![3, 1_200, 1_999].includes(i));
    expect(await cloud.recordsOf(record?.run ?? "")).toEqual(expected);
  });
});

describe("the function's role", () => {
  it("has no permission that is not used, but for what need not happen here", () => {
    expect(cloud.sparePermissions().toSorted()).toEqual([
      // As an alias or version.
      "lambda:InvokeFunction",
      ...["logs:CreateLogStream", "logs:PutLogEvents"],
      // Tells that a file is not there.
      "s3:ListBucket",
      "sqs:GetQueueUrl",
      // Into the DLQ: every file here can be loaded.
      "sqs:SendMessage",
    ]);
  });
});
