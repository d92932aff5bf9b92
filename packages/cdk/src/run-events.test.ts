import { App, Stack } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { SqsQueue } from "aws-cdk-lib/aws-events-targets";
import { Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { Topic } from "aws-cdk-lib/aws-sns";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { describe, expect, it } from "vitest";
import type { RecursiveFunction } from "./recursive-function.ts";
import { RunEvents, type RunEventsProps } from "./run-events.ts";

function stackWith(
  props: (stack: Stack) => Partial<RunEventsProps>,
  more: (events: RunEvents, stack: Stack) => void = () => {},
) {
  const stack = new Stack(new App(), "Stack");
  const lambda = new LambdaFunction(stack, "Worker", {
    code: Code.fromInline("exports.handler = () => {}"),
    handler: "index.handler",
    runtime: Runtime.NODEJS_24_X,
  });
  const worker = { function: lambda } as unknown as RecursiveFunction;
  more(new RunEvents(stack, "RunEvents", { functions: [worker], ...props(stack) }), stack);
  return Template.fromStack(stack);
}

describe("RunEvents", () => {
  it("lets the functions put events on the account's bus, and on no other", () => {
    const template = stackWith(() => ({}));
    template.hasResourceProperties("AWS::IAM::Policy", {
      PolicyDocument: {
        Statement: [
          {
            Action: "events:PutEvents",
            Effect: "Allow",
            Resource: { "Fn::Join": ["", Match.arrayWith([":event-bus/default"])] },
          },
        ],
      },
    });
    template.hasResourceProperties("AWS::Lambda::Function", {
      Environment: { Variables: { LONGHAUL_EVENT_BUS: "default" } },
    });
    template.resourceCountIs("AWS::Events::Rule", 0);
  });

  it.each([
    ["failures, unless it is told otherwise", undefined, ["failed"]],
    ["what it is told", ["done", "stopped"] as const, ["done", "stopped"]],
  ])("tells a topic of %s", (_, topicStatuses, status) => {
    const template = stackWith((stack) => ({
      topic: new Topic(stack, "Topic"),
      ...(topicStatuses && { topicStatuses }),
    }));
    template.hasResourceProperties("AWS::Events::Rule", {
      EventPattern: { detail: { status, functionName: [{ Ref: Match.stringLikeRegexp("Worker") }] } },
      Targets: [{ Arn: { Ref: Match.stringLikeRegexp("Topic") } }],
    });
  });

  it("sends all ends to a target that names none", () => {
    const template = stackWith(
      () => ({}),
      (events, stack) => events.onEnd("All", new SqsQueue(new Queue(stack, "Queue"))),
    );
    template.hasResourceProperties("AWS::Events::Rule", {
      EventPattern: { source: ["longhaul"], detail: { status: ["done", "stopped", "failed"] } },
    });
  });

  it.each([
    ["functions", () => ({ functions: [] })],
    ["topicStatuses", (stack: Stack) => ({ topic: new Topic(stack, "Topic"), topicStatuses: [] })],
  ])("refuses %s without an item", (prop, props) => {
    expect(() => stackWith(props)).toThrow(expect.objectContaining({ code: "INVALID_PROP" }));
    expect(() => stackWith(props)).toThrow(prop);
  });
});
