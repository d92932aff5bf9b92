import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The command as npm links it. */
const COMMAND = fileURLToPath(new URL("../bin/longhaul.mjs", import.meta.url));

/** An app whose CDK program writes a cloud assembly by hand: one function and its role, the code in the template. */
export interface PlainApp {
  /** Body of the function's handler, which knows `event` and `context`. */
  readonly handler: string;
  /** Text of `longhaul.config.mjs` behind `export default`. Default: an app that an event starts. */
  readonly config?: string;
  /** Default: one that is made up. */
  readonly functionName?: string;
  readonly timeoutSeconds?: number;
  /** Environment of the function. Default: none. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** More resources. */
  readonly resources?: Readonly<Record<string, object>>;
  readonly outputs?: Readonly<Record<string, object>>;
}

/** Writes an app into a directory, which is made. */
export async function writePlainApp(directory: string, app: PlainApp): Promise<string> {
  await mkdir(directory, { recursive: true });
  const config = app.config ?? '{ name: "plain", functionOutput: "FunctionName", startEvent: () => ({}) }';
  const template = {
    Resources: {
      Role: {
        Type: "AWS::IAM::Role",
        Properties: {
          AssumeRolePolicyDocument: {
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }],
          },
        },
      },
      Function: {
        Type: "AWS::Lambda::Function",
        Properties: {
          ...(app.functionName && { FunctionName: app.functionName }),
          Runtime: "nodejs24.x",
          Handler: "index.handler",
          MemorySize: 512,
          Timeout: app.timeoutSeconds ?? 60,
          Role: { "Fn::GetAtt": ["Role", "Arn"] },
          ...(app.variables && { Environment: { Variables: app.variables } }),
          Code: { ZipFile: `exports.handler = async (event, context) => { ${app.handler} };` },
        },
      },
      ...app.resources,
    },
    Outputs: { FunctionName: { Value: { Ref: "Function" } }, ...app.outputs },
  };
  const stack = { type: "aws:cloudformation:stack", properties: { templateFile: "Plain.template.json" } };
  const program = `
    import { writeFileSync } from "node:fs";
    const { CDK_OUTDIR } = process.env;
    writeFileSync(CDK_OUTDIR + "/manifest.json", ${JSON.stringify(JSON.stringify({ version: "55.0.0", artifacts: { Plain: stack } }))});
    writeFileSync(CDK_OUTDIR + "/Plain.template.json", ${JSON.stringify(JSON.stringify(template))});`;
  await writeFile(join(directory, "app.mjs"), program);
  await writeFile(join(directory, "cdk.json"), JSON.stringify({ app: "node app.mjs" }));
  await writeFile(join(directory, "longhaul.config.mjs"), `export default ${config};`);
  return directory;
}

/** The end of a command. */
export interface CommandEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command in a directory; `onStdout` sees what it prints as it comes, and may kill it. */
export async function longhaul(
  directory: string,
  args: readonly string[],
  onStdout: (stdout: string, kill: (signal: NodeJS.Signals) => void) => void = () => {},
): Promise<CommandEnd> {
  const child = spawn(process.execPath, [COMMAND, ...args], { cwd: directory, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    onStdout(stdout, (signal) => child.kill(signal));
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}
