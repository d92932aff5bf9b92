import { setTimeout as wait } from "node:timers/promises";
import { GetFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import type { RunDetails } from "@longhaul/core/client";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { printable } from "../printable.ts";
import type { AccessOptions } from "../runs/access-options.ts";
import type { Account } from "../runs/account.ts";
import { found, type RunAccess, withRuns } from "../runs/run-access.ts";
import { type Screen, screenOn } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { logText } from "./log-text.ts";
import { eventsBetween } from "./log-window.ts";
import { RunLog, type RunLogLine } from "./run-log.ts";

/** Options of `longhaul logs`. */
export interface LogsOptions extends AccessOptions {
  readonly follow?: true | undefined;
  readonly grep?: string | undefined;
  readonly json?: true | undefined;
}

/** One question asks for so long a while: an invocation lasts no longer. */
const WINDOW_MS = 900_000;
/** Lines may come so late to CloudWatch Logs; so far back each question looks again. */
const LATE_MS = 10_000;
const LOOK_MS = 1_000;

/** Shows what a run logged. */
export async function logs(id: string, options: LogsOptions): Promise<ExitCode> {
  const pattern = patternOf(options.grep);
  return withRuns(options, async ({ client, account, tableName }) => {
    const run = found(await client.get(id), id, tableName);
    const group = await logGroupOf(account, run);
    const screen = screenOn(process.stdout);
    const log = new RunLog(run.id);
    let count = 0;
    const show = (lines: readonly RunLogLine[]) => {
      count += lines.length;
      for (const line of lines) if (pattern?.test(line.message) ?? true) print(line, screen, options);
    };
    const read = async (fromMs: number, toMs: number) => {
      for (let atMs = fromMs; atMs < toMs; atMs += WINDOW_MS) {
        const range = { fromMs: atMs - LATE_MS, toMs: Math.min(toMs, atMs + WINDOW_MS) };
        show(log.add(await eventsBetween(account.logs, { group, run: run.id, ...range, streams: log.openStreams })));
      }
    };
    const toMs = endOf(run, options);
    await read(run.startedAt.getTime(), toMs);
    if (options.follow) await follow({ client, run, read, fromMs: toMs });
    if (count === 0) sayWhy(run, group);
    return EXIT.ok;
  });
}

/** Reads on until the run is at rest, and once more for lines that come late. */
async function follow(following: {
  readonly client: RunAccess["client"];
  readonly run: RunDetails<object>;
  readonly read: (fromMs: number, toMs: number) => Promise<void>;
  readonly fromMs: number;
}): Promise<void> {
  const { client, run, read } = following;
  let { fromMs } = following;
  for (;;) {
    const now = await client.get(run.id);
    const isOver = !now || isAtRest(now);
    if (isOver) await wait(LOOK_MS);
    const toMs = Date.now();
    await read(fromMs, toMs);
    fromMs = toMs;
    if (isOver) return;
    await wait(LOOK_MS);
  }
}

/** The time after which a run cannot have logged anything. */
function endOf(run: RunDetails<object>, { follow }: LogsOptions): number {
  return isAtRest(run) && !follow ? Math.min(Date.now(), run.changedAt.getTime() + WINDOW_MS) : Date.now();
}

function isAtRest({ status }: RunDetails<object>): boolean {
  return status !== "running" && status !== "sleeping";
}

/** @throws {@link UsageError} for what is no regular expression. */
function patternOf(text: string | undefined): RegExp | undefined {
  try {
    return text === undefined ? undefined : new RegExp(text);
  } catch (error) {
    throw new UsageError(`--grep: ${(error as Error).message}.`);
  }
}

/** The log group of the function that works on a run. */
async function logGroupOf({ lambda }: Account, { target }: RunDetails<object>): Promise<string> {
  const { FunctionName = target, LoggingConfig } = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: target }),
  );
  return LoggingConfig?.LogGroup ?? `/aws/lambda/${FunctionName}`;
}

function print(line: RunLogLine, screen: Screen, { json }: LogsOptions): void {
  if (json) process.stdout.write(`${JSON.stringify(line)}\n`);
  else screen.line(logText(line, screen.paint));
}

function sayWhy({ id }: RunDetails<object>, group: string): void {
  process.stderr.write(
    `No line of ${printable(group)} is of run ${printable(id)}. Its function needs observers: [jsonLogObserver()], ` +
      "and what was logged comes some seconds later.\n",
  );
}
