import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { InvokeCommand } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { FunctionConfig } from "../../src/lambda/function-config.ts";
import { json, openTestbed, type Testbed } from "../lambda-testbed.ts";

/** A Python with boto3, as `npm run test:peers` brings it. The embedded Lambda takes Python from the PATH. */
const { LONGHAUL_PYTHON: python } = process.env;
if (python !== undefined) vi.stubEnv("PATH", `${dirname(python)}:${process.env.PATH}`);
vi.setConfig({ testTimeout: 60_000 });

let bed: Testbed;
const warnings: string[] = [];
beforeAll(async () => {
  bed = await openTestbed({ timeScale: 0.001, onWarning: (message) => warnings.push(message) });
});
afterAll(() => bed.close());

/** Deploys a handler of the file `app.py`. */
const deploy = (source: string, config: Partial<FunctionConfig> = {}) =>
  bed.deploy("", {
    files: { "app.py": source },
    handler: "app.handler",
    runtime: "python3.13",
    memoryMb: 256,
    ...config,
  });

async function invoke(functionName: string, event: unknown = {}) {
  const { FunctionError, Payload } = await bed.client.send(
    new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(event) }),
  );
  return { error: FunctionError, answer: json(Payload) as Record<string, unknown> };
}

describe("a Python function runs as on AWS", () => {
  it("has its event, its context and its environment", async () => {
    const name = await deploy(
      `
import os
def handler(event, context):
    return {"event": event, "name": context.function_name, "arn": context.invoked_function_arn,
            "left": context.get_remaining_time_in_millis(), "memory": context.memory_limit_in_mb,
            "root": os.environ["LAMBDA_TASK_ROOT"], "own": os.environ["OWN"], "token": "LONGHAUL_RUNTIME_TOKEN" in os.environ}
`,
      { environment: { OWN: "mine" }, timeoutSeconds: 7 },
    );
    const { answer } = await invoke(name, { text: "ü", list: [1, null] });
    expect(answer).toMatchObject({
      event: { text: "ü", list: [1, null] },
      name,
      memory: "256",
      own: "mine",
      token: false,
    });
    expect(answer.arn).toMatch(new RegExp(`:function:${name}$`));
    expect(answer.left).toBeGreaterThan(5_000);
    expect(answer.left).toBeLessThanOrEqual(7_000);
  });

  it("stays warm between invocations, and is frozen meanwhile", async () => {
    const started = bed.record("sandbox.start");
    const name = await deploy(
      "calls = 0\ndef handler(event, context):\n    global calls\n    calls += 1\n    return {'calls': calls}",
    );
    await invoke(name);
    const pid = started.find(({ functionName }) => functionName === name)?.pid;
    const state = () => execFileSync("ps", ["-o", "state=", "-p", String(pid)], { encoding: "utf8" }).trim();
    await expect.poll(state).toBe("T");
    expect((await invoke(name)).answer).toEqual({ calls: 2 });
  });

  it("is killed at its time limit, also in an endless loop, and what it printed is kept", async () => {
    const name = await deploy("def handler(event, context):\n    print('begun')\n    while True: pass", {
      timeoutSeconds: 1,
    });
    const logs = bed.record("log");
    const { error, answer } = await invoke(name);
    expect({ error, answer }).toEqual({
      error: "Unhandled",
      answer: expect.objectContaining({ errorType: "Sandbox.Timedout" }),
    });
    expect(logs.some(({ functionName, message }) => functionName === name && message === "begun")).toBe(true);
  });

  it("is tried twice again after an error, with the same request id", async () => {
    const name = await deploy(
      "def handler(event, context):\n    print(context.aws_request_id)\n    raise KeyError('x')",
    );
    const ends = bed.record("invoke.end");
    await bed.client.send(new InvokeCommand({ FunctionName: name, InvocationType: "Event", Payload: "{}" }));
    await bed.lambda.idle();
    const tries = ends.filter(({ functionName }) => functionName === name);
    expect(tries.map(({ error }) => error)).toEqual(Array(3).fill("KeyError: 'x'"));
    expect(new Set(tries.map(({ requestId }) => requestId)).size).toBe(1);
  });

  it("passes its lineage on by boto3, so a loop ends after 16 invocations", async () => {
    const name = await deploy(`
import json, boto3
client = boto3.client("lambda")
def handler(event, context):
    client.invoke(FunctionName=context.function_name, InvocationType="Event", Payload=json.dumps({"n": event["n"] + 1}))
`);
    const ends = bed.record("invoke.end");
    const dropped = bed.record("dropped");
    await bed.client.send(new InvokeCommand({ FunctionName: name, InvocationType: "Event", Payload: '{"n":0}' }));
    await bed.lambda.idle();
    expect(ends.filter(({ functionName }) => functionName === name)).toHaveLength(16);
    expect(dropped).toMatchObject([{ functionName: name, reason: "loop" }]);
  });

  it.each([
    ["an error of its own", "def handler(event, context):\n    raise ValueError('bad')", "ValueError", "bad"],
    [
      "a module that is missing",
      "import nowhere_at_all",
      "Runtime.ImportModuleError",
      "No module named 'nowhere_at_all'",
    ],
    ["a handler that is missing", "", "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'app'"],
    ["a syntax error", "def handler(", "Runtime.UserCodeSyntaxError", "app"],
    [
      "an answer that is no JSON",
      "def handler(event, context):\n    return {1, 2}",
      "Runtime.MarshalError",
      "Object of type set is not JSON serializable",
    ],
  ])("%s is told as AWS tells it", async (_, source, errorType, message) => {
    const { error, answer } = await invoke(await deploy(source));
    expect({ error, answer }).toEqual({
      error: "Unhandled",
      answer: expect.objectContaining({ errorType, errorMessage: expect.stringContaining(message) }),
    });
  });

  it("that exits ends its process, and the next invocation is cold", async () => {
    const name = await deploy("import sys\ndef handler(event, context):\n    sys.exit(event.get('code', 1))");
    expect((await invoke(name)).answer).toMatchObject({ errorType: "Runtime.ExitError" });
    expect((await invoke(name)).answer).toMatchObject({ errorType: "Runtime.ExitError" });
  });

  it("logs what it prints, to both streams in order, and what logging tells with the request's id", async () => {
    const name = await deploy(`
import logging, sys
def handler(event, context):
    for at in range(2000):
        print("line", at, file=sys.stderr if at % 2 else sys.stdout)
    logging.warning("careful")
`);
    const logs = bed.record("log");
    await invoke(name);
    const printed = logs.filter(({ functionName, isPrinted }) => functionName === name && isPrinted);
    expect(printed.slice(0, 2000).map(({ message }) => message)).toEqual(
      Array.from({ length: 2000 }, (_, at) => `line ${at}`),
    );
    expect(printed.at(-1)?.line).toMatch(/^\[WARNING\]\t\S+Z\t[0-9a-f-]{36}\tcareful$/);
  });

  it("finds the modules of its layers behind its own", async () => {
    const layer = join(bed.directory, "layer");
    await mkdir(join(layer, "python"), { recursive: true });
    await writeFile(join(layer, "python", "shared.py"), "NAME = 'of the layer'");
    await writeFile(join(layer, "python", "both.py"), "NAME = 'of the layer'");
    const arn = bed.lambda.layers.publish("shared", layer);
    const name = await bed.deploy("", {
      files: {
        "app.py": "import both, shared\ndef handler(event, context):\n    return [both.NAME, shared.NAME]",
        "both.py": "NAME = 'its own'",
      },
      handler: "app.handler",
      runtime: "python3.13",
      layers: [arn],
    });
    expect((await invoke(name)).answer).toEqual(["its own", "of the layer"]);
  });
});

it("a runtime of another version than the Python on the PATH is told", async () => {
  await deploy("", { runtime: "python3.9" });
  await deploy("", { runtime: "python3.14" });
  // At most one of them is the version that is there.
  expect(warnings.join("\n")).toMatch(/is for python3\.(?:9|14), and runs on Python 3\.\d+, which is on the PATH/);
});
