import { Duration } from "aws-cdk-lib";
import { Match } from "aws-cdk-lib/assertions";
import { Runtime } from "aws-cdk-lib/aws-lambda";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { describe, expect, it } from "vitest";
import { permissionsOf } from "../test/policies.ts";
import { emptyStack, handlerFile as entry, templateOf } from "../test/synthesize.ts";
import { BundledFunction, type BundledFunctionProps } from "./bundled-function.ts";

const withProps = (props: Partial<BundledFunctionProps> = {}) =>
  templateOf((stack) => {
    new BundledFunction(stack, "Start", { entry, ...props });
  });

describe("a BundledFunction", () => {
  it("is small, on the newest supported runtime and arm64, with JSON logs for a month", () => {
    const template = withProps();
    template.hasResourceProperties("AWS::Lambda::Function", {
      Handler: "index.handler",
      Runtime: "nodejs24.x",
      Architectures: ["arm64"],
      Timeout: 60,
      MemorySize: 256,
      LoggingConfig: { LogFormat: "JSON", LogGroup: { Ref: Match.stringLikeRegexp("^StartLogs") } },
    });
    template.hasResourceProperties("AWS::Logs::LogGroup", { RetentionInDays: 30 });
    template.hasResourceProperties("AWS::Lambda::EventInvokeConfig", { MaximumRetryAttempts: 2 });
  });

  it("or as told", () => {
    const template = withProps({
      handler: "start",
      timeout: Duration.seconds(5),
      memorySize: 512,
      runtime: Runtime.NODEJS_22_X,
      environment: { QUEUE: "orders" },
      description: "Starts",
      retryAttempts: 0,
    });
    template.hasResourceProperties("AWS::Lambda::Function", {
      Handler: "index.start",
      Runtime: "nodejs22.x",
      Timeout: 5,
      MemorySize: 512,
      Environment: { Variables: { QUEUE: "orders" } },
      Description: "Starts",
    });
    template.hasResourceProperties("AWS::Lambda::EventInvokeConfig", { MaximumRetryAttempts: 0 });
  });

  it("does not continue as new: loop detection watches it, and it may not invoke itself", () => {
    withProps().hasResourceProperties("AWS::Lambda::Function", { RecursiveLoop: Match.absent() });
    expect(permissionsOf(withProps())).toEqual([
      expect.stringMatching(/^logs:CreateLogStream on StartLogs\w+\.Arn$/),
      expect.stringMatching(/^logs:PutLogEvents on StartLogs\w+\.Arn$/),
    ]);
  });

  it("is a grantee", () => {
    const template = templateOf((stack) => {
      new Bucket(stack, "Source").grantRead(new BundledFunction(stack, "Start", { entry }));
    });
    expect(permissionsOf(template, "StartRole")).toContainEqual(expect.stringMatching(/^s3:GetObject\* on Source/));
  });

  it.each<[string, Partial<BundledFunctionProps>]>([
    ["timeout", { timeout: Duration.minutes(16) }],
    ["memorySize", { memorySize: 64 }],
    ["retryAttempts", { retryAttempts: 3 }],
    ["runtime", { runtime: Runtime.PYTHON_3_13 }],
  ])("refuses what Lambda would refuse: %s", (prop, props) => {
    const build = () => new BundledFunction(emptyStack(), "Start", { entry, ...props });
    expect(build).toThrow(expect.objectContaining({ code: "INVALID_PROP", construct: "Test/Start", prop }));
  });
});
