import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type LocalAws, startLocalAws } from "@longhaul/local";
import { bundleHandler } from "./bundled-handler.ts";
import type { BenchOptions, Finding } from "./finding.ts";
import { alternate, median } from "./measure.ts";
import { synthesizeApp } from "./synthesized-app.ts";

const APPS = ["s3-batch", "sqs-file", "bucket-walker", "queue-loops"] as const;
const EMPTY = "an empty handler";
const CLIENTS = "a handler with the SDK's clients alone";

/** A function as it is deployed. */
interface Deployed {
  readonly codeDirectory: string;
  readonly handler: string;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * The bundle of each app's function, as its stack deploys it, and the time that the embedded Lambda takes to initialise it in a
 * new process, beside an empty handler and beside one that makes the SDK's clients for S3, DynamoDB, SQS and Lambda.
 */
export async function coldStart({ rounds: count = 15 }: BenchOptions): Promise<Finding[]> {
  const directory = mkdtempSync(join(tmpdir(), "longhaul-bench-"));
  try {
    const functions = new Map<string, Deployed>([
      [EMPTY, emptyHandler(directory)],
      [CLIENTS, await clients(directory)],
    ]);
    for (const app of APPS) functions.set(app, await deployedFunction(app, directory));
    const aws = await startLocalAws();
    try {
      const subjects: Record<string, () => Promise<number>> = {};
      for (const [name, code] of functions) subjects[name] = await startsOf(aws, name, code);
      const rounds = await alternate(subjects, { rounds: count, warmUps: 1 });
      const emptyMs = median(rounds[EMPTY] ?? []);
      return [...functions].map(([name, { codeDirectory }]) => {
        const ms = median(rounds[name] ?? []);
        const { bytes, gzipBytes } = sizeOf(codeDirectory);
        const kb = (size: number) => `${(size / 1000).toFixed(size < 10_000 ? 1 : 0)} kB`;
        const isApp = name !== EMPTY && name !== CLIENTS;
        return {
          what: `cold start of ${name}`,
          figure: `${(ms / emptyMs).toFixed(2)} x an empty handler's ${emptyMs.toFixed(0)} ms: ${ms.toFixed(0)} ms; ${kb(bytes)}, gzip ${kb(gzipBytes)}`,
          ...(isApp && { values: { timesEmptyHandler: ms / emptyMs, gzipKb: gzipBytes / 1000 } }),
          rounds: { [name]: rounds[name] ?? [], ...(name !== EMPTY && { [EMPTY]: rounds[EMPTY] ?? [] }) },
        };
      });
    } finally {
      await aws.stop();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Deploys a function; each call of the answer begins an instance of it anew, and tells the milliseconds until it is ready. */
async function startsOf(aws: LocalAws, subject: string, code: Deployed): Promise<() => Promise<number>> {
  const name = subject.replace(/\W+/g, "-");
  const config = { ...code, name, runtime: "nodejs24.x", roleArn: `arn:aws:iam::${aws.accountId}:role/bench` } as const;
  await aws.lambda.createFunction(config);
  return async () => {
    // Gives up its warm instances.
    await aws.lambda.updateFunction(config);
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const off = aws.lambda.on("invoke.end", ({ functionName, initMs, durationMs, error }) => {
      if (functionName !== name) return;
      // Only an invocation whose instance could not be initialised takes no time.
      if (initMs === undefined || durationMs === 0) reject(new Error(`${name} did not begin cold: ${error}`));
      else resolve(initMs);
    });
    // The answer of its handler to an event of no kind is not looked at.
    await aws.lambda.invoke({ functionName: name, payload: '{"bench":"no event of any kind"}' });
    return promise.finally(off);
  };
}

/** An app's function as its stack deploys it: code, memory and variables. */
async function deployedFunction(app: string, directory: string): Promise<Deployed> {
  const assembly = await synthesizeApp(app, join(directory, `${app}.cdk`));
  const aws = await startLocalAws();
  try {
    const { outputs } = await aws.deploy(assembly);
    const { codeDirectory: code, handler, memoryMb, environment } = aws.lambda.getFunction(outputs.FunctionName ?? "");
    const codeDirectory = join(directory, app);
    cpSync(code, codeDirectory, { recursive: true });
    return { codeDirectory, handler, memoryMb, environment };
  } finally {
    await aws.stop();
  }
}

function emptyHandler(directory: string): Deployed {
  const codeDirectory = join(directory, "empty");
  mkdirSync(codeDirectory);
  writeFileSync(join(codeDirectory, "index.mjs"), "export const handler = async () => {};\n");
  return { codeDirectory, handler: "index.handler", memoryMb: 1024, environment: {} };
}

/** Bundled as the apps are. */
async function clients(directory: string): Promise<Deployed> {
  const codeDirectory = join(directory, "clients");
  const names = { s3: "S3Client", dynamodb: "DynamoDBClient", sqs: "SQSClient", lambda: "LambdaClient" };
  const contents = Object.entries(names).map(
    ([service, name]) =>
      `import { ${name} } from "@aws-sdk/client-${service}"; export const ${service} = new ${name}({});`,
  );
  const source = [...contents, "export const handler = async () => {};"].join("\n");
  await bundleHandler(source, codeDirectory, { conditions: ["module"], mainFields: ["module", "main"] });
  return { codeDirectory, handler: "index.handler", memoryMb: 1024, environment: {} };
}

/** Bytes of the code; source maps are not loaded at a start and do not count. */
function sizeOf(codeDirectory: string): { readonly bytes: number; readonly gzipBytes: number } {
  const files = globSync("**/*", { cwd: codeDirectory })
    .map((file) => join(codeDirectory, file))
    .filter((file) => statSync(file).isFile() && !file.endsWith(".map"));
  const contents = files.map((file) => readFileSync(file));
  return {
    bytes: contents.reduce((sum, { length }) => sum + length, 0),
    gzipBytes: contents.reduce((sum, content) => sum + gzipSync(content, { level: 9 }).length, 0),
  };
}
