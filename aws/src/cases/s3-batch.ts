import { strictEqual } from "node:assert";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { AwsCase } from "../case.ts";
import { assertSeveralHops, doneRun } from "../runs-of.ts";

const LINES = Array.from({ length: 5_000 }, (_, id) => `${JSON.stringify({ id, name: `city ${id}` })}\n`).join("");

export const s3Batch: AwsCase = {
  app: "s3-batch",
  promise: "turns each record into a line of the result, over several hops",
  context: { timeoutSeconds: "10" },
  // 190 KB in about 13 s.
  environment: { MAX_BYTES_PER_SECOND: "15000" },
  usage: { functionMinutes: 3, memoryMb: 1_024, requests: 500, tableWrites: 500, alarms: 0 },
  async check(site) {
    const { s3, outputs } = site;
    const { SourceBucketName, OutputBucketName } = outputs;
    await s3.send(new PutObjectCommand({ Bucket: SourceBucketName, Key: "in/cities.ndjson", Body: LINES }));
    assertSeveralHops(await doneRun(site));
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: OutputBucketName, Key: "out/cities.ndjson.ndjson" }));
    strictEqual(await Body?.transformToString(), LINES);
  },
};
