import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalAws, outsideCredentials, startLocalAws } from "../../src/index.ts";
import { type RefusedPlace, refusedCalls } from "./refused.ts";

let aws: LocalAws;
let place: RefusedPlace;
beforeAll(async () => {
  aws = await startLocalAws();
  const config = { endpoint: aws.url, region: aws.region, credentials: outsideCredentials, maxAttempts: 1 };
  place = {
    cloudwatch: new CloudWatchClient(config),
    dynamodb: new DynamoDBClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
    sqs: new SQSClient(config),
    Bucket: "recorded",
    TableName: "recorded",
  };
  await place.s3.send(new CreateBucketCommand({ Bucket: place.Bucket }));
});
afterAll(async () => {
  for (const client of [place.cloudwatch, place.dynamodb, place.s3, place.sqs]) client.destroy();
  await aws.stop();
});

describe("what AWS answered and is not served is refused by its name", () => {
  const rows = refusedCalls.map((each) => [`refused by name (${each.service}): ${each.recording}`, each] as const);
  it.each(rows)("%s", async (_, { call, named }) => {
    const message = await call(place).then(
      () => "it was not refused",
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    expect(message).toContain(named);
    expect(message).toMatch(/embedded \w+/);
  });
});
