import { writeFile } from "node:fs/promises";
import type { RunResult, VerifyContext } from "@longhaul/local";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { formatBytes, formatNumber } from "../report/format.ts";
import { htmlReport } from "../report/html-report.ts";
import { saveHistory } from "../report/run-files.ts";
import type { RunHistory } from "../report/run-history.ts";
import { screenOn } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { type App, findApp } from "./app.ts";
import { type FinishedJob, runJob } from "./job.ts";
import { type JobInput, jobInput } from "./job-input.ts";
import { type LocalApp, startAndDeploy } from "./local-app.ts";
import { showPrintedLines } from "./printed-lines.ts";
import { saveResults } from "./results.ts";
import { jsonOutcome, showOutcome } from "./run-outcome.ts";
import { clientFor } from "./upload.ts";

/** Options of `longhaul run`. */
interface RunOptions {
  readonly input?: string | undefined;
  readonly event?: string | undefined;
  readonly maxFileBytes?: number | undefined;
  /** Timeout of the function, in seconds. */
  readonly timeout?: number | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly context?: Readonly<Record<string, string>> | undefined;
  /** Time S3 takes to answer a listing, in milliseconds. */
  readonly listLatency?: number | undefined;
  readonly html?: string | undefined;
  readonly results?: string | undefined;
  readonly verify: boolean;
  readonly json?: true | undefined;
}

/** Runs an app to the end on an embedded AWS, and answers with the exit code. */
export async function run(name: string, options: RunOptions): Promise<ExitCode> {
  const screen = screenOn(options.json ? process.stderr : process.stdout);
  const app = await findApp(name, screen.line);
  try {
    if (options.results !== undefined && !app.program.can.results) {
      throw new UsageError(`${app.config.name} names no results to save: add results to its longhaul.config.ts.`);
    }
    const given = await jobInput(app, options);
    screen.line(`${screen.paint.bold(app.config.name)}  ${titleOf(given)}`);
    const { env: environment, context, timeout: timeoutSeconds, listLatency: listLatencyMs } = options;
    const deployed = await startAndDeploy(app, { environment, context, timeoutSeconds, listLatencyMs }, screen);
    try {
      showPrintedLines(deployed.aws.lambda, deployed.functionName, screen);
      const job = await runJob(app, deployed, given, screen);
      const { history } = job;
      const checked = contextOf(deployed, given, job);
      if (options.verify) await verify(app, checked, history);
      await saveHistory(history);
      const { html } = options;
      if (html !== undefined) await writeFile(html, htmlReport(history, Date.now()));
      const saved = options.results === undefined ? [] : await save(app, deployed, checked, options.results);
      if (options.json) process.stdout.write(`${jsonOutcome(history, saved)}\n`);
      else showOutcome(history, screen, html, saved);
      return history.status === "done" && history.check?.isOk !== false ? EXIT.ok : EXIT.runFailed;
    } finally {
      await deployed.stop();
    }
  } finally {
    app.program.close();
  }
}

function titleOf({ input, event }: JobInput): string {
  if (!input) return event ? JSON.stringify(event).slice(0, 80) : "";
  const count = input.files.length === 1 ? "" : `${formatNumber(input.files.length)} files, `;
  return `${input.name}, ${count}${formatBytes(input.bytes)}`;
}

type CheckContext = Omit<VerifyContext, "read">;

function contextOf(
  { aws, outputs, functionName }: LocalApp,
  { input }: JobInput,
  { history, files, event }: FinishedJob,
): CheckContext {
  const { path: inputPath = "", key: inputKey = "" } = input ?? {};
  const { environment } = aws.lambda.getFunction(functionName);
  const { run } = history;
  return { inputPath, inputKey, files, run, outputs, environment, env: aws.env(), ...(event && { event }) };
}

/** Has the app compare the result with the input; a check that breaks does not hold. */
async function verify({ program }: App, context: CheckContext, history: RunHistory): Promise<void> {
  if (!program.can.verify || history.status !== "done") return;
  try {
    history.check = await program.verify(context);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    history.check = { isOk: false, message: `The check failed: ${message}` };
  }
}

async function save({ program }: App, { aws }: LocalApp, context: CheckContext, directory: string): Promise<string[]> {
  const s3 = clientFor(aws.env());
  try {
    const results: readonly RunResult[] = await program.results(context);
    return await saveResults(results, directory, { s3, dynamodb: aws.dynamodb });
  } finally {
    s3.destroy();
  }
}
