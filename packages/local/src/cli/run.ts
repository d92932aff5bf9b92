import { createReadStream } from "node:fs";
import { stat, writeFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { VerifyContext } from "../app-config.ts";
import { formatBytes, formatDuration } from "../report/format.ts";
import { htmlReport } from "../report/html-report.ts";
import { type RunHistory, summarize } from "../report/run-history.ts";
import { recordRun } from "../report/run-recorder.ts";
import { type App, findApp } from "./app.ts";
import { type Command, EXIT, type Invocation, type OptionValue, positiveNumber, UsageError } from "./command.ts";
import { liveProgress } from "./live-progress.ts";
import { type DeployedApp, deployApp } from "./local-app.ts";
import { saveHistory, shortName } from "./run-files.ts";
import { summaryTable } from "./summary-table.ts";
import { type Screen, screenOn, silentScreen } from "./terminal.ts";

/** `longhaul run APP --input FILE`: runs an app over a file to the end, on an embedded AWS. */
export const runCommand: Command = {
  name: "run",
  usage: "run APP --input FILE",
  summary: "Run an app over a file to the end, with live progress.",
  details:
    "Starts an embedded AWS, deploys the app's own CDK stack to it, puts FILE into its bucket and watches the run.\n" +
    "The run's history is kept below .longhaul/runs for `longhaul report`.",
  options: {
    input: { type: "string", short: "i", value: "FILE", help: "The file to process." },
    timeout: {
      type: "string",
      short: "t",
      value: "SECONDS",
      help: "Timeout of the function; fractions allowed. Default: the stack's.",
    },
    env: {
      type: "string",
      short: "e",
      value: "NAME=VALUE",
      isRepeatable: true,
      help: "Set a variable of the function's environment; may be repeated.",
    },
    html: { type: "string", value: "FILE", help: "Also write the timeline as an HTML page." },
    "no-verify": { type: "boolean", help: "Do not check the output against the input." },
    json: { type: "boolean", help: "Print one JSON object at the end and nothing else." },
  },
  async run({ positionals, options }) {
    const app = await findApp(positionals[0]);
    if (typeof options.input !== "string") throw new UsageError("Which file? Give --input FILE.");
    const inputPath = resolve(options.input);
    const bytes = await sizeOf(inputPath);
    const timeoutSeconds = positiveNumber("timeout", options.timeout);
    const screen = options.json ? silentScreen : screenOn(process.stdout);
    screen.line(`${screen.paint.bold(app.config.name)}  ${basename(inputPath)}, ${formatBytes(bytes)}`);
    const deployed = await deployApp(app, { timeoutSeconds, environment: environmentOf(options.env) }, screen);
    try {
      const history = await runOnce(app, deployed, { path: inputPath, bytes }, screen);
      if (!options["no-verify"]) await verify(app, deployed, inputPath, history);
      await saveHistory(history);
      if (typeof options.html === "string") await writeFile(options.html, htmlReport(history, Date.now()));
      finish(history, screen, options);
      return history.status === "done" && history.check?.isOk !== false ? EXIT.ok : EXIT.runFailed;
    } finally {
      await deployed.aws.stop();
    }
  },
};

function environmentOf(values: OptionValue): Record<string, string> {
  const pairs = Array.isArray(values) ? values : [];
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1) throw new UsageError(`--env takes NAME=VALUE, not "${pair}".`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

async function sizeOf(path: string): Promise<number> {
  const file = await stat(path).catch(() => undefined);
  if (!file?.isFile()) throw new UsageError(`There is no file ${path}.`);
  return file.size;
}

async function runOnce(
  app: App,
  { aws, outputs, functionName, timeoutMs }: DeployedApp,
  input: { readonly path: string; readonly bytes: number },
  screen: Screen,
): Promise<RunHistory> {
  const progress = liveProgress(screen);
  const recorder = recordRun(aws.lambda, {
    app: app.config.name,
    functionName,
    input: { name: basename(input.path), bytes: input.bytes },
    timeoutMs,
    now: Date.now,
    onChange: progress.update,
  });
  try {
    const client = clientFor(aws.env());
    await client.send(
      new PutObjectCommand({
        Bucket: outputs[app.config.inputBucketOutput],
        Key: app.config.inputPrefix + basename(input.path),
        Body: createReadStream(input.path),
        ContentLength: input.bytes,
      }),
    );
    const history = await recorder.ended;
    await aws.lambda.idle();
    return history;
  } finally {
    recorder.stop();
    progress.end();
  }
}

function clientFor(env: Readonly<Record<string, string>>): S3Client {
  return new S3Client({
    endpoint: env.AWS_ENDPOINT_URL ?? "",
    region: env.AWS_REGION ?? "",
    forcePathStyle: true,
    credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID ?? "", secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? "" },
  });
}

async function verify(app: App, { aws, outputs }: DeployedApp, inputPath: string, history: RunHistory): Promise<void> {
  if (!app.config.verify || history.status !== "done") return;
  const env = aws.env();
  const client = clientFor(env);
  const context: VerifyContext = {
    inputPath,
    inputKey: app.config.inputPrefix + basename(inputPath),
    outputs,
    env,
    async read(Bucket, Key) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      return Body as AsyncIterable<Uint8Array>;
    },
  };
  try {
    history.check = await app.config.verify(context);
  } catch (error) {
    history.check = {
      isOk: false,
      message: `The check failed: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

function finish(history: RunHistory, screen: Screen, options: Invocation["options"]): void {
  const summary = summarize(history, Date.now());
  if (options.json) {
    const { reason, check } = history;
    process.stdout.write(`${JSON.stringify({ ...summary, ...(reason && { reason }), ...(check && { check }) })}\n`);
    return;
  }
  const { paint } = screen;
  screen.line("");
  for (const line of summaryTable(summary, paint)) screen.line(line);
  if (history.reason) screen.line(`  ${paint.dim("because".padEnd(10))} ${paint.red(history.reason)}`);
  if (history.check) {
    const { isOk, message } = history.check;
    screen.line(`  ${paint.dim("check".padEnd(10))} ${isOk ? paint.green(message) : paint.red(message)}`);
  }
  screen.line("");
  if (typeof options.html === "string") screen.line(`Timeline: ${options.html}`);
  else screen.line(`Timeline: longhaul report ${shortName(history.run)} --html`);
  if (summary.timeouts > 0)
    screen.line(paint.yellow(`${summary.timeouts} invocation(s) were killed at ${formatDuration(history.timeoutMs)}.`));
}
