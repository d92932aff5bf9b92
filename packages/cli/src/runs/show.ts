import type { RunDetails } from "@longhaul/core/client";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { screenOn } from "../terminal.ts";
import type { AccessOptions } from "./access-options.ts";
import { found, type RunAccess, withRuns } from "./run-access.ts";
import { runText } from "./run-text.ts";

/** Options of verbs that show one run. */
export interface ShowOptions extends AccessOptions {
  readonly json?: true | undefined;
}

/** Options of verbs that may wait for a run. */
export interface WaitingOptions extends ShowOptions {
  readonly wait?: true | undefined;
  /** Longest wait, in seconds. */
  readonly timeout?: number | undefined;
}

/** Shows one run. */
export async function show(id: string, options: ShowOptions): Promise<ExitCode> {
  return withRuns(options, async ({ client, tableName }) => {
    showRun(found(await client.get(id), id, tableName), options);
    return EXIT.ok;
  });
}

/** Prints a run, for people or for programs. */
function showRun(run: RunDetails, { json }: ShowOptions): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(run)}\n`);
    return;
  }
  const screen = screenOn(process.stdout);
  const columns = process.stdout.columns || 80;
  for (const line of runText(run, { paint: screen.paint, columns, nowMs: Date.now() })) screen.line(line);
}

/** Waits for a run where that is asked for, and shows it. */
export async function showAfter(
  run: RunDetails<object>,
  { client }: RunAccess,
  options: WaitingOptions,
): Promise<RunDetails<object>> {
  const { wait, timeout } = options;
  const shown = wait ? await client.wait(run.id, timeout === undefined ? {} : { timeoutMs: timeout * 1_000 }) : run;
  showRun(shown, options);
  return shown;
}
