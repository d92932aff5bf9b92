import { CloudWatchClient, type StateValue } from "@aws-sdk/client-cloudwatch";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalAws, outsideCredentials, startLocalAws } from "../../src/index.ts";
import { type CloudWatchPlace, recordedAlarmCalls, recordedMetricCalls } from "./cloudwatch.ts";

/** A metric minute lasts a tenth of a second where alarms are looked at. */
const SCALE = 600;

const opened: { readonly aws: LocalAws; readonly close: () => Promise<void> }[] = [];
let metrics: CloudWatchPlace;
let alarms: CloudWatchPlace;
beforeAll(async () => {
  metrics = await openPlace(1);
  alarms = await openPlace(SCALE);
});
afterAll(async () => {
  await Promise.all(opened.map(({ close }) => close()));
});

let made = 0;
async function openPlace(scheduleScale: number): Promise<CloudWatchPlace> {
  const aws = await startLocalAws({ scheduleScale, onProblem() {} });
  const config = { endpoint: aws.url, region: aws.region, credentials: outsideCredentials, maxAttempts: 1 };
  const [cloudwatch, sns, sqs] = [new CloudWatchClient(config), new SNSClient(config), new SQSClient(config)];
  opened.push({
    aws,
    async close() {
      for (const client of [cloudwatch, sns, sqs]) client.destroy();
      await aws.stop();
    },
  });
  return {
    ...{ cloudwatch, sns, sqs, region: aws.region, accountId: aws.accountId },
    newName: () => `recorded-${++made}`,
    changed: (alarmName, state) => changed(aws, alarmName, state),
  };
}

function changed(aws: LocalAws, alarmName: string, state: StateValue): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (aws.cloudwatch.alarms.get(alarmName).condition.state !== state) return;
      end();
      resolve();
    };
    const end = aws.cloudwatch.onTransition(look);
    look();
  });
}

/** The facts of an error, as the SDK hands them on. */
function factsOf(error: unknown): object {
  const {
    $metadata,
    Error: carried,
    message,
    name,
  } = error as Error & {
    readonly $metadata?: { readonly httpStatusCode?: number };
    readonly Error?: { readonly Code?: string };
  };
  return { status: $metadata?.httpStatusCode, code: carried?.Code ?? name, message };
}

describe("CloudWatch answers of metrics as AWS answered", () => {
  it.each(recordedMetricCalls.map((each) => [each.recording, each] as const))("%s", async (_, { call, answer }) => {
    expect(await call(metrics).catch(factsOf)).toEqual(answer);
  });
});

describe("CloudWatch's alarms answer and tell as AWS's did", () => {
  it.each(recordedAlarmCalls.map((each) => [each.recording, each] as const))("%s", async (_, { call, answer }) => {
    expect(await call(alarms).catch(factsOf)).toEqual(answer);
  });
});
