import { describe, expect, it } from "vitest";
import { type FunctionConfig, resolveFunctionConfig } from "./function-config.ts";

const WHERE = { region: "eu-central-1", accountId: "123456789012" };
const LEAST: FunctionConfig = { name: "walk", codeDirectory: "dist", runtime: "nodejs24.x", roleArn: "arn:role" };

describe("resolveFunctionConfig", () => {
  it("fills in AWS's defaults", () => {
    expect(resolveFunctionConfig(LEAST, WHERE)).toMatchObject({
      arn: "arn:aws:lambda:eu-central-1:123456789012:function:walk",
      handler: "index.handler",
      timeoutSeconds: 3,
      memoryMb: 128,
      ephemeralStorageMb: 512,
      environment: {},
    });
  });

  it.each([
    ["a name with a slash", { name: "a/b" }, "FunctionName"],
    ["a runtime it cannot run", { runtime: "java21" as "nodejs24.x" }, "Runtime"],
    ["no time", { timeoutSeconds: 0 }, "Timeout"],
    ["more than 15 minutes", { timeoutSeconds: 901 }, "Timeout"],
    ["too little memory", { memoryMb: 64 }, "MemorySize"],
    ["too large a /tmp", { ephemeralStorageMb: 20_000 }, "EphemeralStorage"],
    ["a variable of Lambda's own", { environment: { AWS_REGION: "us-east-1" } }, "Environment"],
    ["a wrapper script", { environment: { AWS_LAMBDA_EXEC_WRAPPER: "/opt/otel" } }, "Environment"],
    ["negative concurrency", { reservedConcurrency: -1 }, "ReservedConcurrentExecutions"],
    ["three retries", { eventInvokeConfig: { maximumRetryAttempts: 3 } }, "MaximumRetryAttempts"],
    ["a week of age", { eventInvokeConfig: { maximumEventAgeSeconds: 604_800 } }, "MaximumEventAgeInSeconds"],
  ])("refuses %s and names the property", (_, change, property) => {
    expect(() => resolveFunctionConfig({ ...LEAST, ...change }, WHERE)).toThrow(
      expect.objectContaining({
        code: "InvalidParameterValueException",
        message: expect.stringMatching(new RegExp(`^${property} `)),
      }),
    );
  });
});
