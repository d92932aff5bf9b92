import {
  DeleteFunctionConcurrencyCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  GetFunctionRecursionConfigCommand,
  GetPolicyCommand,
  InvokeCommand,
  type InvokeCommandInput,
  ListFunctionsCommand,
  ListLayersCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  PutFunctionRecursionConfigCommand,
} from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AccessDenied } from "../src/gateway/service.ts";
import { ACCOUNT, json, openTestbed, REGION, ROLE, type Testbed } from "./lambda-testbed.ts";

const ECHO =
  "export const handler = async (event, context) => ({ event, arn: context.invokedFunctionArn, version: context.functionVersion });";
const ARN = `arn:aws:lambda:${REGION}:${ACCOUNT}:function`;

let bed: Testbed;
beforeAll(async () => {
  bed = await openTestbed();
  await bed.deploy(ECHO, { name: "echo", description: "says it again", environment: { A: "b" } });
  expect(bed.lambda.publishVersion("echo")).toBe("1");
  bed.lambda.createAlias("echo", "live", "1");
});
afterAll(() => bed.close());

const invoke = (input: Partial<InvokeCommandInput>) =>
  bed.client.send(new InvokeCommand({ FunctionName: "echo", ...input }));

describe("Invoke", () => {
  it("returns the handler's result, the executed version and the function's request id", async () => {
    const answer = await invoke({ Payload: '{"n":21}' });
    expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: "$LATEST" });
    expect(answer.FunctionError).toBeUndefined();
    expect(json(answer.Payload)).toEqual({ event: { n: 21 }, arn: `${ARN}:echo`, version: "$LATEST" });
  });

  it("hands an empty object over when there is no payload", async () => {
    expect(json((await invoke({})).Payload)).toMatchObject({ event: {} });
  });

  it.each([
    ["its name", { FunctionName: "echo" }, "echo", "$LATEST"],
    ["a partial ARN", { FunctionName: `${ACCOUNT}:function:echo` }, "echo", "$LATEST"],
    ["its ARN", { FunctionName: `${ARN}:echo` }, "echo", "$LATEST"],
    ["name and alias", { FunctionName: "echo:live" }, "echo:live", "1"],
    ["an ARN with version", { FunctionName: `${ARN}:echo:1` }, "echo:1", "1"],
    ["a qualifier", { FunctionName: "echo", Qualifier: "live" }, "echo:live", "1"],
    ["$LATEST", { FunctionName: "echo", Qualifier: "$LATEST" }, "echo:$LATEST", "$LATEST"],
  ])("finds the function by %s, and authorises it as it was named", async (_, input, qualified, version) => {
    const answer = await invoke(input);
    expect(answer.ExecutedVersion).toBe(version);
    expect(json(answer.Payload)).toMatchObject({ arn: `${ARN}:${qualified}`, version });
    expect(bed.authorized.at(-1)).toBe(`lambda:InvokeFunction ${ARN}:${qualified}`);
  });

  it("DryRun authorises, and runs nothing", async () => {
    const runs = bed.record("invoke.start");
    expect((await invoke({ InvocationType: "DryRun" })).StatusCode).toBe(204);
    expect(runs).toEqual([]);
  });

  it("LogType Tail returns the end of the log", async () => {
    const name = await bed.deploy(
      "export const handler = async () => { console.log('x'.repeat(5000) + ' almost there'); };",
    );
    const answer = await invoke({ FunctionName: name, LogType: "Tail" });
    const tail = Buffer.from(answer.LogResult ?? "", "base64").toString("utf8");
    expect(Buffer.byteLength(tail)).toBe(4096);
    expect(tail).toMatch(/x almost there\nEND RequestId: [0-9a-f-]{36}\nREPORT RequestId: .*\n$/);
  });

  it("tells a failure by FunctionError", async () => {
    const name = await bed.deploy("export const handler = async () => { throw new Error('broken'); };");
    const answer = await invoke({ FunctionName: name });
    expect(answer).toMatchObject({ StatusCode: 200, FunctionError: "Unhandled" });
    expect(json(answer.Payload)).toMatchObject({ errorType: "Error", errorMessage: "broken" });
  });

  it("passes 6 MB through, both ways", async () => {
    const payload = JSON.stringify("é".repeat(3_000_000));
    const answer = await invoke({ Payload: payload });
    expect((json(answer.Payload) as { event: string }).event.length).toBe(3_000_000);
  });
});

describe("Invoke refuses", () => {
  const large = (bytes: number) => `"${"x".repeat(bytes - 2)}"`;
  it.each([
    ["an unknown function", { FunctionName: "nobody" }, "ResourceNotFoundException", 404],
    ["an unknown alias", { Qualifier: "staging" }, "ResourceNotFoundException", 404],
    ["a name that is none", { FunctionName: "no/body" }, "InvalidParameterValueException", 400],
    ["two qualifiers", { FunctionName: "echo:1", Qualifier: "live" }, "InvalidParameterValueException", 400],
    ["what is not JSON", { Payload: "{n:1}" }, "InvalidRequestContentException", 400],
    ["more than 6 MB", { Payload: large(6_291_457) }, "RequestTooLargeException", 413],
    [
      "more than 1 MB to the queue",
      { InvocationType: "Event", Payload: large(1_048_577) },
      "RequestTooLargeException",
      413,
    ],
    ["an unknown invocation type", { InvocationType: "Later" as "Event" }, "InvalidParameterValueException", 400],
  ] as const)("%s", async (_, input, name, status) => {
    await expect(invoke(input)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: status } });
  });

  it("takes exactly 1 MB into the queue", async () => {
    expect((await invoke({ InvocationType: "Event", Payload: large(1_048_576) })).StatusCode).toBe(202);
    await bed.lambda.idle();
  });
});

describe("concurrency", () => {
  const WAIT =
    "export const handler = async (event) => { await new Promise((done) => setTimeout(done, event.waitMs ?? 0)); return process.pid; };";

  it("one sandbox runs one invocation, and the one used last is used next", async () => {
    const name = await bed.deploy(WAIT);
    const pid = async (waitMs: number) =>
      json((await invoke({ FunctionName: name, Payload: JSON.stringify({ waitMs }) })).Payload);
    const both = () => Promise.all([pid(150), pid(600)]);
    // Once to start both: a cold start takes as long as it takes, and would decide which ends last.
    await both();
    await bed.lambda.idle();
    const [quick, slow] = await both();
    await bed.lambda.idle();
    expect(quick).not.toBe(slow);
    expect(await pid(0)).toBe(slow);
    await bed.lambda.idle();
    expect(await pid(0)).toBe(slow);
  });

  it("reserved concurrency is the most there is, and 0 is none", async () => {
    const name = await bed.deploy(WAIT, { reservedConcurrency: 1 });
    const throttled = {
      name: "TooManyRequestsException",
      Reason: "ReservedFunctionConcurrentInvocationLimitExceeded",
      $metadata: { httpStatusCode: 429 },
    };
    const [begun, instances] = [bed.record("invoke.start"), bed.record("sandbox.start")];
    const slow = invoke({ FunctionName: name, Payload: '{"waitMs":60000}' });
    while (begun.length === 0) await new Promise((done) => setTimeout(done, 1));
    await expect(invoke({ FunctionName: name })).rejects.toMatchObject(throttled);
    process.kill(instances[0]?.pid ?? 0, "SIGKILL");
    expect((await slow).FunctionError).toBe("Unhandled");
    expect((await invoke({ FunctionName: name })).StatusCode).toBe(200);

    await bed.client.send(new PutFunctionConcurrencyCommand({ FunctionName: name, ReservedConcurrentExecutions: 0 }));
    await expect(invoke({ FunctionName: name })).rejects.toMatchObject(throttled);
    expect(await bed.client.send(new GetFunctionConcurrencyCommand({ FunctionName: name }))).toMatchObject({
      ReservedConcurrentExecutions: 0,
    });
    await bed.client.send(new DeleteFunctionConcurrencyCommand({ FunctionName: name }));
    expect((await invoke({ FunctionName: name })).StatusCode).toBe(200);
  });

  it("when this machine has no room for more processes, an invocation waits", async () => {
    const small = await openTestbed({ maxSandboxes: 2 });
    const name = await small.deploy(WAIT);
    const other = await small.deploy(WAIT);
    const pids = await Promise.all(
      [name, name, name, other, other].map(
        async (functionName) => (await small.lambda.invoke({ functionName, payload: '{"waitMs":50}' })).payload,
      ),
    );
    expect(new Set(pids).size).toBeLessThanOrEqual(4);
    await small.close();
  });

  it("the account's limit throttles all functions together", async () => {
    const small = await openTestbed({ maxConcurrency: 1 });
    const slow = await small.deploy(WAIT);
    const other = await small.deploy(WAIT);
    const running = small.lambda.invoke({ functionName: slow, payload: '{"waitMs":200}' });
    await expect(small.lambda.invoke({ functionName: other })).rejects.toMatchObject({
      code: "TooManyRequestsException",
      reason: "ConcurrentInvocationLimitExceeded",
    });
    await running;
    await small.close();
  });
});

describe("the other operations", () => {
  it("describe functions", async () => {
    const configuration = {
      FunctionName: "echo",
      FunctionArn: `${ARN}:echo`,
      Runtime: "nodejs24.x",
      Role: ROLE,
      Handler: "index.handler",
      Timeout: 3,
      MemorySize: 128,
      Description: "says it again",
      Environment: { Variables: { A: "b" } },
      State: "Active",
      Version: "$LATEST",
    };
    expect((await bed.client.send(new GetFunctionCommand({ FunctionName: "echo" }))).Configuration).toMatchObject(
      configuration,
    );
    expect(await bed.client.send(new GetFunctionConfigurationCommand({ FunctionName: "echo" }))).toMatchObject(
      configuration,
    );
    const page = await bed.client.send(new ListFunctionsCommand({ MaxItems: 1 }));
    expect(page.Functions).toMatchObject([configuration]);
    const rest = await bed.client.send(new ListFunctionsCommand({ Marker: page.NextMarker }));
    expect(rest.Functions?.map((one) => one.FunctionName)).not.toContain("echo");
  });

  it("keep event-invoke settings, for the function and for an alias", async () => {
    const FunctionName = "echo";
    await expect(bed.client.send(new GetFunctionEventInvokeConfigCommand({ FunctionName }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
    const settings = {
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
      DestinationConfig: { OnFailure: { Destination: "arn:aws:sqs:eu-central-1:123456789012:q" }, OnSuccess: {} },
    };
    await bed.client.send(new PutFunctionEventInvokeConfigCommand({ FunctionName, Qualifier: "live", ...settings }));
    expect(
      await bed.client.send(new GetFunctionEventInvokeConfigCommand({ FunctionName, Qualifier: "live" })),
    ).toMatchObject({ ...settings, FunctionArn: `${ARN}:echo:live` });
    await expect(
      bed.client.send(new PutFunctionEventInvokeConfigCommand({ FunctionName, MaximumRetryAttempts: 3 })),
    ).rejects.toMatchObject({ name: "InvalidParameterValueException" });
  });

  it("keep the recursion setting", async () => {
    const FunctionName = await bed.deploy(ECHO);
    const get = () => bed.client.send(new GetFunctionRecursionConfigCommand({ FunctionName }));
    expect(await get()).toMatchObject({ RecursiveLoop: "Terminate" });
    await bed.client.send(new PutFunctionRecursionConfigCommand({ FunctionName, RecursiveLoop: "Allow" }));
    expect(await get()).toMatchObject({ RecursiveLoop: "Allow" });
    await expect(
      bed.client.send(new PutFunctionRecursionConfigCommand({ FunctionName, RecursiveLoop: "Maybe" as "Allow" })),
    ).rejects.toMatchObject({ name: "InvalidParameterValueException" });
  });

  it("tell the resource policy", async () => {
    const FunctionName = await bed.deploy(ECHO);
    await expect(bed.client.send(new GetPolicyCommand({ FunctionName }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
    bed.lambda.addPermission(FunctionName, {
      statementId: "s3",
      principal: "s3.amazonaws.com",
      sourceArn: "arn:aws:s3:::in",
    });
    const { Policy } = await bed.client.send(new GetPolicyCommand({ FunctionName }));
    expect(JSON.parse(Policy ?? "")).toMatchObject({ Statement: [{ Sid: "s3", Effect: "Allow" }] });
  });

  it("are named where they are not supported", async () => {
    await expect(bed.client.send(new ListLayersCommand({}))).rejects.toMatchObject({
      name: "UnknownOperationException",
      message: expect.stringContaining("GET /2018-10-31/layers"),
    });
  });

  it("are denied by the gateway before they take effect", async () => {
    const runs = bed.record("invoke.start");
    const strict = await openTestbed({}, (action, resource) => {
      throw new AccessDenied(action, resource, ROLE);
    });
    await strict.deploy(ECHO, { name: "echo" });
    await expect(strict.client.send(new InvokeCommand({ FunctionName: "echo" }))).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: `${ROLE} is not authorized to perform lambda:InvokeFunction on ${ARN}:echo`,
      $metadata: { httpStatusCode: 403 },
    });
    expect(runs).toEqual([]);
    await strict.close();
  });
});
