import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { afterAll, describe, expect, it, vi } from "vitest";
import { cloudWatchCases } from "../cloudwatch-conformance.ts";
import { dynamoDbCases } from "../dynamodb-conformance.ts";
import { s3Conformance } from "../s3-conformance.ts";
import { snsCases } from "../sns-conformance.ts";
import { sqsCases } from "../sqs-conformance.ts";
import { differences, type PeerService } from "./differences.ts";
import { clientsFor, type Peer, type PeerName, peersUp } from "./peer.ts";

// moto serves one request at a time, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

/** The tables of checks that each peer serves. */
const served: Readonly<Record<PeerName, readonly PeerService[]>> = {
  moto: ["S3", "SQS", "SNS", "DynamoDB", "CloudWatch"],
  ElasticMQ: ["SQS"],
  "DynamoDB Local": ["DynamoDB"],
};

for (const peer of peersUp()) {
  const checks = checksOn(peer);
  for (const service of served[peer.name]) {
    const known = differences[peer.name]
      .filter((one) => one.service === service)
      .flatMap(({ checks, ...difference }) => checks.map((check) => ({ check, ...difference })));
    const different = new Set(known.map(({ check }) => check));

    describe(`${service} of ${peer.name} answers as ours does`, () => {
      it.for([...checks[service]].filter(([name]) => !different.has(name)))("%s", async ([, run]) => run());
    });

    describe.runIf(known.length > 0)(`${service} of ${peer.name} still differs from AWS`, () => {
      it("in checks that there are", () => {
        expect([...different].filter((name) => !checks[service].has(name))).toEqual([]);
      });

      it.for(known.filter(({ isOccasional }) => !isOccasional))("$check: $peerDoes: $page", async ({ check }) => {
        await expect(checks[service].get(check)?.()).rejects.toThrow();
      });
    });
  }
}

/** The conformance tables, by service and name, bound to a peer. */
function checksOn(peer: Peer): Readonly<Record<PeerService, ReadonlyMap<string, () => Promise<void>>>> {
  const { s3, sqs, sns, dynamodb, cloudwatch } = clientsFor(peer);
  afterAll(() => {
    for (const client of [s3, sqs, sns, dynamodb, cloudwatch]) client.destroy();
  });
  let buckets = 0;
  const newBucket = async () => {
    const Bucket = `conformance-${process.pid}-${++buckets}`;
    await s3.send(new CreateBucketCommand({ Bucket }));
    return Bucket;
  };
  return {
    S3: new Map(s3Conformance.map((check) => [check.name, () => check.run(s3, newBucket)])),
    SQS: new Map(sqsCases.map(({ name, run }) => [name, () => run(sqs)])),
    SNS: new Map(snsCases.map(({ name, run }) => [name, () => run({ sns, sqs })])),
    DynamoDB: new Map(dynamoDbCases.map(({ name, run }) => [name, () => run(dynamodb)])),
    CloudWatch: new Map(cloudWatchCases.map(({ name, run }) => [name, () => run(cloudwatch)])),
  };
}
