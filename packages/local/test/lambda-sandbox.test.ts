import { spawnSync } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestbed, ROLE, type Testbed } from "./lambda-testbed.ts";

let bed: Testbed;
beforeAll(async () => {
  process.env.LONGHAUL_LEAK_PROBE = "leaked";
  bed = await openTestbed({ initTimeoutMs: 30_000 });
});
afterAll(async () => {
  delete process.env.LONGHAUL_LEAK_PROBE;
  await bed.close();
});

/** A zombie is over: it only waits for its new parent to notice. */
const isAlive = (pid: number) => {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return /^[^Z\s]/.test(stdout.trim());
};

async function invoke(functionName: string, event: unknown = {}) {
  // One that has answered takes a moment to be ready again, on a busy machine a long one; meanwhile another would be begun.
  await bed.lambda.idle();
  const answer = await bed.lambda.invoke({ functionName, payload: JSON.stringify(event) });
  return { ...answer, result: JSON.parse(answer.payload ?? "null") };
}

describe("the time limit", () => {
  it.each([
    ["waits", "export const handler = () => new Promise((done) => setTimeout(done, 60_000));"],
    ["never yields", "export const handler = async () => { for (;;); };"],
  ])("kills a handler that %s", async (_, source) => {
    const functionName = await bed.deploy(source, { timeoutSeconds: 0.3 });
    const started = bed.record("sandbox.start");
    const answer = await invoke(functionName);
    expect(answer.functionError).toBe("Unhandled");
    expect(answer.result).toEqual({
      errorType: "Sandbox.Timedout",
      errorMessage: `RequestId: ${answer.requestId} Error: Task timed out after 0.30 seconds`,
    });
    expect(started.map(({ pid }) => isAlive(pid))).toEqual([false]);
  });

  it("kills what the handler has started, too", async () => {
    const functionName = await bed.deploy(
      `import { spawn } from "node:child_process";
       export const handler = async () => {
         console.log("pid " + spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" }).pid);
         await new Promise(() => { setInterval(() => {}, 1000); });
       };`,
      { timeoutSeconds: 0.3 },
    );
    const logs = bed.record("log");
    await invoke(functionName);
    const pid = Number(logs.map(({ message }) => /^pid (\d+)$/.exec(message)?.[1]).find(Boolean));
    while (isAlive(pid)) await sleep(5);
  });

  it("starts anew after a kill", async () => {
    const functionName = await bed.deploy(
      "let count = 0; export const handler = async (event) => { count += 1; if (event.hang) for (;;); return count; };",
      // Room enough for a quick answer on a machine that is busy.
      { timeoutSeconds: 3 },
    );
    expect((await invoke(functionName)).result).toBe(1);
    expect((await invoke(functionName)).result).toBe(2);
    expect((await invoke(functionName, { hang: true })).functionError).toBe("Unhandled");
    expect((await invoke(functionName)).result).toBe(1);
  });

  it("counts from the hand-over, not from the start of the process", async () => {
    const functionName = await bed.deploy(
      `await new Promise((done) => setTimeout(done, 3_100));
       export const handler = async (event, context) => context.getRemainingTimeInMillis();`,
      { timeoutSeconds: 3 },
    );
    const answer = await invoke(functionName);
    expect(answer.functionError).toBeUndefined();
    expect(answer.result).toBeGreaterThan(0);
    expect(answer.result).toBeLessThanOrEqual(3_000);
  });
});

describe("between invocations", () => {
  it("the process is frozen: its timers stand still, and its module state stays", async () => {
    const functionName = await bed.deploy(
      "let ticks = 0; setInterval(() => { ticks += 1; }, 10); export const handler = async () => ({ ticks, pid: process.pid });",
    );
    const first = await invoke(functionName);
    await bed.lambda.idle();
    await sleep(1_000);
    const begunMs = performance.now();
    const second = await invoke(functionName);
    const tookMs = performance.now() - begunMs;
    expect(second.result.pid).toBe(first.result.pid);
    // Unfrozen it would be about 100 more; what ticks is the time around the invocations, which a busy machine stretches.
    expect(second.result.ticks - first.result.ticks).toBeLessThan(50 + tookMs / 10);
  });

  it("/tmp stays with its sandbox, and is not shared with another", async () => {
    const functionName = await bed.deploy(
      `import { appendFile, readFile } from "node:fs/promises";
       import { tmpdir } from "node:os";
       export const handler = async (event) => {
         await appendFile(tmpdir() + "/notes", "x");
         await new Promise((done) => setTimeout(done, event.waitMs));
         return readFile(tmpdir() + "/notes", "utf8");
       };`,
    );
    expect((await invoke(functionName, { waitMs: 0 })).result).toBe("x");
    expect((await invoke(functionName, { waitMs: 0 })).result).toBe("xx");
    const both = await Promise.all([invoke(functionName, { waitMs: 300 }), invoke(functionName, { waitMs: 300 })]);
    expect(both.map(({ result }) => result).sort()).toEqual(["x", "xxx"]);
  });

  it("a sandbox given up is replaced by a new one, and leaves no directory behind", async () => {
    const functionName = await bed.deploy("let n = 0; export const handler = async () => { n += 1; return n; };");
    expect((await invoke(functionName)).result).toBe(1);
    expect((await invoke(functionName)).result).toBe(2);
    const recycled = bed.record("sandbox.recycle");
    await bed.lambda.recycle(functionName);
    expect(recycled).toMatchObject([{ functionName, reason: "recycled on request" }]);
    expect(await readdir(join(bed.directory, "lambda/sandboxes"))).not.toContain(recycled[0]?.sandboxId);
    expect((await invoke(functionName)).result).toBe(1);
  });
});

describe("what ends an invocation", () => {
  it("an error is returned with its type, and the sandbox stays", async () => {
    const functionName = await bed.deploy(
      "let n = 0; export const handler = async (event) => { n += 1; if (event.fail) throw new RangeError('too far'); return n; };",
    );
    const failed = await invoke(functionName, { fail: true });
    expect(failed).toMatchObject({
      statusCode: 200,
      functionError: "Unhandled",
      result: {
        errorType: "RangeError",
        errorMessage: "too far",
        trace: expect.arrayContaining(["RangeError: too far"]),
      },
    });
    expect((await invoke(functionName)).result).toBe(2);
  });

  it.each([
    ["process.exit(3)", "Runtime exited with error: exit status 3"],
    ["process.exit(0)", "Runtime exited without providing a reason"],
    ["process.kill(process.pid, 'SIGKILL')", "Runtime exited with error: signal: killed"],
    ["setTimeout(() => { throw new Error('late'); }, 5)", "Runtime exited with error: exit status 1"],
    ["Promise.reject(new Error('unhandled'))", "Runtime exited with error: exit status 1"],
  ])("%s is a Runtime.ExitError, and the next invocation is cold", async (statement, message) => {
    const functionName = await bed.deploy(
      `let n = 0; export const handler = async (event) => {
         n += 1;
         if (event.crash) { ${statement}; await new Promise((done) => setTimeout(done, 2000)); }
         return n;
       };`,
    );
    expect((await invoke(functionName)).result).toBe(1);
    const crashed = await invoke(functionName, { crash: true });
    expect(crashed.functionError).toBe("Unhandled");
    expect(crashed.result).toEqual({
      errorType: "Runtime.ExitError",
      errorMessage: `RequestId: ${crashed.requestId} Error: ${message}`,
    });
    expect((await invoke(functionName)).result).toBe(1);
  });

  it("a heap over its limit aborts the process", async () => {
    const functionName = await bed.deploy(
      "const kept = []; export const handler = async () => { for (;;) kept.push(new Array(1e5).fill({})); };",
      { timeoutSeconds: 20 },
    );
    const answer = await invoke(functionName);
    expect(answer.result.errorType).toBe("Runtime.ExitError");
    expect(answer.result.errorMessage).toMatch(/signal: (aborted|killed)$/);
  });

  it.runIf(process.platform === "linux")("memory outside the heap counts too", async () => {
    const functionName = await bed.deploy(
      `const kept = [];
       export const handler = async () => {
         for (let i = 0; i < 40; i += 1) { kept.push(Buffer.alloc(16e6, 1)); await new Promise((done) => setTimeout(done, 20)); }
       };`,
      { timeoutSeconds: 20 },
    );
    const ends = bed.record("invoke.end");
    const answer = await invoke(functionName);
    expect(answer.result.errorMessage).toMatch(/signal: killed$/);
    expect(ends[0]?.maxMemoryMb).toBeGreaterThan(128);
  });

  it("a result over 6 MB is an error, and the sandbox stays", async () => {
    const functionName = await bed.deploy(
      "let n = 0; export const handler = async (event) => { n += 1; return event.big ? 'x'.repeat(7e6) : n; };",
    );
    expect((await invoke(functionName, { big: true })).result).toEqual({
      errorType: "Function.ResponseSizeTooLarge",
      errorMessage: "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
    });
    expect((await invoke(functionName)).result).toBe(2);
  });
});

describe("nodejs24.x", () => {
  it("has an error for a result that is not JSON, and the sandbox stays", async () => {
    const functionName = await bed.deploy("let n = 0; export const handler = async () => (n++ ? 'next' : 1n);");
    const expected = { errorType: "Runtime.JSONStringifyError", errorMessage: "Unable to stringify response body" };
    expect((await invoke(functionName)).result).toMatchObject(expected);
    expect((await invoke(functionName)).result).toBe("next");
  });

  it("has no context.succeed, fail and done any more", async () => {
    const functionName = await bed.deploy(
      "export const handler = async (event, { succeed, fail, done }) => [typeof succeed, typeof fail, typeof done];",
    );
    expect((await invoke(functionName)).result).toEqual(["undefined", "undefined", "undefined"]);
  });
});

describe("initialisation", () => {
  it.each([
    ["throws", { "index.mjs": "throw new TypeError('not today');" }, "TypeError"],
    ["has no such export", { "index.mjs": "export const other = async () => 1;" }, "Runtime.HandlerNotFound"],
    ["is missing", { "other.mjs": "" }, "Runtime.ImportModuleError"],
    ["is no JavaScript", { "index.mjs": "export const handler = async (" }, "Runtime.UserCodeSyntaxError"],
    [
      "is callback-style",
      { "index.mjs": "export const handler = (event, context, callback) => callback(null, 1);" },
      "Runtime.CallbackHandlerDeprecated",
    ],
    ["ends the process", { "index.mjs": "process.exit(7);" }, "Runtime.ExitError"],
  ])("a module that %s fails the invocation", async (_, files, errorType) => {
    const functionName = await bed.deploy("", { files });
    const answer = await invoke(functionName);
    expect(answer).toMatchObject({ functionError: "Unhandled", result: { errorType } });
  });

  it("one that does not end in the time for it is ended, and fails the invocation", async () => {
    const impatient = await openTestbed({ initTimeoutMs: 500 });
    const functionName = await impatient.deploy("await new Promise((done) => setTimeout(done, 60_000));");
    const { functionError, payload = "" } = await impatient.lambda.invoke({ functionName });
    expect(functionError).toBe("Unhandled");
    expect(JSON.parse(payload)).toMatchObject({ errorType: "Sandbox.Timedout" });
    await impatient.close();
  });

  it.each([
    ["ES module, .mjs", "index.handler", { "index.mjs": "export const handler = async () => 'here';" }],
    ["CommonJS, .js", "index.handler", { "index.js": "exports.handler = async () => 'here';" }],
    ["CommonJS, .cjs", "index.handler", { "index.cjs": "exports.handler = async () => 'here';" }],
    [
      "ES module, .js",
      "index.handler",
      { "index.js": "export const handler = async () => 'here';", "package.json": '{"type":"module"}' },
    ],
    ["in a directory", "src/jobs/walk.run", { "src/jobs/walk.mjs": "export const run = async () => 'here';" }],
    ["nested export", "index.api.v1", { "index.mjs": "export const api = { v1: async () => 'here' };" }],
    ["in the default export", "index.handler", { "index.mjs": "export default { handler: async () => 'here' };" }],
    ["not async", "index.handler", { "index.mjs": "export const handler = () => 'here';" }],
  ])("loads a handler: %s", async (_, handler, files) => {
    const functionName = await bed.deploy("", { handler, files });
    expect((await invoke(functionName)).result).toBe("here");
  });

  it("is timed and billed with the first invocation only", async () => {
    const functionName = await bed.deploy("export const handler = async () => 1;");
    const starts = bed.record("invoke.start");
    const ends = bed.record("invoke.end");
    await invoke(functionName);
    await invoke(functionName);
    expect(starts.map(({ cold }) => cold)).toEqual([true, false]);
    expect(ends[0]?.initMs).toBeGreaterThan(5);
    expect(ends[0]?.billedMs).toBeGreaterThanOrEqual(Math.floor(ends[0]?.initMs ?? 0));
    expect(ends[1]).toMatchObject({ initMs: undefined, status: "ok", error: undefined });
  });
});

describe("what a handler sees", () => {
  it("the context of its invocation", async () => {
    const functionName = await bed.deploy(
      `export const handler = async (event, context) => ({
         ...context, remainingMs: context.getRemainingTimeInMillis(), trace: process.env._X_AMZN_TRACE_ID,
       });`,
      { memoryMb: 256, timeoutSeconds: 9 },
    );
    const answer = await bed.lambda.invoke({ functionName, clientContext: '{"custom":{"a":1}}' });
    const context = JSON.parse(answer.payload ?? "");
    expect(context).toMatchObject({
      functionName,
      functionVersion: "$LATEST",
      invokedFunctionArn: `arn:aws:lambda:eu-central-1:123456789012:function:${functionName}`,
      memoryLimitInMB: "256",
      awsRequestId: answer.requestId,
      logGroupName: `/aws/lambda/${functionName}`,
      logStreamName: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
      clientContext: { custom: { a: 1 } },
      trace: expect.stringMatching(
        /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0;Lineage=[0-9a-f]{8}:0$/,
      ),
    });
    expect(context.remainingMs).toBeGreaterThan(8000);
    expect(context.remainingMs).toBeLessThanOrEqual(9000);
  });

  it("an environment made for it, and nothing of the machine's", async () => {
    const functionName = await bed.deploy(
      "import { homedir, tmpdir } from 'node:os'; export const handler = async () => ({ env: process.env, home: homedir(), tmp: tmpdir() });",
      { environment: { TABLE: "runs" }, memoryMb: 128 },
    );
    const { env, home, tmp } = (await invoke(functionName)).result;
    expect(env).toMatchObject({
      TABLE: "runs",
      AWS_REGION: "eu-central-1",
      AWS_DEFAULT_REGION: "eu-central-1",
      AWS_ENDPOINT_URL: bed.endpoint,
      AWS_ACCESS_KEY_ID: "ASIAROLE",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_SESSION_TOKEN: "token",
      AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
      AWS_LAMBDA_FUNCTION_NAME: functionName,
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "128",
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
      AWS_LAMBDA_RUNTIME_API: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      TZ: ":UTC",
    });
    // Neither what the machine has, nor what the runtime client alone may know.
    expect(Object.keys(env).filter((name) => name.startsWith("LONGHAUL"))).toEqual([]);
    expect(env).not.toHaveProperty("VITEST");
    const { kind } = await bed.lambda.isolation();
    if (kind === "namespace") expect([home, tmp]).toEqual(["/home/sbx_user1051", "/tmp"]);
    else expect([home, tmp].every((path) => path.startsWith(bed.directory))).toBe(true);
  });

  it("credentials of its own role", async () => {
    const asked: string[] = [];
    const other = await openTestbed({
      credentialsFor(roleArn) {
        asked.push(roleArn);
        return { accessKeyId: "A", secretAccessKey: "B", sessionToken: "C" };
      },
    });
    const functionName = await other.deploy("export const handler = async () => process.env.AWS_ACCESS_KEY_ID;");
    expect((await other.lambda.invoke({ functionName })).payload).toBe('"A"');
    expect(asked).toEqual([ROLE]);
    await other.close();
  });
});

describe("logs", () => {
  it("carry the request id, and START, END and REPORT around each invocation", async () => {
    const functionName = await bed.deploy(
      `console.log("loading");
       export const handler = async (event) => {
         console.log("one", { n: 1 }); console.error("two\\nlines"); process.stdout.write("raw\\n");
       };`,
    );
    const logs = bed.record("log");
    const first = await invoke(functionName);
    const second = await invoke(functionName);
    const of = (requestId: string) => logs.filter((log) => log.requestId === requestId).map(({ message }) => message);
    expect(logs[0]).toMatchObject({ requestId: undefined, message: "loading" });
    for (const { requestId } of [first, second]) {
      expect(of(requestId)).toEqual([
        `START RequestId: ${requestId} Version: $LATEST`,
        "one { n: 1 }",
        "two\nlines",
        "raw",
        `END RequestId: ${requestId}`,
        expect.stringMatching(
          new RegExp(
            `^REPORT RequestId: ${requestId}\tDuration: [\\d.]+ ms\tBilled Duration: \\d+ ms\tMemory Size: 128 MB`,
          ),
        ),
      ]);
    }
    expect(logs.find(({ message }) => message.startsWith("one"))?.line).toMatch(
      new RegExp(`^\\d{4}-[^\t]+Z\t${first.requestId}\tINFO\tone`),
    );
  });
});
