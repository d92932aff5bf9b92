import { describe, expect, it } from "vitest";
import type { JsonObject } from "../cloudformation/json.ts";
import { parseTemplateText } from "../template-files/template-text.ts";
import { translateSam } from "./transform.ts";

/** The translation of a template's resources; the whole is held to AWS's own translator by `npm run test:peers`. */
function translated(resources: string, sections = "") {
  const text = `Transform: AWS::Serverless-2016-10-31\n${sections}\nResources:\n${resources}`;
  const { template, problems } = translateSam(parseTemplateText(text, "t"), "S");
  return { resources: template.Resources as Readonly<Record<string, JsonObject>>, template, problems };
}
const functionWith = (properties: string) => `
  Q: { Type: AWS::SQS::Queue }
  F:
    Type: AWS::Serverless::Function
    Properties: { Runtime: nodejs24.x, Handler: a.b, CodeUri: s3://b/k, ${properties} }`;
const idsOf = (properties: string) => Object.keys(translated(functionWith(properties)).resources);

describe("a SAM function becomes what AWS's transform makes of it", () => {
  it.each([
    ["alone: with a role", "", ["Q", "F", "FRole"]],
    ["with a role of its own", "Role: r", ["Q", "F"]],
    ["fed from a queue", "Events: { E: { Type: SQS, Properties: { Queue: q } } }", ["Q", "F", "FE", "FRole"]],
    [
      "told by a topic",
      "Events: { E: { Type: SNS, Properties: { Topic: t } } }",
      ["Q", "F", "FEPermission", "FE", "FRole"],
    ],
    [
      "on a schedule",
      "Events: { E: { Type: Schedule, Properties: { Schedule: rate(1 day) } } }",
      ["Q", "F", "FE", "FEPermission", "FRole"],
    ],
    [
      "on EventBridge Scheduler",
      "Events: { E: { Type: ScheduleV2, Properties: { ScheduleExpression: rate(1 day) } } }",
      ["Q", "F", "FERole", "FE", "FRole"],
    ],
    ["with retries", "EventInvokeConfig: { MaximumRetryAttempts: 0 }", ["Q", "F", "FEventInvokeConfig", "FRole"]],
    ["with a URL", "FunctionUrlConfig: { AuthType: NONE }", ["Q", "F", "FUrl", "FRole"]],
  ])("%s", (_, properties, ids) => {
    expect(idsOf(properties)).toEqual(ids);
  });

  it("has the properties of Globals: objects merged, lists joined, its own value first", () => {
    const { resources } = translated(
      functionWith("Timeout: 9, Layers: [b], Environment: { Variables: { B: own } }"),
      "Globals: { Function: { Timeout: 3, MemorySize: 256, Layers: [a], Environment: { Variables: { A: g, B: g } } } }",
    );
    expect(resources.F?.Properties).toMatchObject({
      Timeout: 9,
      MemorySize: 256,
      Layers: ["a", "b"],
      Environment: { Variables: { A: "g", B: "own" } },
    });
  });

  it("publishes an alias, and events go to it", () => {
    const { resources, template } = translated(
      `${functionWith("AutoPublishAlias: live, Events: { E: { Type: SQS, Properties: { Queue: q } } }")}\nOutputs: { A: { Value: !Ref F.Alias } }`,
    );
    expect(resources.FE?.Properties).toMatchObject({ FunctionName: { Ref: "FAliaslive" } });
    expect(template.Outputs).toEqual({ A: { Value: { Ref: "FAliaslive" } } });
  });
});

describe("what is not translated stays in sight", () => {
  it.each([
    ["an event", "Events: { E: { Type: Kinesis } }", "FE", "AWS::Serverless::Event::Kinesis"],
    ["an API by itself", "Events: { E: { Type: Api } }", "ServerlessRestApi", "AWS::Serverless::Api"],
    ["an HTTP API by itself", "Events: { E: { Type: HttpApi } }", "ServerlessHttpApi", "AWS::Serverless::HttpApi"],
  ])("%s is a resource that is not deployed", (_, properties, id, type) => {
    expect(translated(functionWith(properties)).resources[id]).toEqual({ Type: type });
  });

  it("a resource of another type is left as it is", () => {
    expect(translated("  A: { Type: AWS::Serverless::StateMachine }").resources).toEqual({
      A: { Type: "AWS::Serverless::StateMachine" },
    });
  });

  it.each([
    ["a property", "Colour: blue", "Colour: this property is not translated"],
    ["a policy template", "Policies: [SESCrudPolicy: {}]", "Policies[0]: SESCrudPolicy is not translated"],
    ["a policy template without its value", "Policies: [SQSPollerPolicy: {}]", "SQSPollerPolicy needs QueueName"],
    ["a bucket elsewhere", "Events: { E: { Type: S3, Properties: { Bucket: b } } }", "must be !Ref of a bucket"],
    [
      "a destination",
      "EventInvokeConfig: { DestinationConfig: { OnFailure: { Type: Fax } } }",
      "OnFailure.Type: must be",
    ],
  ])("%s is a problem with its place", (_, properties, message) => {
    const { problems } = translated(functionWith(properties));
    expect(problems.map((problem) => problem.message)).toEqual([expect.stringContaining(message)]);
    expect(problems[0]?.path).toMatch(/^S\.Resources\.F\.Properties\./);
  });

  it("a template without the transform is given back unchanged", () => {
    const template = { Resources: { F: { Type: "AWS::Serverless::Function" } } };
    expect(translateSam(template, "S")).toEqual({ template, problems: [] });
  });
});
