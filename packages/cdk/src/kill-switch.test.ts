import { Match } from "aws-cdk-lib/assertions";
import { Topic } from "aws-cdk-lib/aws-sns";
import { describe, expect, it } from "vitest";
import { permissionsOf } from "../test/policies.ts";
import { emptyStack, handlerFile as entry, templateOf } from "../test/synthesize.ts";
import { KillSwitch, type KillSwitchProps } from "./kill-switch.ts";
import { RecursiveFunction } from "./recursive-function.ts";

const withProps = (props: Partial<KillSwitchProps> = {}, memorySize = 1_024) =>
  templateOf((stack) => {
    const functions = ["A", "B"].map((id) => new RecursiveFunction(stack, id, { entry, memorySize }));
    new KillSwitch(stack, "KillSwitch", { functions, maxInvocationsPerMinute: 600, ...props });
  });

describe("a KillSwitch", () => {
  it("watches the invocations of each function, a minute long", () => {
    const template = withProps();
    template.resourceCountIs("AWS::CloudWatch::Alarm", 2);
    template.hasResourceProperties("AWS::CloudWatch::Alarm", {
      Namespace: "AWS/Lambda",
      MetricName: "Invocations",
      Statistic: "Sum",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 600,
      ComparisonOperator: "GreaterThanThreshold",
      TreatMissingData: "notBreaching",
      Dimensions: [{ Name: "FunctionName", Value: { Ref: Match.stringLikeRegexp("^AFunction") } }],
      AlarmActions: [
        { "Fn::GetAtt": [Match.stringLikeRegexp("^KillSwitchFunction"), "Arn"] },
        { Ref: Match.stringLikeRegexp("^KillSwitchTopic") },
      ],
    });
  });

  // By hand: 2 USD at 0.0000133334 USD a GB-second are 149,999 GB-seconds; with 2 GB as many milliseconds times 500.
  it.each([
    [1_024, 2, 149_999_250],
    [2_048, 2, 74_999_625],
    [128, 0.01, 5_999_970],
  ])("watches the cost of an hour, with %d MB up to %d USD", (memorySize, maxUsdPerHour, Threshold) => {
    const template = withProps({ maxUsdPerHour }, memorySize);
    template.resourceCountIs("AWS::CloudWatch::Alarm", 4);
    template.hasResourceProperties("AWS::CloudWatch::Alarm", {
      MetricName: "Duration",
      Statistic: "Sum",
      Period: 3_600,
      Threshold,
    });
  });

  it("may stop these functions, and nothing else", () => {
    const permissions = permissionsOf(withProps(), "KillSwitch").filter((each) => !each.startsWith("logs:"));
    expect(permissions).toEqual([
      expect.stringMatching(/^lambda:PutFunctionConcurrency on AFunction\w+\.Arn$/),
      expect.stringMatching(/^lambda:PutFunctionConcurrency on BFunction\w+\.Arn$/),
    ]);
  });

  it("has a topic to which CloudWatch alone may publish, over TLS", () => {
    withProps().hasResourceProperties("AWS::SNS::TopicPolicy", {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
          Match.objectLike({
            Action: "sns:Publish",
            Principal: { Service: "cloudwatch.amazonaws.com" },
            Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
          }),
        ]),
      },
    });
  });

  it("tells another topic instead, if there is one", () => {
    const template = templateOf((stack) => {
      const functions = [new RecursiveFunction(stack, "A", { entry })];
      new KillSwitch(stack, "KillSwitch", { functions, maxInvocationsPerMinute: 1, topic: new Topic(stack, "Ops") });
    });
    template.resourceCountIs("AWS::SNS::Topic", 1);
    template.resourceCountIs("AWS::SNS::TopicPolicy", 0);
  });

  it.each([
    [{ functions: [] }, "functions must have at least one"],
    [{ maxInvocationsPerMinute: 0 }, "maxInvocationsPerMinute must be a whole number above 0; it is 0"],
    [{ maxInvocationsPerMinute: 1.5 }, "maxInvocationsPerMinute must be a whole number above 0; it is 1.5"],
    [{ maxUsdPerHour: 0 }, "maxUsdPerHour must be a number above 0; it is 0"],
    [{ maxUsdPerHour: Number.NaN }, "maxUsdPerHour must be a number above 0; it is NaN"],
  ])("refuses %j", (props, message) => {
    const stack = emptyStack();
    const functions = [new RecursiveFunction(stack, "A", { entry })];
    const make = () => new KillSwitch(stack, "KillSwitch", { functions, maxInvocationsPerMinute: 1, ...props });
    expect(make).toThrow(message);
  });
});
