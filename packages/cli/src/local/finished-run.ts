import type { VerifyContext } from "@longhaul/local";
import { formatBytes, formatNumber } from "../report/format.ts";
import type { RunHistory } from "../report/run-history.ts";
import type { Screen } from "../terminal.ts";
import type { App } from "./app.ts";
import { type FinishedJob, runJob } from "./job.ts";
import { type JobInput, jobInput } from "./job-input.ts";
import { type LocalApp, startAndDeploy } from "./local-app.ts";
import type { Authorization } from "./local-cloud.ts";
import { showPrintedLines } from "./printed-lines.ts";

/** How an app is run to the end. */
export interface RunSettings {
  readonly input?: string | undefined;
  readonly event?: string | undefined;
  readonly maxFileBytes?: number | undefined;
  /** Timeout of the function, in seconds. */
  readonly timeout?: number | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly context?: Readonly<Record<string, string>> | undefined;
  /** Time S3 takes to answer a listing, in milliseconds. */
  readonly listLatency?: number | undefined;
  readonly verify: boolean;
}

/** A run that is over, on an embedded AWS that still runs. */
export interface FinishedRun {
  readonly deployed: LocalApp;
  readonly history: RunHistory;
  readonly context: CheckContext;
  /** Names of the functions that were invoked, up to now. */
  readonly invoked: ReadonlySet<string>;
}

/** All that an app's own functions are told of a run. */
export type CheckContext = Omit<VerifyContext, "read">;

/**
 * Runs an app to the end on an embedded AWS, and has it check the result.
 *
 * @param authorization - what functions may do. Default: everything.
 * @param work - looks at the run; after that the embedded AWS ends.
 */
export async function withFinishedRun<Answer>(
  app: App,
  settings: RunSettings,
  screen: Screen,
  authorization: Authorization | undefined,
  work: (run: FinishedRun) => Promise<Answer>,
): Promise<Answer> {
  const given = await jobInput(app, settings);
  screen.line(`${screen.paint.bold(app.config.name)}  ${titleOf(given)}`);
  const { env: environment, context, timeout: timeoutSeconds, listLatency: listLatencyMs } = settings;
  const how = { environment, context, timeoutSeconds, listLatencyMs, authorization };
  const deployed = await startAndDeploy(app, how, screen);
  const invoked = new Set<string>();
  deployed.aws.lambda.on("invoke.start", ({ functionName }) => void invoked.add(functionName));
  try {
    showPrintedLines(deployed.aws.lambda, deployed.functionName, screen);
    const job = await runJob(app, deployed, given, screen);
    const { history } = job;
    const context = contextOf(deployed, given, job);
    if (settings.verify) await verify(app, context, history);
    return await work({ deployed, history, context, invoked });
  } finally {
    await deployed.stop();
  }
}

/** Whether a run ended well, and its check held. */
export function isWell({ status, check }: RunHistory): boolean {
  return status === "done" && check?.isOk !== false;
}

function titleOf({ input, event }: JobInput): string {
  if (!input) return event ? JSON.stringify(event).slice(0, 80) : "";
  const count = input.files.length === 1 ? "" : `${formatNumber(input.files.length)} files, `;
  return `${input.name}, ${count}${formatBytes(input.bytes)}`;
}

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
