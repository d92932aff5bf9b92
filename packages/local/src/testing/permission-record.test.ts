import { describe, expect, it } from "vitest";
import { type PolicyStatement, Roles } from "../cloudformation/roles.ts";
import { recordPermissions } from "./permission-record.ts";
import { UnsupportedPolicyError } from "./role-permissions.ts";

const roleArn = "arn:aws:iam::000000000000:role/worker";
const photos = "arn:aws:s3:::photos/*";
const photo = "arn:aws:s3:::photos/2026/cat.jpg";
const queue = "arn:aws:sqs:us-east-1:000000000000:failures";
const worker = "arn:aws:lambda:us-east-1:000000000000:function:worker";

const allowing = (actions: string[], resources: string[], more: Partial<PolicyStatement> = {}): PolicyStatement => ({
  ...{ sid: undefined, effect: "Allow", notActions: [], notResources: [], condition: undefined, principal: undefined },
  actions,
  resources,
  ...more,
});

/** A role with these statements; Lambda itself sends to a queue with it. */
function recordOf(
  statements: readonly PolicyStatement[],
  { isEnforced = true, managedPolicyArns = [] as string[], ownCalls = [] as [string, string][] } = {},
) {
  const roles = new Roles();
  roles.add({ name: "worker", arn: roleArn, trust: [], managedPolicyArns }, new Map([["policy", statements]]));
  const lambda = {
    ownCalls: () => ownCalls.map(([action, resourceArn]) => ({ functionName: "worker", roleArn, action, resourceArn })),
  };
  const record = recordPermissions(() => ({ roles, lambda }) as never, { isEnforced });
  const call = (action: string, resourceArn: string, accessKeyId = "key") =>
    record.authorize({ accessKeyId, roleArn }, action, resourceArn);
  return { ...record, call, ofRole: () => record.review()[0] };
}

describe("of a statement is kept what was made of it:", () => {
  it("the calls that it allowed, and the actions and resources that none of them needed", () => {
    const record = recordOf([
      allowing(["s3:GetObject", "s3:Delete*", "s3:PutObject"], [photos, "arn:aws:s3:::other/*"]),
    ]);
    record.call("s3:GetObject", photo);
    record.call("S3:getobject", photo);
    record.call("s3:DeleteObject", photo);
    expect(record.ofRole()?.statements).toMatchObject([
      {
        ...{ calls: 3, isForLambda: false, isCovered: false },
        ...{ spareActions: ["s3:PutObject"], spareResources: ["arn:aws:s3:::other/*"] },
      },
    ]);
  });

  it("nothing, if there was no such call", () => {
    const record = recordOf([allowing(["s3:GetObject"], [photos])]);
    expect(record.ofRole()?.statements).toMatchObject([
      { calls: 0, isCovered: false, spareActions: ["s3:GetObject"], spareResources: [photos] },
    ]);
  });

  it("that others allow all of it, too", () => {
    const record = recordOf([
      allowing(["s3:GetObject"], [photos]),
      allowing(["s3:*"], ["*"]),
      allowing(["sqs:SendMessage"], [queue]),
    ]);
    record.call("s3:GetObject", photo);
    record.call("s3:PutObject", photo);
    const covered = record.ofRole()?.statements.map(({ isCovered }) => isCovered);
    expect(covered).toEqual([true, false, false]);
  });

  it("a function and its versions and aliases count as one, as CDK grants both", () => {
    const record = recordOf([allowing(["lambda:InvokeFunction"], [worker, `${worker}:*`])]);
    expect(record.ofRole()?.statements[0]?.spareResources).toEqual([worker, `${worker}:*`]);
    record.call("lambda:InvokeFunction", worker);
    expect(record.ofRole()?.statements[0]?.spareResources).toEqual([]);
  });

  it("by the policies of the moment: a statement that is gone is not told of", () => {
    const record = recordOf([allowing(["s3:GetObject"], [photos])]);
    expect(record.ofRole()?.role.statements).toHaveLength(1);
    expect(recordOf([allowing(["s3:*"], ["*"], { effect: "Deny" })]).ofRole()?.statements).toEqual([]);
  });
});

describe("calls that no statement allows", () => {
  it("are refused and kept, with their number", () => {
    const record = recordOf([allowing(["s3:GetObject"], [photos])]);
    expect(record.call("s3:GetObject", photo)).toBe(true);
    expect([1, 2].map(() => record.call("s3:PutObject", photo))).toEqual([false, false]);
    expect(record.call("sqs:ReceiveMessage", queue, "lambda.amazonaws.com")).toBe(false);
    expect(record.ofRole()?.refused).toEqual([
      { action: "s3:PutObject", resourceArn: photo, count: 2, isByLambda: false, isDenied: false },
      { action: "sqs:ReceiveMessage", resourceArn: queue, count: 1, isByLambda: true, isDenied: false },
    ]);
  });

  it("are only kept if nothing is enforced", () => {
    const record = recordOf([], { isEnforced: false });
    expect(record.call("s3:PutObject", photo)).toBe(true);
    expect(record.ofRole()?.refused).toMatchObject([{ action: "s3:PutObject", count: 1 }]);
  });

  it("and those that are denied are among them", () => {
    const record = recordOf([allowing(["*"], ["*"]), allowing(["s3:*"], ["*"], { effect: "Deny" })]);
    expect(record.call("s3:GetObject", photo)).toBe(false);
    expect(record.ofRole()?.refused).toMatchObject([{ action: "s3:GetObject", isDenied: true }]);
  });

  it("callers from outside may do anything, and are not kept", () => {
    const record = recordOf([]);
    expect(record.authorize({ accessKeyId: "key" }, "s3:GetObject", photo)).toBe(true);
    expect(record.ofRole()?.refused).toEqual([]);
  });

  it("of very many, a thousand are kept", () => {
    const record = recordOf([]);
    for (let key = 0; key < 1_001; key++) record.call("s3:GetObject", `${photo}-${key}`);
    expect(record.ofRole()?.refused).toHaveLength(1_000);
  });
});

describe("what is not decided", () => {
  const condition = { StringEquals: { "aws:SourceAccount": "000000000000" } };
  const conditional = allowing(["s3:GetObject"], [photos], { condition });

  it("is an error where it is enforced, and kept with the reason where it is not", () => {
    expect(() => recordOf([conditional]).call("s3:GetObject", photo)).toThrow(UnsupportedPolicyError);
    const record = recordOf([conditional], { isEnforced: false });
    expect(record.call("s3:GetObject", photo)).toBe(true);
    expect(record.ofRole()).toMatchObject({
      refused: [],
      undecided: [{ action: "s3:GetObject", resourceArn: photo, count: 1, why: "has a Condition" }],
    });
  });
});

describe("what Lambda itself does with the role", () => {
  const ownCalls: [string, string][] = [
    ["sqs:SendMessage", queue],
    ["logs:PutLogEvents", "arn:aws:logs:us-east-1:000000000000:log-group:worker:log-stream:*"],
  ];

  it("counts as a use, however often it is asked, though it need not have happened", () => {
    const record = recordOf([allowing(["sqs:SendMessage"], [queue]), allowing(["logs:*"], ["*"])], { ownCalls });
    record.review();
    expect(record.ofRole()).toMatchObject({
      statements: [
        { calls: 0, isForLambda: true, isCovered: false, spareActions: [], spareResources: [] },
        { calls: 0, isForLambda: true, spareActions: [], spareResources: [] },
      ],
      refused: [],
    });
  });

  it("is missing where no statement allows it", () => {
    const record = recordOf([], { ownCalls });
    expect(record.ofRole()?.refused).toMatchObject([
      { action: "sqs:SendMessage", count: 0, isByLambda: true },
      { action: "logs:PutLogEvents", count: 0, isByLambda: true },
    ]);
  });

  it("logs are not, with a policy of AWS's own for them", () => {
    const managedPolicyArns = ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"];
    const record = recordOf([], { ownCalls, managedPolicyArns });
    expect(record.ofRole()?.refused.map(({ action }) => action)).toEqual(["sqs:SendMessage"]);
  });
});
