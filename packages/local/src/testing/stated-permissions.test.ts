import { describe, expect, it } from "vitest";
import { statedPermissions } from "./stated-permissions.ts";

const policy = (...Statement: object[]) => ({
  Type: "AWS::IAM::Policy",
  Properties: { PolicyDocument: { Statement: Statement.map((one) => ({ Effect: "Allow", ...one })) } },
});
const stated = (...statements: object[]) => statedPermissions({ Resources: { WorkerPolicy: policy(...statements) } });

describe("the permissions that a template states", () => {
  it("are one for each action and resource, sorted", () => {
    expect(stated({ Action: ["b:B", "a:A"], Resource: ["y", "x"] }, { Action: "a:A", Resource: "w" })).toEqual([
      "a:A on w",
      "a:A on x",
      "a:A on y",
      "b:B on x",
      "b:B on y",
    ]);
  });

  it.each<[what: string, resource: unknown, name: string]>([
    ["a construct", { "Fn::GetAtt": ["WorkerFunction0A1B2C3D", "Arn"] }, "WorkerFunction"],
    ["one that is referred to", { Ref: "Topic0A1B2C3D" }, "Topic"],
    ["something below it", { "Fn::Join": ["", [{ "Fn::GetAtt": ["Bucket0A1B2C3D", "Arn"] }, "/in/*"]] }, "Bucket/in/*"],
    [
      "a bucket that is known by name",
      { "Fn::Join": ["", ["arn:", { Ref: "AWS::Partition" }, ":s3:::photos/*"]] },
      "photos/*",
    ],
    ["what only CloudFormation can say", { "Fn::Join": ["-", ["b", { "Fn::Select": [0, []] }]] }, "b-…"],
    ["another ARN", "arn:aws:sqs:us-east-1:1:q", "arn:aws:sqs:us-east-1:1:q"],
    ["everything", "*", "*"],
  ])("name %s", (_, resource, name) => {
    expect(stated({ Action: "a:A", Resource: resource })).toEqual([`a:A on ${name}`]);
  });

  it("are those of the wanted policies, and none that are denied", () => {
    const Resources = {
      Worker1: policy({ Action: "a:A", Resource: "*" }, { Effect: "Deny", Action: "b:B", Resource: "*" }),
      Sweeper1: policy({ Action: "c:C", Resource: "*" }),
      Worker2: { Type: "AWS::SQS::Queue" },
    };
    expect(statedPermissions({ Resources }, (id) => id.startsWith("Worker"))).toEqual(["a:A on *"]);
    expect(statedPermissions({ Resources })).toEqual(["a:A on *", "c:C on *"]);
  });
});
