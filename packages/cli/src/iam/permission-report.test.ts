import type { RolePermissions, StatementUse } from "@longhaul/local/testing";
import { describe, expect, it } from "vitest";
import { paintFor } from "../terminal.ts";
import { isInOrder, permissionReport } from "./permission-report.ts";
import { permissionText } from "./permission-text.ts";

const runs = "arn:aws:dynamodb:us-east-1:000000000000:table/runs";
const worker = "arn:aws:lambda:us-east-1:000000000000:function:worker";
const role = {
  name: "role",
  arn: "arn:aws:iam::000000000000:role/role",
  trust: [],
  statements: [],
  managedPolicyArns: [],
};
const stacks = [
  {
    ...{ name: "Stack", outputs: {}, physicalIds: {} },
    resources: [
      { logicalId: "RunsTable1A2B3C4D", type: "AWS::DynamoDB::Table", arn: runs },
      { logicalId: "WorkerFunction1A2B3C4D", type: "AWS::Lambda::Function", arn: worker },
      { logicalId: "WorkerRole1A2B3C4D", type: "AWS::IAM::Role", arn: role.arn },
    ],
  },
];

function use(actions: readonly string[], more: Partial<StatementUse> = {}): StatementUse {
  const statement = {
    ...{ sid: undefined, effect: "Allow" as const, actions, resources: [runs] },
    ...{ notActions: [], notResources: [], condition: undefined, principal: undefined },
  };
  return {
    ...{ statement, calls: 1, isForLambda: false, isCovered: false, spareActions: [], spareResources: [] },
    ...more,
  };
}
const unused = (...actions: string[]) => use(actions, { calls: 0, spareActions: actions, spareResources: [runs] });

function reportOf(permissions: Partial<RolePermissions>, { rare = [] as string[], wasInvoked = true } = {}) {
  const roles = [{ role, statements: [], refused: [], undecided: [], ...permissions }];
  return permissionReport({ roles, stacks, roleOf: () => role.arn, wasInvoked: () => wasInvoked, rare });
}
const textOf = (...of: Parameters<typeof reportOf>) => permissionText(reportOf(...of), paintFor(false)).join("\n");
const refused = [{ action: "dynamodb:GetItem", resourceArn: runs, count: 2, isByLambda: false, isDenied: false }];
const GET = "dynamodb:GetItem";
const PUT = "dynamodb:PutItem";

describe("a statement is spare", () => {
  it.each([
    ["if none of it was used", unused(GET), { kind: "unused", actions: [GET], resources: ["RunsTable"] }],
    ["if others allow all that was used", use([GET], { isCovered: true }), { kind: "covered" }],
    [
      "in part, if an action was not used",
      use([GET, PUT], { spareActions: [PUT] }),
      { kind: "partly", actions: [PUT] },
    ],
    [
      "in part, if a resource was not used",
      use([GET], { spareResources: [runs] }),
      { kind: "partly", resources: ["RunsTable"] },
    ],
  ] as const)("%s", (_, statement, spare) => {
    const report = reportOf({ statements: [statement] });
    expect(report[0]?.statements[0]?.spare).toMatchObject(spare);
    expect([isInOrder(report, false), isInOrder(report, true)]).toEqual([true, false]);
  });

  it.each([
    ["if all was used", use([GET])],
    ["if Lambda itself needs it", use(["sqs:SendMessage"], { calls: 0, isForLambda: true })],
  ])("not %s", (_, statement) => {
    const report = reportOf({ statements: [statement] });
    expect(report[0]?.statements[0]?.spare).toBeUndefined();
    expect(isInOrder(report, true)).toBe(true);
  });

  it.each([
    ["all of it", unused(GET), [GET]],
    ["by a pattern, in any case", unused(GET, PUT), ["DynamoDB:*"]],
    ["a part of it, with its resources", use([GET, PUT], { spareActions: [PUT], spareResources: [runs] }), [PUT]],
  ])("not if it is said to be rare: %s", (_, statement, rare) => {
    expect(reportOf({ statements: [statement] }, { rare })[0]?.statements[0]?.spare).toBeUndefined();
  });

  it("still if another action of it is rare", () => {
    const [report] = reportOf({ statements: [unused(GET, PUT)] }, { rare: [PUT] });
    expect(report?.statements[0]?.spare).toMatchObject({ kind: "unused", actions: [GET] });
  });
});

describe("a report is in order", () => {
  it("not if a permission is missing", () => {
    expect(isInOrder(reportOf({ refused }), false)).toBe(false);
  });

  it("unless it is strict, also if no function ran with the role, or something is not decided", () => {
    const idle = reportOf({ statements: [use([GET])] }, { wasInvoked: false });
    const undecided = reportOf({ undecided: refused.map((call) => ({ ...call, why: "has a Condition" })) });
    for (const report of [idle, undecided]) {
      expect([isInOrder(report, false), isInOrder(report, true)]).toEqual([true, false]);
    }
  });

  it("of a role without permissions and calls there is none", () => {
    expect(reportOf({})).toEqual([]);
  });
});

describe("for people", () => {
  it("each role has its calls, what is missing with the statement to add, and what is spare", () => {
    const statements = [
      use([PUT, "dynamodb:Query"], { calls: 1_234, spareActions: ["dynamodb:Query"] }),
      unused("s3:*"),
    ];
    expect(textOf({ statements, refused })).toBe(
      `
WorkerFunction, by WorkerRole
        1,234  dynamodb:PutItem, dynamodb:Query on RunsTable
                 spare of it: dynamodb:Query
        spare  s3:* on RunsTable
      missing  dynamodb:GetItem on RunsTable
                 2 calls
                 add  {"Effect":"Allow","Action":["dynamodb:GetItem"],"Resource":{"Fn::GetAtt":["RunsTable1A2B3C4D","Arn"]}}
                 CDK  runsTable.grant(workerFunction, "dynamodb:GetItem");

1 statement missing
2 statements wholly or partly spare in this run
Calls that Lambda itself makes with a role, for logs, destinations and queues, are no function's own.`,
    );
  });

  it("of a role whose functions did not run, nothing is said to be spare", () => {
    const text = textOf({ statements: [unused(GET)] }, { wasInvoked: false });
    expect(text).toContain("WorkerFunction, by WorkerRole  did not run");
    expect(text).toMatch(/^ +\? {2}dynamodb:GetItem on RunsTable$/m);
    expect(text).toContain("of 1 role nothing is known");
    expect(text).not.toContain("spare");
  });

  it("what is needed by Lambda, denied, not decided or not seen is told as such", () => {
    const text = textOf({
      role: { ...role, managedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] },
      statements: [use([PUT], { calls: 0, isForLambda: true }), use([GET], { isCovered: true })],
      refused: refused.map((call) => ({ ...call, isDenied: true })),
      undecided: refused.map((call) => ({ ...call, why: "has a Condition" })),
    });
    expect(text).toMatch(/^ +for Lambda {2}dynamodb:PutItem/m);
    expect(text).toContain("spare: other statements allow all of it, too");
    expect(text).toContain("a statement of the stack denies it");
    expect(text).toContain("not decided  dynamodb:GetItem on RunsTable: its statement has a Condition");
    expect(text).toContain("not seen  arn:aws:iam::aws:policy/ReadOnlyAccess");
  });
});
