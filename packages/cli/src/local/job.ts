import type { VerifyContext } from "@longhaul/local";
import { atRest, hiddenMessages } from "@longhaul/local/testing";
import { formatDuration, formatNumber } from "../report/format.ts";
import type { RunHistory } from "../report/run-history.ts";
import type { Screen } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import type { App } from "./app.ts";
import { hiddenMessagesNotice } from "./hidden-messages-notice.ts";
import type { Input } from "./input-files.ts";
import type { JobInput } from "./job-input.ts";
import { liveProgress } from "./live-progress.ts";
import type { LocalApp } from "./local-app.ts";
import { type InputQueue, inputQueue } from "./queue-input.ts";
import { runRecordsOf } from "./run-record.ts";
import { recordRun } from "./run-recorder.ts";
import { upload } from "./upload.ts";

/** How often messages are looked for that a queue hides while nothing is at work. */
const LOOK_FOR_HIDDEN_MS = 5_000;

/** A job that is over. */
export interface FinishedJob {
  readonly history: RunHistory;
  /** The objects that were put into the bucket. */
  readonly files: VerifyContext["files"];
  /** The event of the first invocation; `undefined` if the arrival of the input started it. */
  readonly event: Readonly<Record<string, unknown>> | undefined;
}

/** Puts the input, starts the run, and watches it until it is over or nothing is left to wait for. */
export async function runJob(app: App, deployed: LocalApp, given: JobInput, screen: Screen): Promise<FinishedJob> {
  const { config, program } = app;
  const { aws, outputs, functionName, timeoutMs } = deployed;
  const { input } = given;
  const event = given.event ?? (program.can.startEvent ? asEvent(await program.startEvent(outputs)) : undefined);
  const queue =
    config.inputQueueOutput === undefined ? undefined : inputQueue(aws, outputOf(deployed, config.inputQueueOutput));
  const put = () => (input ? putInput(app, deployed, input, queue, screen) : Promise.resolve([]));
  // What takes a while is done before the clock starts; what starts the run by arriving cannot be.
  const before = event ? await put() : undefined;
  const progress = liveProgress(screen);
  const recordOf = runRecordsOf(aws, functionName);
  let leastRuns = 0;
  const recorder = recordRun(aws.lambda, {
    app: config.name,
    functionName,
    input: { name: input?.name ?? JSON.stringify(event).slice(0, 80), bytes: input?.bytes ?? 0 },
    timeoutMs,
    now: Date.now,
    atRest: () => (queue ? queue.emptied() : atRest(aws)),
    isEndless: queue !== undefined,
    ...(recordOf && { recordOf }),
    isSwept: () =>
      aws.events.rules().some(({ schedule, isEnabled }) => schedule !== undefined && isEnabled) ||
      aws.scheduler.schedules().some(({ definition }) => definition.isEnabled),
    leastRuns: () => leastRuns,
    onSilence: ({ run, leaseUntilMs }) => screen.line(screen.paint.yellow(silenceNotice(run, leaseUntilMs))),
    onChange: progress.update,
  });
  try {
    const files = before ?? (await put());
    if (event) await start(app, deployed, event);
    else if (!queue) leastRuns = files.length;
    const isWorking = () => recorder.history.hops.some(({ endedAtMs }) => endedAtMs === undefined);
    const hiding = setInterval(() => {
      const hidden = isWorking() ? undefined : hiddenMessages(aws, functionName, Date.now());
      if (hidden === undefined) return;
      clearInterval(hiding);
      screen.line(screen.paint.yellow(hiddenMessagesNotice(hidden)));
    }, LOOK_FOR_HIDDEN_MS);
    const history = await recorder.ended().finally(() => clearInterval(hiding));
    if (queue) queue.conclude(history);
    return { history, files, event };
  } finally {
    recorder.stop();
    progress.end();
  }
}

/** Says what a run waits for whose invocation ended early. */
function silenceNotice(run: string, leaseUntilMs: number): string {
  const leftMs = leaseUntilMs - Date.now();
  if (leftMs <= 0) return `Run ${run} is silent; a sweep is to wake it.`;
  const time = new Date(leaseUntilMs).toLocaleTimeString("en-GB");
  return `Run ${run} is silent: its invocation ended early. The next one may begin when its lease is over, at ${time}, in ${formatDuration(leftMs)}. With --timeout SECONDS leases are shorter.`;
}

async function putInput(
  { config }: App,
  deployed: LocalApp,
  input: Input,
  queue: InputQueue | undefined,
  screen: Screen,
): Promise<VerifyContext["files"]> {
  const beganMs = performance.now();
  const took = () => formatDuration(performance.now() - beganMs);
  if (queue) {
    const messages = await queue.put(input.path);
    screen.line(screen.paint.dim(`${formatNumber(messages)} messages put in ${took()}`));
    return [];
  }
  const files = await upload(deployed.aws.url, outputOf(deployed, config.inputBucketOutput ?? ""), input, (done) => {
    if (input.files.length > 1)
      screen.status(`putting files  ${formatNumber(done)} of ${formatNumber(input.files.length)}`);
  });
  if (files.length > 1) screen.line(screen.paint.dim(`${formatNumber(files.length)} objects put in ${took()}`));
  return files;
}

async function start({ config }: App, deployed: LocalApp, event: object): Promise<void> {
  const { startFunctionOutput } = config;
  const { aws, functionName } = deployed;
  const payload = JSON.stringify(event);
  if (startFunctionOutput === undefined) {
    await aws.lambda.invoke({ functionName, invocationType: "Event", payload });
    return;
  }
  const answer = await aws.lambda.invoke({ functionName: outputOf(deployed, startFunctionOutput), payload });
  if (answer.functionError !== undefined) throw new Error(`The function that starts the run failed: ${answer.payload}`);
}

function asEvent(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new UsageError(`startEvent must answer with an object, not ${JSON.stringify(value)}.`);
}

function outputOf({ outputs }: LocalApp, name: string): string {
  const value = outputs[name];
  if (value !== undefined) return value;
  throw new UsageError(`The stack has no output ${name}. It has ${Object.keys(outputs).join(", ") || "none"}.`);
}
