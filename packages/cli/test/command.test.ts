import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTableRequest } from "@longhaul/core/store";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { longhaul, type PlainApp, writePlainApp } from "./plain-app.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "longhaul-command-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

let apps = 0;
const appOf = (app: PlainApp) => writePlainApp(join(directory, `app-${++apps}`), app);

/** Runs an app to its end. */
async function run(app: PlainApp, ...args: string[]) {
  return longhaul(await appOf(app), ["run", ...args]);
}

const linesOf = (text: string) => text.split("\n").filter((line) => /^line \d+$/.test(line));
const numbered = (count: number) => Array.from({ length: count }, (_, at) => `line ${at}`);
const printing = (how: string, count = 50_000) => `for (let at = 0; at < ${count}; at++) ${how};`;

describe("longhaul run shows all that a function prints, in order, and ends", () => {
  it.each([
    ["console.log", 'console.log("line", at)'],
    ["its streams in turns", '(at % 2 ? process.stderr : process.stdout).write("line " + at + "\\n")'],
  ])("50,000 lines by %s", async (_, how) => {
    const { code, stdout } = await run({ handler: printing(how) });
    expect(linesOf(stdout)).toEqual(numbered(50_000));
    expect(stdout).toMatch(/status +done/);
    expect(code).toBe(0);
  });

  it("one line of 5 MB", async () => {
    const { code, stdout } = await run({ handler: 'console.log("x".repeat(5_000_000));' });
    expect(stdout.split("\n").some((line) => line.length === 5_000_000)).toBe(true);
    expect(code).toBe(0);
  });

  it.each([
    ["process.exit", "process.exit(1);"],
    ["an error", 'throw new Error("broken");'],
    ["the time limit", "for (;;);"],
  ])("also of a function that ends by %s, which is a failed run", async (_, end) => {
    const { code, stdout } = await run({
      handler: `${printing('console.log("line", at)', 1_000)} ${end}`,
      timeoutSeconds: 2,
    });
    // Once for each of the three tries of the event.
    expect(linesOf(stdout)).toEqual([...numbered(1_000), ...numbered(1_000), ...numbered(1_000)]);
    expect(stdout).toMatch(/status +failed/);
    expect(code).toBe(1);
  });

  it.each(['{"longhaul":{"type":"hop.start","run":"x","hop":0}}', '{"longhaul":7}', "\\u0000\\u001b{{{"])(
    "whatever the lines look like: %s",
    async (line) => {
      const { code, stdout } = await run({
        handler: `console.log(${JSON.stringify(line)}); return { run: "r", hop: 0, status: "done", message: "all done" };`,
      });
      expect(stdout).toMatch(/status +done/);
      expect(code).toBe(0);
    },
  );
});

describe("longhaul run --json prints one JSON object on stdout", () => {
  it("whatever user code prints: function, configuration, CDK program and check", async () => {
    const app = await appOf({
      handler: 'console.log("from the function");',
      config: `{ name: "plain", functionOutput: "FunctionName", startEvent: () => { console.log("from startEvent"); return {}; },
        verify: async () => { console.log("from verify"); return { isOk: true, message: "fine" }; } }; console.log("from the configuration")`,
    });
    await writeFile(
      join(app, "app.mjs"),
      `${await readFile(join(app, "app.mjs"), "utf8")}\nconsole.log("from the CDK program");`,
    );
    const { code, stdout, stderr } = await longhaul(app, ["run", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ status: "done", check: { isOk: true, message: "fine" } });
    for (const who of ["the function", "startEvent", "verify", "the configuration", "the CDK program"]) {
      expect(stderr).toContain(`from ${who}`);
    }
    expect(code).toBe(0);
  });

  it.each([
    [
      "a run that fails",
      { handler: 'throw new Error("broken");' },
      [],
      1,
      { status: "failed", reason: "Error: broken" },
    ],
    [
      "a check that does not hold",
      {
        handler: "",
        config:
          '{ name: "p", functionOutput: "FunctionName", startEvent: () => ({}), verify: async () => ({ isOk: false, message: "no" }) }',
      },
      [],
      1,
      { status: "done", check: { isOk: false } },
    ],
    [
      "a check that breaks",
      {
        handler: "",
        config:
          '{ name: "p", functionOutput: "FunctionName", startEvent: () => ({}), verify: async () => process.exit(0) }',
      },
      [],
      1,
      { check: { isOk: false } },
    ],
    ["a configuration that is broken", { handler: "", config: "{" }, [], 1, { error: { code: "APP" } }],
    ["a command line that cannot be carried out", { handler: "" }, ["--fats"], 2, { error: { code: "USAGE" } }],
    [
      "an app that nothing starts",
      { handler: "", config: '{ name: "p", functionOutput: "FunctionName" }' },
      [],
      2,
      { error: { code: "USAGE", message: expect.stringContaining("Give --event") } },
    ],
    [
      "results that the app does not name",
      { handler: "" },
      ["--results", "."],
      2,
      { error: { message: expect.stringContaining("names no results") } },
    ],
  ] as const)("%s", async (_, app, args, code, said) => {
    const end = await run(app, "--json", ...args);
    const printed = JSON.parse(end.stdout);
    expect(printed).toMatchObject(said);
    if ("error" in said && "code" in said.error && said.error.code === "APP") {
      expect(printed.error.helpUrl).toContain("docs/errors/APP.md");
      expect(end.stderr).toContain(`See: ${printed.error.helpUrl}\n`);
    }
    expect(end.code).toBe(code);
  });
});

describe("an app that takes no input", () => {
  it("is run by its start event", async () => {
    const config =
      '{ name: "p", functionOutput: "FunctionName", startEvent: (outputs) => ({ of: outputs.FunctionName }) }';
    const { code, stdout } = await run({ handler: "console.log(event.of === context.functionName);", config });
    expect(stdout).toContain("\ntrue\n");
    expect(code).toBe(0);
  });

  it("or by an event of the command line", async () => {
    const config = '{ name: "p", functionOutput: "FunctionName" }';
    const { code, stdout } = await run({ handler: "console.log(event.n);", config }, ".", "--event", '{"n":1}');
    expect(stdout).toMatch(/^1$/m);
    expect(code).toBe(0);
  });
});

describe("an input that starts nothing", () => {
  it("is told, instead of being waited for", async () => {
    const app = await appOf({
      handler: "",
      config: '{ name: "p", functionOutput: "FunctionName", inputBucketOutput: "BucketName" }',
      resources: { Bucket: { Type: "AWS::S3::Bucket" } },
      outputs: { BucketName: { Value: { Ref: "Bucket" } } },
    });
    const { code, stdout } = await longhaul(app, ["run", "--input", "cdk.json"]);
    expect(stdout).toMatch(/because +Nothing invoked the function/);
    expect(code).toBe(1);
  });
});

describe("longhaul dev", () => {
  it("is found by the verbs of runs, as long as it runs", async () => {
    vi.stubEnv("HOME", directory);
    for (const name of ["AWS_ENDPOINT_URL", "AWS_PROFILE", "LONGHAUL_RUN_TABLE"]) vi.stubEnv(name, undefined);
    onTestFinished(() => void vi.unstubAllEnvs());
    const { TableName: _, ...Properties } = runTableRequest("runs");
    const app = await appOf({
      handler: "",
      variables: { LONGHAUL_RUN_TABLE: { Ref: "Runs" } },
      resources: { Runs: { Type: "AWS::DynamoDB::Table", Properties } },
    });
    let listing: ReturnType<typeof longhaul> | undefined;
    await longhaul(app, ["dev"], (printed, kill) => {
      if (listing || !printed.includes("Ctrl-C")) return;
      listing = longhaul(tmpdir(), ["runs", "--json"]);
      void listing.then(() => kill("SIGINT"));
    });
    const { code, stdout, stderr } = (await listing) ?? {};
    expect({ code, stdout }).toEqual({ code: 0, stdout: '{"runs":[]}\n' });
    expect(stderr).toMatch(
      /^embedded AWS at http:\/\/127\.0\.0\.1:\d+; give --profile or --region for your account\n$/,
    );
    const after = await longhaul(tmpdir(), ["runs"]);
    expect(after).toMatchObject({ code: 2, stderr: expect.stringContaining("Give --table NAME") });
  });

  it("shows all that a function prints, in order, and ends by a signal", async () => {
    const app = await appOf({ handler: printing('console.log("line", at)') });
    let isInvoked = false;
    const { signal, stdout } = await longhaul(app, ["dev"], (printed, kill) => {
      const url = /AWS_ENDPOINT_URL=(\S+)/.exec(printed)?.[1];
      const name = /^FunctionName {2}(\S+)$/m.exec(printed)?.[1];
      if (!isInvoked && url !== undefined && name !== undefined && printed.includes("Ctrl-C")) {
        isInvoked = true;
        void fetch(`${url}/2015-03-31/functions/${name}/invocations`, {
          method: "POST",
          body: "{}",
          headers: { authorization: "AWS4-HMAC-SHA256 Credential=test/20261129/us-east-1/lambda/aws4_request" },
        }).then(() => kill("SIGINT"));
      }
    });
    expect(linesOf(stdout.replaceAll(/^\S+ {2}(?=line)/gm, ""))).toEqual(numbered(50_000));
    expect(signal).toBe("SIGINT");
  });
});
