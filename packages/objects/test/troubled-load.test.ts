import { setTimeout as delay } from "node:timers/promises";
import { seededCallFaults } from "@longhaul/local";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FileCloud, startFileCloud } from "./file-cloud.ts";
import { ndjson, recordsIn } from "./records.ts";

// The stack's timeout of 300 seconds is 9 here, and ten minutes are 18 seconds.
const TROUBLE_MS = 18_000;
const RECORDS = 900;

let cloud: FileCloud;
beforeAll(async () => {
  cloud = await startFileCloud({
    timeoutSeconds: 9,
    environment: {
      BATCH_SIZE: "10",
      TMP_MAX_BYTES: "1",
      MAX_RECORDS_PER_SECOND: "60",
      FIRST_LOOK_SECONDS: "1",
      LAST_LOOK_SECONDS: "8",
    },
  });
});
afterAll(() => cloud.stop());

describe("while three in ten calls of S3, DynamoDB and SQS fail for ten minutes", () => {
  it("loads are slower, and go on", { timeout: 240_000 }, async () => {
    const plan = seededCallFaults({ seed: 7, rates: { s3: 0.3, dynamodb: 0.3, sqs: 0.3 } });
    const struck = new Set<string>();
    cloud.faults.calls = (call) => {
      // The queue is asked seldom, so that chance alone may spare it: the first call is sure to fail.
      const fault = call.service === "sqs" && !struck.has("sqs") ? "throttle" : plan(call);
      if (fault !== undefined) struck.add(call.service).add(fault.replace("-after", ""));
      return fault;
    };
    const keys = ["a", "b", "c", "d", "e", "f", "g", "h"].map((name) => `in/${name}.ndjson`);
    for (const key of keys) await cloud.put(key, ndjson(RECORDS));
    await delay(TROUBLE_MS);
    cloud.calm();
    await cloud.queueEmpty(180_000);
    for (const key of keys) {
      const [record, ...others] = await cloud.runsOf(key);
      expect(others, key).toEqual([]);
      expect(record, key).toMatchObject({ phase: "done" });
      expect(JSON.parse(record?.result ?? "null"), key).toEqual({ status: "loaded", records: RECORDS, skipped: 0 });
      expect(await cloud.recordsOf(record?.run ?? ""), key).toEqual(recordsIn(RECORDS));
    }
    await cloud.readLetters();
    expect(cloud.letters).toEqual([]);
    expect([...struck].sort()).toEqual(["dynamodb", "reset", "s3", "silence", "sqs", "throttle"]);
  });
});
