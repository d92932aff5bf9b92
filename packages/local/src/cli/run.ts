import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import type { VerifyContext } from "../app-config.ts";
import { formatBytes, formatDuration, formatNumber } from "../report/format.ts";
import { htmlReport } from "../report/html-report.ts";
import { type RunHistory, summarize } from "../report/run-history.ts";
import { recordRun } from "../report/run-recorder.ts";
import { type App, findApp } from "./app.ts";
import { type Command, EXIT, type Invocation, type OptionValue, positiveNumber, UsageError } from "./command.ts";
import { findInput, type Input } from "./input-files.ts";
import { liveProgress } from "./live-progress.ts";
import { type DeployedApp, deployApp } from "./local-app.ts";
import { saveHistory, shortName } from "./run-files.ts";
import { summaryTable } from "./summary-table.ts";
import { type Screen, screenOn, silentScreen } from "./terminal.ts";
import { clientFor, upload } from "./upload.ts";

/** `longhaul run APP --input FILE`: runs an app over a file, or a directory, to the end, on an embedded AWS. */
export const runCommand: Command = {
  name: "run",
  usage: "run APP --input FILE",
  summary: "Run an app over a file to the end, with live progress.",
  details:
    "Starts an embedded AWS, deploys the app's own CDK stack to it, puts FILE into its bucket and watches the run.\n" +
    "For an app that takes many objects FILE is a directory.\n" +
    "The run's history is kept below .longhaul/runs for `longhaul report`.",
  options: {
    input: { type: "string", short: "i", value: "FILE", help: "The file, or directory, to process." },
    "max-file-bytes": { type: "string", value: "BYTES", help: "Leave out larger files of a directory." },
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
    "list-latency": {
      type: "string",
      value: "MS",
      help: "Let S3 take so long to answer a listing, as the real one does. Default: no time.",
    },
    html: { type: "string", value: "FILE", help: "Also write the timeline as an HTML page." },
    results: { type: "string", value: "DIRECTORY", help: "Also save what the run made to be looked at." },
    "no-verify": { type: "boolean", help: "Do not check the output against the input." },
    json: { type: "boolean", help: "Print one JSON object at the end and nothing else." },
  },
  async run({ positionals, options }) {
    const app = await findApp(positionals[0]);
    const { name, inputBucketOutput } = app.config;
    if (inputBucketOutput === undefined) {
      throw new UsageError(`${name} takes no input, so it has no run that ends. Keep it running: longhaul dev.`);
    }
    if (typeof options.input !== "string") throw new UsageError("Which file? Give --input FILE.");
    const input = await findInput(
      options.input,
      app.config,
      positiveNumber("max-file-bytes", options["max-file-bytes"]),
    );
    const settings = {
      timeoutSeconds: positiveNumber("timeout", options.timeout),
      listLatencyMs: positiveNumber("list-latency", options["list-latency"]),
      environment: environmentOf(options.env),
    };
    const screen = options.json ? silentScreen : screenOn(process.stdout);
    const count = input.files.length === 1 ? "" : `${formatNumber(input.files.length)} files, `;
    screen.line(`${screen.paint.bold(app.config.name)}  ${input.name}, ${count}${formatBytes(input.bytes)}`);
    const deployed = await deployApp(app, settings, screen);
    try {
      const { history, files } = await runOnce(app, inputBucketOutput, deployed, input, screen);
      const context = verifyContext(deployed, input, files, history.run);
      if (!options["no-verify"]) await verify(app, context, history);
      await saveHistory(history);
      if (typeof options.html === "string") await writeFile(options.html, htmlReport(history, Date.now()));
      const saved =
        typeof options.results === "string" ? await saveResults(app, context, options.results, history) : [];
      finish(history, screen, options, saved);
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

async function runOnce(
  app: App,
  inputBucketOutput: string,
  { aws, outputs, functionName, timeoutMs }: DeployedApp,
  input: Input,
  screen: Screen,
): Promise<{ readonly history: RunHistory; readonly files: VerifyContext["files"] }> {
  const { name, startEvent } = app.config;
  const put = () =>
    upload(aws.url, outputs[inputBucketOutput] ?? "", input, (done) => {
      if (input.files.length > 1)
        screen.status(`putting files  ${formatNumber(done)} of ${formatNumber(input.files.length)}`);
    });
  // What takes a while is done before the clock starts; what starts the run by arriving cannot be.
  const beganMs = performance.now();
  const before = startEvent && (await put());
  if (before)
    screen.line(
      screen.paint.dim(`${formatNumber(before.length)} objects put in ${formatDuration(performance.now() - beganMs)}`),
    );
  // Where each file starts a run, there are as many; how many is not known before all are put.
  let leastRuns = startEvent ? 1 : Number.POSITIVE_INFINITY;
  const progress = liveProgress(screen);
  const recorder = recordRun(aws.lambda, {
    app: name,
    functionName,
    input: { name: input.name, bytes: input.bytes },
    timeoutMs,
    now: Date.now,
    idle: aws.lambda.idle,
    leastRuns: () => leastRuns,
    onChange: progress.update,
  });
  try {
    const files = before ?? (await put());
    if (!startEvent) leastRuns = files.length;
    recorder.look();
    if (startEvent) {
      const payload = JSON.stringify(startEvent(outputs));
      await aws.lambda.invoke({ functionName, invocationType: "Event", payload });
    }
    const history = await recorder.ended;
    await aws.lambda.idle();
    return { history, files };
  } finally {
    recorder.stop();
    progress.end();
  }
}

function verifyContext(
  { aws, outputs }: DeployedApp,
  { path: inputPath, key: inputKey }: Input,
  files: VerifyContext["files"],
  run: string,
): VerifyContext {
  const env = aws.env();
  const client = clientFor(env);
  return {
    inputPath,
    inputKey,
    files,
    run,
    outputs,
    env,
    async read(Bucket, Key) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      return Body as AsyncIterable<Uint8Array>;
    },
  };
}

async function verify(app: App, context: VerifyContext, history: RunHistory): Promise<void> {
  if (!app.config.verify || history.status !== "done") return;
  try {
    history.check = await app.config.verify(context);
  } catch (error) {
    history.check = {
      isOk: false,
      message: `The check failed: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

/** Saves the app's results in a directory; answers with the paths. */
async function saveResults(
  app: App,
  context: VerifyContext,
  directory: string,
  history: RunHistory,
): Promise<string[]> {
  if (!app.config.results || history.status !== "done") return [];
  await mkdir(directory, { recursive: true });
  const paths: string[] = [];
  for (const { bucket, key, name } of app.config.results(context)) {
    const path = join(directory, basename(name));
    await writeFile(path, await context.read(bucket, key));
    paths.push(path);
  }
  return paths;
}

function finish(history: RunHistory, screen: Screen, options: Invocation["options"], saved: readonly string[]): void {
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
  for (const path of saved) screen.line(`Result:   ${path}`);
  if (summary.timeouts > 0) {
    const hops = summary.timeouts === 1 ? "1 hop was" : `${formatNumber(summary.timeouts)} hops were`;
    const limit = formatDuration(history.timeoutMs);
    screen.line(paint.yellow(`${hops} killed with their invocation at its limit of ${limit}.`));
  }
}
