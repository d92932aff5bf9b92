import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { longhaul, writePlainApp } from "./plain-app.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "longhaul-iam-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const table = (...below: string[]) => ({ "Fn::Join": ["", [{ "Fn::GetAtt": ["Table", "Arn"] }, ...below]] });

/** The permissions of the function: for its logs, to write an item, and to find it. */
const STATEMENTS = [
  {
    Effect: "Allow",
    Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
    Resource: { "Fn::Sub": `arn:aws:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:/aws/lambda/plain:*` },
  },
  { Effect: "Allow", Action: ["dynamodb:PutItem"], Resource: table() },
  { Effect: "Allow", Action: ["dynamodb:GetItem", "dynamodb:DeleteItem"], Resource: table() },
];

let apps = 0;
/** Runs `longhaul iam` on an app whose function writes an item and finds it, with these permissions. */
async function iam(statements: readonly object[], ...args: string[]) {
  return iamOf(HANDLER, statements, ...args);
}

const HANDLER = `
    const { DynamoDBClient, GetItemCommand, PutItemCommand } = require("@aws-sdk/client-dynamodb");
    const client = new DynamoDBClient({});
    const TableName = process.env.TABLE;
    await client.send(new PutItemCommand({ TableName, Item: { id: { S: "a" } } }));
    const { Item } = await client.send(new GetItemCommand({ TableName, Key: { id: { S: "a" } } }));
    console.log("found " + Item.id.S);`;

async function iamOf(handler: string, statements: readonly object[], ...args: string[]) {
  const app = await writePlainApp(join(directory, `app-${++apps}`), {
    handler,
    functionName: "plain",
    variables: { TABLE: { Ref: "Table" } },
    resources: {
      Table: {
        Type: "AWS::DynamoDB::Table",
        Properties: {
          BillingMode: "PAY_PER_REQUEST",
          AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
          KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        },
      },
      Policy: {
        Type: "AWS::IAM::Policy",
        Properties: { PolicyName: "policy", Roles: [{ Ref: "Role" }], PolicyDocument: { Statement: statements } },
      },
    },
  });
  return longhaul(app, ["iam", ...args]);
}

describe("longhaul iam", () => {
  it("shows the calls of each statement, and goes well though something is spare", async () => {
    const { code, stdout } = await iam(STATEMENTS);
    expect(stdout).toContain("found a");
    expect(stdout).toMatch(/^ +1 {2}dynamodb:PutItem on Table$/m);
    expect(stdout).toMatch(/^ +spare of it: dynamodb:DeleteItem$/m);
    expect(stdout).toContain("nothing is missing");
    expect(stdout).not.toContain("\x1b");
    expect(code).toBe(0);
  });

  it("fails with --strict for what is spare, unless it is said to be rare", async () => {
    expect(await iam(STATEMENTS, "--strict")).toMatchObject({ code: 1 });
    expect(await iam(STATEMENTS, "--strict", "--rare", "dynamodb:DeleteItem")).toMatchObject({ code: 0 });
  });

  it("fails, and tells programs all statements to add, where some are not in the template", async () => {
    const { code, stdout } = await iam([], "--json");
    const { isOk, run, roles } = JSON.parse(stdout);
    expect({ code, isOk, run }).toEqual({ code: 1, isOk: false, run: { status: "done" } });
    expect(roles.map(({ role, functions }: Record<string, unknown>) => ({ role, functions }))).toEqual([
      { role: "Role", functions: ["Function"] },
    ]);
    const Table = { "Fn::GetAtt": ["Table", "Arn"] };
    expect(roles[0].missing).toMatchObject([
      { statement: { Action: ["dynamodb:GetItem", "dynamodb:PutItem"], Resource: Table }, calls: 2, isByLambda: false },
      { actions: ["logs:CreateLogStream", "logs:PutLogEvents"], calls: 0, isByLambda: true },
    ]);
  });

  it("fails if the run does, whatever its permissions", async () => {
    const { code, stdout } = await iamOf('throw new Error("broken");', STATEMENTS);
    expect(stdout).toContain("nothing is missing");
    expect(stdout).toMatch(/^The run failed: .*broken/m);
    expect(code).toBe(1);
  });
});
