import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { longhaul } from "./plain-app.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "longhaul-template-"));
});
beforeEach(() => {
  vi.stubEnv("HOME", directory);
  return () => void vi.unstubAllEnvs();
});
afterAll(() => rm(directory, { recursive: true, force: true }));

let projects = 0;
/** A folder with files, by their paths. */
async function project(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(directory, `project-${++projects}`);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

/** The first line that the command prints of a template, and the first line that its function logs once it is invoked. */
async function devJson(folder: string, args: readonly string[], payload = "{}") {
  let isInvoked = false;
  const { stdout, stderr } = await longhaul(folder, ["dev", ...args, "--json"], (printed, kill) => {
    const [first, second] = printed.split("\n");
    if (first === undefined || second === undefined || isInvoked) return;
    isInvoked = true;
    const { url, functions } = JSON.parse(first) as { url: string; functions: readonly [string] };
    void fetch(`${url}/2015-03-31/functions/${functions[0]}/invocations`, {
      method: "POST",
      body: payload,
      headers: { authorization: "AWS4-HMAC-SHA256 Credential=test/20261129/us-east-1/lambda/aws4_request" },
    }).then(() => kill("SIGINT"));
  });
  const [first = "{}", ...lines] = stdout.trim().split("\n");
  return {
    stderr,
    deployed: JSON.parse(first) as Record<string, Record<string, string>>,
    logged: lines.map((line) => (JSON.parse(line) as { readonly message: string }).message),
  };
}

const plain = `
Parameters:
  Stage: { Type: String }
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: 2012-10-17
        Statement: [{ Effect: Allow, Action: sts:AssumeRole, Principal: { Service: lambda.amazonaws.com } }]
  Queue: { Type: AWS::SQS::Queue }
  Function:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: nodejs24.x
      Handler: app.handler
      Role: !GetAtt Role.Arn
      Code: src
      Environment: { Variables: { STAGE: !Sub "\${Stage}!", QUEUE: !GetAtt Queue.QueueName } }
Outputs:
  QueueName: { Value: !GetAtt Queue.QueueName }
`;
const code = 'exports.handler = async () => console.log("of", process.env.STAGE, process.env.QUEUE);';

describe("longhaul dev with a template of CloudFormation", () => {
  it("in YAML deploys it with its code, found by the folder's name for it", async () => {
    const folder = await project({ "template.yaml": plain, "src/app.js": code });
    const { deployed, logged } = await devJson(folder, ["--parameter", "Stage=dev"]);
    const name = deployed.outputs?.QueueName;
    expect(name).toMatch(/^project-\d+-queue-/);
    expect(logged.some((line) => line.includes(`of dev! ${name}`))).toBe(true);
  });

  it("names all that it cannot deploy, with exit code 1", async () => {
    const folder = await project({ "stack.yml": plain.replace("Code: src", "Code: gone") });
    const { code, stderr } = await longhaul(folder, ["dev", "stack.yml"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/Properties\.Code: .*gone is not there/);
    expect(stderr).toContain("parameter has no default");
  });

  it("leaves out what is to be skipped, and the outputs of it", async () => {
    const api = `  Api: { Type: AWS::ApiGateway::RestApi, Properties: { Name: x } }\nOutputs:\n  Url: { Value: !Sub 'https://\${Api}.x' }`;
    const folder = await project({ "template.yaml": plain.replace("Outputs:", api), "src/app.js": code });
    const refused = await longhaul(folder, ["dev", "--parameter", "Stage=dev"]);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("--skip AWS::ApiGateway::RestApi") });
    const { deployed } = await devJson(folder, ["--parameter", "Stage=dev", "--skip", "AWS::ApiGateway::*"]);
    expect(Object.keys(deployed.outputs ?? {})).toEqual(["QueueName"]);
    const idle = await longhaul(folder, ["dev", "--skip", "AWS::S3::Bucket", "--skip", "AWS::ApiGateway::*"]);
    expect(idle.stderr).toContain("no resource in it is of the type AWS::S3::Bucket");
  });

  it("says which file is not there", async () => {
    const { code, stderr } = await longhaul(await project({ "other.txt": "" }), ["dev", "template.yaml"]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/There is no file .*template\.yaml/) });
  });

  it("refuses a parameter of an app", async () => {
    const folder = await project({ "longhaul.config.mjs": "export default {};" });
    const { code, stderr } = await longhaul(folder, ["dev", "--parameter", "A=1"]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining("--parameter and --skip are for templates"),
    });
  });
});

describe("longhaul dev with a CDK program", () => {
  const assembly = {
    "manifest.json": JSON.stringify({
      version: "55.0.0",
      artifacts: { Made: { type: "aws:cloudformation:stack", properties: { templateFile: "Made.template.json" } } },
    }),
    "Made.template.json": (queueName: string) =>
      JSON.stringify({
        Resources: { Queue: { Type: "AWS::SQS::Queue", Properties: { QueueName: queueName } } },
        Outputs: { QueueName: { Value: { "Fn::GetAtt": ["Queue", "QueueName"] } } },
      }),
  };
  /** Writes an assembly whose queue is named by the program's context, and says so. */
  const program = `
    import { writeFileSync } from "node:fs";
    const { CDK_OUTDIR, CDK_CONTEXT_JSON } = process.env;
    const { stage } = JSON.parse(CDK_CONTEXT_JSON);
    console.log("synthesizing for " + stage);
    writeFileSync(CDK_OUTDIR + "/manifest.json", ${JSON.stringify(assembly["manifest.json"])});
    writeFileSync(CDK_OUTDIR + "/Made.template.json", ${JSON.stringify(assembly["Made.template.json"]("of-STAGE"))}.replace("STAGE", stage));`;
  const cdkProject = {
    "cdk.json": JSON.stringify({ app: "node app.mjs", context: { stage: "own" } }),
    "app.mjs": program,
  };

  /** The JSON object that the command prints first. */
  async function deployed(folder: string, args: readonly string[]) {
    const { stdout, stderr } = await longhaul(folder, ["dev", ...args, "--json"], (printed, kill) => {
      if (printed.includes("\n")) kill("SIGINT");
    });
    return { ...(JSON.parse(stdout) as { readonly outputs?: object; readonly error?: object }), stderr };
  }

  it("runs the program of a folder's cdk.json, and deploys what it wrote", async () => {
    const folder = await project(cdkProject);
    const { outputs, stderr } = await deployed(folder, []);
    expect(outputs).toEqual({ QueueName: "of-own" });
    expect(stderr).toContain("synthesizing for own");
    expect((await deployed(folder, ["--context", "stage=test"])).outputs).toEqual({ QueueName: "of-test" });
  });

  // https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-cdk-getting-started.html
  it("prefers the program to a template that cdk synth printed beside it", async () => {
    const folder = await project({ ...cdkProject, "template.yaml": assembly["Made.template.json"]("of-template") });
    expect((await deployed(folder, [])).outputs).toEqual({ QueueName: "of-own" });
    expect((await deployed(folder, ["template.yaml"])).outputs).toEqual({ QueueName: "of-template" });
  });

  it("deploys the folder that cdk synth wrote", async () => {
    const folder = await project({
      "cdk.out/manifest.json": assembly["manifest.json"],
      "cdk.out/Made.template.json": assembly["Made.template.json"]("of-synth"),
    });
    expect((await deployed(folder, ["cdk.out"])).outputs).toEqual({ QueueName: "of-synth" });
  });

  it("does not take a web page's manifest.json for that of an assembly", async () => {
    const template = assembly["Made.template.json"]("of-template");
    const folder = await project({ "manifest.json": '{ "name": "A page" }', "template.json": template });
    expect((await deployed(folder, [])).outputs).toEqual({ QueueName: "of-template" });
  });

  it("finds the project's SDK for its functions, wherever the command runs", async () => {
    const code = 'exports.handler = async () => console.log(require("@aws-sdk/client-made-up"));';
    const trust = { Statement: [{ Effect: "Allow", Action: "sts:AssumeRole" }] };
    const made = { Runtime: "nodejs24.x", Handler: "index.handler", Role: { "Fn::GetAtt": ["Role", "Arn"] } };
    const stack = {
      Resources: {
        Role: { Type: "AWS::IAM::Role", Properties: { AssumeRolePolicyDocument: trust } },
        Made: { Type: "AWS::Lambda::Function", Properties: { ...made, Code: { ZipFile: code } } },
      },
    };
    const folder = await project({
      "made/cdk.json": JSON.stringify({ app: "node app.mjs" }),
      "made/app.mjs": `
        import { writeFileSync } from "node:fs";
        writeFileSync(process.env.CDK_OUTDIR + "/manifest.json", ${JSON.stringify(assembly["manifest.json"])});
        writeFileSync(process.env.CDK_OUTDIR + "/Made.template.json", ${JSON.stringify(JSON.stringify(stack))});`,
      "made/node_modules/@aws-sdk/client-made-up/index.js": 'module.exports = "of the project";',
    });
    const { logged } = await devJson(folder, ["made"]);
    expect(logged.some((line) => line.includes("of the project"))).toBe(true);
  });

  it("refuses context where no program runs, and says what it looked for where there is nothing", async () => {
    const folder = await project({ "template.json": assembly["Made.template.json"]("made") });
    const refused = await longhaul(folder, ["dev", "--context", "stage=test"]);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("--context is for CDK programs") });
    const nothing = await longhaul(await project({ "other.txt": "" }), ["dev"]);
    expect(nothing).toMatchObject({ code: 2, stderr: expect.stringMatching(/looked for .*cdk\.json.*template\.yaml/) });
  });
});
