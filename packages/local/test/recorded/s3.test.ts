import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalAws, outsideCredentials, startLocalAws } from "../../src/index.ts";
import { recordedS3Calls } from "./s3.ts";
import { copyScenarios } from "./s3-copies.ts";
import { objectScenarios } from "./s3-objects.ts";
import { callsOn, type S3Scenario } from "./s3-scenario.ts";
import { uploadScenarios } from "./s3-uploads.ts";

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

/** The answers of a scenario by label; it is played once, whichever of its rows comes first. */
const played = new Map<S3Scenario, Promise<ReadonlyMap<string, unknown>>>();
async function answersOf({ run }: S3Scenario): Promise<ReadonlyMap<string, unknown>> {
  const answers = new Map<string, unknown>();
  await run(callsOn(s3, await newBucket()), async (label, answer) => {
    try {
      const got = await answer;
      answers.set(label, got);
      return got;
    } catch (error) {
      answers.set(label, factsOf(error));
      return undefined;
    }
  });
  return answers;
}

describe("S3 answers one call after the other as AWS answered", () => {
  const rows = [...objectScenarios, ...copyScenarios, ...uploadScenarios].flatMap((scenario) =>
    Object.entries(scenario.answers).map(([label, answer]) => ({ scenario, label, answer })),
  );
  it.each(rows.map((row) => [`${row.scenario.recording}, ${row.label}`, row] as const))(
    "%s",
    async (_, { scenario, label, answer }) => {
      const answers = played.get(scenario) ?? answersOf(scenario);
      played.set(scenario, answers);
      expect((await answers).get(label)).toMatchObject(answer);
    },
  );
});
