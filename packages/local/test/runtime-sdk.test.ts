import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, type Format } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalAws, startLocalAws } from "../src/index.ts";
import { deployTemplates } from "./template-deployment.ts";

let aws: LocalAws;
let project: string;
let functions = 0;
beforeAll(async () => {
  aws = await startLocalAws();
  // Outside of any workspace, and on many machines below /tmp.
  project = await mkdtemp(join(tmpdir(), "longhaul-project-"));
});
afterAll(async () => {
  await aws.stop();
  await rm(project, { recursive: true, force: true });
});

async function addModule(below: string, name: string, source: string): Promise<void> {
  const directory = join(below, "node_modules", name);
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "package.json"), JSON.stringify({ name, version: "1.0.0", main: "index.js" }));
  await writeFile(join(directory, "index.js"), source);
}

/** Deploys a function from the project, of which `codeDirectory` is a part, and answers with what it gives. */
async function run(file: string, source: string, lambda = aws.lambda): Promise<unknown> {
  functions += 1;
  const name = `function-${functions}`;
  const codeDirectory = join(project, "dist", name);
  await mkdir(codeDirectory, { recursive: true });
  await writeFile(join(codeDirectory, file), source);
  const roleArn = "arn:aws:iam::000000000000:role/r";
  await lambda.createFunction({ name, codeDirectory, runtime: "nodejs24.x", roleArn });
  const { payload = "null" } = await lambda.invoke({ functionName: name });
  return JSON.parse(payload);
}

const HANDLER = `
  import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
  export const handler = async () => {
    const { Buckets } = await new S3Client({ forcePathStyle: true }).send(new ListBucketsCommand({}));
    return Buckets.map(({ Name }) => Name);
  };`;

/** As CDK's NodejsFunction bundles: without what the runtime brings. */
async function bundle(format: Format, source = HANDLER): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: source },
    ...{ bundle: true, write: false, platform: "node", target: "node24", format },
    external: ["@aws-sdk/*", "@smithy/*"],
  });
  return outputFiles[0]?.text ?? "";
}

describe("functions that are bundled without the SDK find it, as AWS's runtimes bring it", () => {
  beforeAll(() => aws.s3.createBucket("found"));

  it.for([
    ["index.js", "cjs"],
    ["index.mjs", "esm"],
  ] as const)("%s, in a project that has none installed", async ([file, format]) => {
    expect(await run(file, await bundle(format))).toEqual(["found"]);
  });

  it("also where instances are not isolated", async () => {
    const other = await startLocalAws({ lambda: { isolation: "none" } });
    await other.s3.createBucket("other");
    expect(await run("index.mjs", await bundle("esm"), other.lambda)).toEqual(["other"]);
    await other.stop();
  });

  it("imported while an invocation runs, too", async () => {
    const source = `exports.handler = async () => typeof (await import("@aws-sdk/client-sqs")).SQSClient;`;
    expect(await run("index.js", source)).toBe("function");
  });

  it.for([
    ["index.js", `exports.handler = async () => require("@aws-sdk/client-own").from;`],
    ["index.mjs", `import own from "@aws-sdk/client-own"; export const handler = async () => own.from;`],
  ] as const)("%s: the project's own version comes before the embedded AWS's", async ([file, source]) => {
    await addModule(project, "@smithy/part", "module.exports = 'project';");
    await addModule(project, "@aws-sdk/client-own", "exports.from = require('@smithy/part');");
    expect(await run(file, source)).toBe("project");
  });

  it("what the code brings itself comes first", async () => {
    const codeDirectory = join(project, "dist", `function-${functions + 1}`);
    await addModule(codeDirectory, "@aws-sdk/client-own", "exports.from = 'code';");
    expect(await run("index.js", `exports.handler = async () => require("@aws-sdk/client-own").from;`)).toBe("code");
  });

  it("of a deployed app, those below which its cloud assembly lies", async () => {
    const app = join(project, "apps", "one");
    const assembly = join(app, "cdk.out");
    await mkdir(assembly, { recursive: true });
    await addModule(app, "@aws-sdk/client-own", "exports.from = 'app';");
    const Properties = {
      FunctionName: "deployed",
      Runtime: "nodejs24.x",
      Handler: "index.handler",
      Role: "arn:aws:iam::000000000000:role/r",
      Code: { ZipFile: `exports.handler = async () => require("@aws-sdk/client-own").from;` },
    };
    await deployTemplates(aws, assembly, {
      App: { Resources: { Function: { Type: "AWS::Lambda::Function", Properties } } },
    });
    expect((await aws.lambda.invoke({ functionName: "deployed" })).payload).toBe('"app"');
  });
});

describe("what is not there is named", () => {
  it.for([
    ["index.js", `require("@aws-sdk/client-none"); exports.handler = async () => 1;`],
    ["index.mjs", `import "@aws-sdk/client-none"; export const handler = async () => 1;`],
  ] as const)("%s: a client that nobody installed, with the command that installs it", async ([file, source]) => {
    const { errorMessage } = (await run(file, source)) as { readonly errorMessage: string };
    expect(errorMessage).toMatch(/@aws-sdk\/client-none/);
    expect(errorMessage.match(/npm install --save-dev @aws-sdk\/client-none/g)).toHaveLength(1);
  });

  it("other modules are not brought: AWS's runtimes have none of them", async () => {
    await addModule(project, "left-pad", "");
    const answer = await run("index.js", `require("left-pad"); exports.handler = async () => 1;`);
    expect(answer).toMatchObject({
      errorMessage: expect.stringMatching(/Cannot find module 'left-pad'(?!.*npm install)/s),
    });
  });
});
