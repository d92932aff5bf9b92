import { deepStrictEqual } from "node:assert";
import { InvokeCommand } from "@aws-sdk/client-lambda";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import type { AwsCase } from "../case.ts";

/** The parts of a walk's answer that are compared. */
interface WalkAnswer {
  readonly status?: string;
  readonly result?: { readonly result?: { readonly objects?: number; readonly bytes?: number } };
}

export const bucketWalker: AwsCase = {
  app: "bucket-walker",
  promise: "does its work on each object, and reports the objects below a prefix",
  context: { actions: "each" },
  environment: {},
  usage: { functionMinutes: 2, memoryMb: 1_024, requests: 200, tableWrites: 200, alarms: 0 },
  async check({ s3, lambda, outputs }) {
    const { BucketName, FunctionName } = outputs;
    for (const Key of ["2025/a.txt", "2026/b.txt", "2026/c.txt"])
      await s3.send(new PutObjectCommand({ Bucket: BucketName, Key, Body: `content of ${Key}` }));
    const walk = async (event: object) => {
      const { Payload } = await lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }));
      const { status, result }: WalkAnswer = JSON.parse(Payload?.transformToString() ?? "{}");
      return { status, objects: result?.result?.objects, bytes: result?.result?.bytes };
    };
    const { bytes: _, ...each } = await walk({ action: "each" });
    deepStrictEqual(each, { status: "done", objects: 3 });
    deepStrictEqual(await walk({ prefix: "2026/" }), { status: "done", objects: 2, bytes: 42 });
  },
};
