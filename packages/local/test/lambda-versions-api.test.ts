import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionUrlConfigCommand,
  DeleteAliasCommand,
  GetAliasCommand,
  GetPolicyCommand,
  InvokeCommand,
  ListAliasesCommand,
  PublishVersionCommand,
  PutProvisionedConcurrencyConfigCommand,
  RemovePermissionCommand,
  UpdateAliasCommand,
} from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ACCOUNT, openTestbed, REGION, type Testbed } from "./lambda-testbed.ts";

const ARN = `arn:aws:lambda:${REGION}:${ACCOUNT}:function`;

let bed: Testbed;
beforeAll(async () => {
  bed = await openTestbed();
  await bed.deploy("export const handler = async (_, context) => context.functionVersion;", {
    name: "walk",
    description: "the function's own",
  });
});
afterAll(() => bed.close());
const FunctionName = "walk";
const notFound = { name: "ResourceNotFoundException", $metadata: { httpStatusCode: 404 } };

describe("versions and aliases over the API", () => {
  it("a version is published with a description, and an alias moves from one to the next", async () => {
    const first = await bed.client.send(new PublishVersionCommand({ FunctionName, Description: "first" }));
    expect(first).toMatchObject({ Version: "1", Description: "first", FunctionArn: `${ARN}:walk:1` });
    const second = await bed.client.send(new PublishVersionCommand({ FunctionName }));
    expect(second).toMatchObject({ Version: "2", Description: "the function's own" });

    const Name = "live";
    const made = await bed.client.send(new CreateAliasCommand({ FunctionName, Name, FunctionVersion: "1" }));
    expect(made).toMatchObject({ AliasArn: `${ARN}:walk:live`, Name, FunctionVersion: "1", Description: "" });
    const moved = await bed.client.send(new UpdateAliasCommand({ FunctionName, Name, FunctionVersion: "2" }));
    expect(moved).toMatchObject({ Name, FunctionVersion: "2", Description: "" });
    expect(moved.RevisionId).not.toBe(made.RevisionId);
    expect(await bed.client.send(new GetAliasCommand({ FunctionName, Name }))).toMatchObject({
      FunctionVersion: "2",
      RevisionId: moved.RevisionId,
    });
    const { ExecutedVersion } = await bed.client.send(new InvokeCommand({ FunctionName, Qualifier: Name }));
    expect(ExecutedVersion).toBe("2");
  });

  it("aliases are listed by page and by version, and deleted", async () => {
    for (const Name of ["a", "b"]) {
      await bed.client.send(new CreateAliasCommand({ FunctionName, Name, FunctionVersion: "$LATEST" }));
    }
    const page = await bed.client.send(new ListAliasesCommand({ FunctionName, MaxItems: 1 }));
    expect(page.Aliases?.map(({ Name }) => Name)).toEqual(["a"]);
    const rest = await bed.client.send(new ListAliasesCommand({ FunctionName, Marker: page.NextMarker }));
    expect(rest.Aliases?.map(({ Name }) => Name)).toEqual(["b", "live"]);
    await bed.client.send(new DeleteAliasCommand({ FunctionName, Name: "a" }));
    const left = await bed.client.send(new ListAliasesCommand({ FunctionName, FunctionVersion: "$LATEST" }));
    expect(left.Aliases?.map(({ Name }) => Name)).toEqual(["b"]);
  });

  it("what is missing or there already is refused", async () => {
    const alias = { FunctionName, Name: "live", FunctionVersion: "1" };
    await expect(bed.client.send(new CreateAliasCommand(alias))).rejects.toMatchObject({
      name: "ResourceConflictException",
      message: `Alias already exists: ${ARN}:walk:live`,
    });
    await expect(
      bed.client.send(new CreateAliasCommand({ ...alias, Name: "x", FunctionVersion: "9" })),
    ).rejects.toMatchObject(notFound);
    await expect(bed.client.send(new GetAliasCommand({ FunctionName, Name: "none" }))).rejects.toMatchObject(notFound);
    await expect(bed.client.send(new PublishVersionCommand({ FunctionName: "none" }))).rejects.toMatchObject(notFound);
    const weighted = { ...alias, RoutingConfig: { AdditionalVersionWeights: { "2": 0.5 } } };
    await expect(bed.client.send(new UpdateAliasCommand(weighted))).rejects.toThrow("RoutingConfig");
  });
});

describe("permissions over the API", () => {
  const permission = {
    FunctionName,
    StatementId: "s3",
    Action: "lambda:InvokeFunction",
    Principal: "s3.amazonaws.com",
  };
  const caller = { servicePrincipal: "s3.amazonaws.com", sourceArn: "arn:aws:s3:::in", sourceAccount: ACCOUNT };

  it("a statement lets a service in until it is removed", async () => {
    expect(bed.lambda.permits(FunctionName, caller)).toBe(false);
    const { Statement } = await bed.client.send(
      new AddPermissionCommand({ ...permission, SourceArn: "arn:aws:s3:::in" }),
    );
    const statement = {
      Sid: "s3",
      Effect: "Allow",
      Principal: { Service: "s3.amazonaws.com" },
      Action: "lambda:InvokeFunction",
      Resource: `${ARN}:walk`,
      Condition: { ArnLike: { "AWS:SourceArn": "arn:aws:s3:::in" } },
    };
    expect(JSON.parse(Statement ?? "")).toEqual(statement);
    const { Policy } = await bed.client.send(new GetPolicyCommand({ FunctionName }));
    expect(JSON.parse(Policy ?? "").Statement).toEqual([statement]);
    expect(bed.lambda.permits(FunctionName, caller)).toBe(true);
    await expect(bed.client.send(new AddPermissionCommand(permission))).rejects.toMatchObject({
      name: "ResourceConflictException",
    });
    await expect(
      bed.client.send(new RemovePermissionCommand({ FunctionName, StatementId: "other" })),
    ).rejects.toMatchObject(notFound);
    await bed.client.send(new RemovePermissionCommand({ FunctionName, StatementId: "s3" }));
    expect(bed.lambda.permits(FunctionName, caller)).toBe(false);
    await expect(
      bed.client.send(new RemovePermissionCommand({ FunctionName, StatementId: "s3" })),
    ).rejects.toMatchObject(notFound);
  });
});

describe("operations that are not served are refused by name", () => {
  it.each([
    ["CreateFunctionUrlConfig", new CreateFunctionUrlConfigCommand({ FunctionName, AuthType: "NONE" })],
    [
      "PutProvisionedConcurrencyConfig",
      new PutProvisionedConcurrencyConfigCommand({ FunctionName, Qualifier: "1", ProvisionedConcurrentExecutions: 1 }),
    ],
  ])("%s", async (name, command) => {
    await expect(bed.client.send(command as CreateFunctionUrlConfigCommand)).rejects.toMatchObject({
      name: "UnknownOperationException",
      message: expect.stringContaining(`does not support ${name} (`),
    });
  });
});
