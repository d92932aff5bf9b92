import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalAws, outsideCredentials, startLocalAws } from "../../src/index.ts";
import { recordedS3Calls } from "./s3.ts";

let aws: LocalAws;
let s3: S3Client;
beforeAll(async () => {
  aws = await startLocalAws();
  s3 = new S3Client({
    endpoint: aws.url,
    region: aws.region,
    credentials: outsideCredentials,
    forcePathStyle: true,
    maxAttempts: 1,
  });
});
afterAll(async () => {
  s3.destroy();
  await aws.stop();
});

let made = 0;
async function newBucket(): Promise<string> {
  const Bucket = `recorded-${++made}`;
  await s3.send(new CreateBucketCommand({ Bucket }));
  return Bucket;
}

/** The facts of an error, as the SDK hands them on. */
function factsOf(error: unknown): object {
  const { $metadata, name, message, ...rest } = error as Error & {
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  return { ...rest, status: $metadata?.httpStatusCode, name, message };
}

describe("S3 answers as AWS answered", () => {
  it.each(recordedS3Calls.map((each) => [each.recording, each] as const))("%s", async (_, { call, answer }) => {
    const got = await call(s3, await newBucket()).catch(factsOf);
    expect(got).toMatchObject(answer);
  });
});
