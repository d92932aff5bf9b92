import { describe, expect, it } from "vitest";
import { missingStatements } from "./missing-statement.ts";
import { resourceNames } from "./resource-names.ts";

const place = "us-east-1:000000000000";
const arns = {
  Photos1A2B3C4D: ["AWS::S3::Bucket", "arn:aws:s3:::photos"],
  Runs: ["AWS::DynamoDB::Table", `arn:aws:dynamodb:${place}:table/runs`],
  Jobs: ["AWS::SQS::Queue", `arn:aws:sqs:${place}:jobs`],
  News: ["AWS::SNS::Topic", `arn:aws:sns:${place}:news`],
  Worker: ["AWS::Lambda::Function", `arn:aws:lambda:${place}:function:worker`],
  Mailer: ["AWS::Lambda::Function", `arn:aws:lambda:${place}:function:mailer`],
  Logs: ["AWS::Logs::LogGroup", `arn:aws:logs:${place}:log-group:worker:*`],
} as const;
const names = resourceNames(Object.entries(arns).map(([logicalId, [type, arn]]) => ({ logicalId, type, arn })));

const refused = (action: string, resourceArn: string, more = {}) => ({
  ...{ action, resourceArn, count: 1, isByLambda: false, isDenied: false },
  ...more,
});
const missing = (...calls: [string, string][]) =>
  missingStatements(
    calls.map(([action, arn]) => refused(action, arn)),
    "Worker",
    names,
  ).map(({ statement: { Action, Resource }, cdk }) => [Action, Resource, cdk]);

describe("the statement to add for a call that was refused", () => {
  it.each([
    [
      "a table",
      ["dynamodb:GetItem", arns.Runs[1]],
      { "Fn::GetAtt": ["Runs", "Arn"] },
      'runs.grant(worker, "dynamodb:GetItem");',
    ],
    [
      "an index, which CDK grants with its table alone",
      ["dynamodb:Query", `${arns.Runs[1]}/index/live`],
      { "Fn::Sub": `\${Runs.Arn}/index/live` },
      undefined,
    ],
    [
      "a queue",
      ["sqs:SendMessage", arns.Jobs[1]],
      { "Fn::GetAtt": ["Jobs", "Arn"] },
      'jobs.grant(worker, "sqs:SendMessage");',
    ],
    ["a topic", ["sns:Publish", arns.News[1]], { Ref: "News" }, "news.grantPublish(worker);"],
    [
      "a function",
      ["lambda:InvokeFunction", arns.Mailer[1]],
      { "Fn::GetAtt": ["Mailer", "Arn"] },
      "mailer.grantInvoke(worker);",
    ],
    [
      "an alias, as any of them",
      ["lambda:InvokeFunction", `${arns.Mailer[1]}:live`],
      { "Fn::Sub": `\${Mailer.Arn}:*` },
      "mailer.grantInvoke(worker);",
    ],
    [
      "the function itself, where CDK would make a circle",
      ["lambda:InvokeFunction", arns.Worker[1]],
      { "Fn::GetAtt": ["Worker", "Arn"] },
      undefined,
    ],
    [
      "a bucket",
      ["s3:ListBucket", arns.Photos1A2B3C4D[1]],
      { "Fn::GetAtt": ["Photos1A2B3C4D", "Arn"] },
      'worker.addToRolePolicy(new PolicyStatement({ actions: ["s3:ListBucket"], resources: [photos.bucketArn] }));',
    ],
    [
      "an object, as its folder",
      ["s3:GetObject", `${arns.Photos1A2B3C4D[1]}/in/2026/cat.jpg`],
      { "Fn::Sub": `\${Photos1A2B3C4D.Arn}/in/2026/*` },
      'worker.addToRolePolicy(new PolicyStatement({ actions: ["s3:GetObject"], resources: [photos.arnForObjects("in/2026/*")] }));',
    ],
    [
      "an object in no folder",
      ["s3:GetObject", `${arns.Photos1A2B3C4D[1]}/cat.jpg`],
      { "Fn::Sub": `\${Photos1A2B3C4D.Arn}/*` },
      expect.anything(),
    ],
    [
      "a stream of logs, as its group",
      ["logs:PutLogEvents", `arn:aws:logs:${place}:log-group:worker:log-stream:*`],
      { "Fn::GetAtt": ["Logs", "Arn"] },
      "logs.grantWrite(worker);",
    ],
    ["something of no stack, as it is", ["s3:GetObject", "arn:aws:s3:::other/a"], "arn:aws:s3:::other/*", undefined],
  ] as [string, [string, string], unknown, unknown][])("names %s", (_, call, resource, cdk) => {
    expect(missing(call)).toEqual([[[call[0]], resource, cdk]]);
  });

  it("says a folder with the sign of a variable so that CloudFormation leaves it alone", () => {
    expect(missing(["s3:GetObject", `${arns.Photos1A2B3C4D[1]}/\${a}/b`])).toMatchObject([
      [["s3:GetObject"], { "Fn::Sub": `\${Photos1A2B3C4D.Arn}/\${!a}/*` }, expect.anything()],
    ]);
  });

  it("is one for several objects of a bucket: the folder that they have in common", () => {
    const keys = ["in/2026/cat.jpg", "in/2025/dog.jpg", "in/2026/a/b"];
    const calls = keys.map((key): [string, string] => ["s3:GetObject", `${arns.Photos1A2B3C4D[1]}/${key}`]);
    expect(missing(...calls).map(([, resource]) => resource)).toEqual([{ "Fn::Sub": `\${Photos1A2B3C4D.Arn}/in/*` }]);
    const everywhere = missing(...calls, ["s3:GetObject", `${arns.Photos1A2B3C4D[1]}/out/a`]);
    expect(everywhere.map(([, resource]) => resource)).toEqual([{ "Fn::Sub": `\${Photos1A2B3C4D.Arn}/*` }]);
  });

  it("is one for several actions on a resource", () => {
    expect(missing(["dynamodb:UpdateItem", arns.Runs[1]], ["dynamodb:GetItem", arns.Runs[1]])).toEqual([
      [
        ["dynamodb:GetItem", "dynamodb:UpdateItem"],
        { "Fn::GetAtt": ["Runs", "Arn"] },
        'runs.grant(worker, "dynamodb:GetItem", "dynamodb:UpdateItem");',
      ],
    ]);
  });

  it("names no line of CDK where the role has no function, or several", () => {
    const [statement] = missingStatements([refused("sqs:SendMessage", arns.Jobs[1])], undefined, names);
    expect(statement?.cdk).toBeUndefined();
  });

  it("keeps apart what Lambda itself needs, and what is denied, for which no statement helps", () => {
    const call = ["sqs:SendMessage", arns.Jobs[1]] as const;
    const calls = [
      refused(...call),
      refused(...call, { isByLambda: true, count: 0 }),
      refused(...call, { isDenied: true }),
    ];
    expect(missingStatements(calls, "Worker", names)).toMatchObject([
      { calls: 1, isByLambda: false, isDenied: false, cdk: expect.anything() },
      { calls: 0, isByLambda: true, isDenied: false, cdk: expect.anything() },
      { calls: 1, isByLambda: false, isDenied: true, cdk: undefined },
    ]);
  });
});
