import { describe, expect, it } from "vitest";
import type { EventInvokeConfig, ResolvedFunctionConfig } from "./function-config.ts";
import type { FunctionRecord } from "./function-registry.ts";
import { ownCallsFor } from "./own-calls.ts";

const place = { region: "us-east-1", accountId: "000000000000" };
const failures = "arn:aws:sqs:us-east-1:000000000000:failures";
const news = "arn:aws:sns:us-east-1:000000000000:news";

function callsOf(config: Partial<ResolvedFunctionConfig>, invokeConfigs: Record<string, EventInvokeConfig> = {}) {
  const latest = { config: { roleArn: "role", logGroup: "/logs/worker", deadLetterArn: undefined, ...config } };
  const eventInvokeConfigs = new Map(Object.entries(invokeConfigs));
  const record = { name: "worker", latest, eventInvokeConfigs } as unknown as FunctionRecord;
  return ownCallsFor(record, place).map(({ action, resourceArn }) => `${action} on ${resourceArn}`);
}

describe("Lambda itself, with a function's role,", () => {
  const logs = "arn:aws:logs:us-east-1:000000000000:log-group:/logs/worker:log-stream:*";

  it("writes to its log group", () => {
    expect(callsOf({})).toEqual([`logs:CreateLogStream on ${logs}`, `logs:PutLogEvents on ${logs}`]);
  });

  it("sends to its destinations, whatever the version, and to its dead letters; to each once", () => {
    const destinations = { $LATEST: { onFailureArn: failures, onSuccessArn: news }, live: { onFailureArn: failures } };
    expect(callsOf({ deadLetterArn: news }, destinations).slice(2)).toEqual([
      `sns:Publish on ${news}`,
      `sqs:SendMessage on ${failures}`,
    ]);
  });
});
