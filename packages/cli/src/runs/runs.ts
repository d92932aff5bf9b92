import { setTimeout as wait } from "node:timers/promises";
import type { ListOptions, RunDetails, RunList } from "@longhaul/core/client";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { screenOn } from "../terminal.ts";
import type { AccessOptions } from "./access-options.ts";
import { LiveList } from "./live-list.ts";
import { withRuns } from "./run-access.ts";
import { runHeading, runLine } from "./run-text.ts";

/** Options of `longhaul runs`. */
export interface RunsOptions extends AccessOptions {
  readonly status?: ListOptions["status"];
  readonly since?: Date | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly watch?: true | undefined;
  readonly json?: true | undefined;
}

/** Time between two looks, in milliseconds. */
const LOOK_MS = 2_000;
const DEFAULT_COLUMNS = 80;

/** Lists runs, once or until it is interrupted. */
export async function runs(options: RunsOptions): Promise<ExitCode> {
  const { status, since, limit, cursor, watch } = options;
  return withRuns(options, async ({ client }) => {
    const list = () => client.list({ status, startedAfter: since, limit, cursor });
    if (!watch) {
      show(await list(), options);
      return EXIT.ok;
    }
    const showNext = watching(options);
    for (;;) {
      showNext((await list()).runs);
      await wait(LOOK_MS);
    }
  });
}

function show({ runs, cursor }: RunList, { json }: RunsOptions): void {
  if (json) {
    process.stdout.write(`${JSON.stringify({ runs, ...(cursor !== undefined && { cursor }) })}\n`);
    return;
  }
  const screen = screenOn(process.stdout);
  screen.line(runHeading(screen.paint));
  const how = { paint: screen.paint, columns: columnsOf(screen.isLive), nowMs: Date.now() };
  for (const run of runs) screen.line(runLine(run, how));
  if (cursor !== undefined) screen.line(screen.paint.dim(`There are more: --cursor '${cursor}'`));
}

/** Shows runs again and again: a list that is redrawn on a terminal, elsewhere a line for each run that has changed. */
function watching({ json }: RunsOptions): (runs: readonly RunDetails[]) => void {
  const screen = screenOn(process.stdout);
  const { paint, isLive } = screen;
  if (isLive && !json) {
    const live = new LiveList(process.stdout);
    return (runs) => {
      const how = { paint, columns: columnsOf(true), nowMs: Date.now() };
      live.draw([runHeading(paint), ...runs.map((run) => runLine(run, how))]);
    };
  }
  const seen = new Map<string, string>();
  return (runs) => {
    // The latest change comes first in a list, and last in a log.
    for (const run of [...runs].reverse()) {
      const mark = JSON.stringify([run.status, run.hop, run.attempt, run.stats.steps, run.requested]);
      if (seen.get(run.id) === mark) continue;
      seen.set(run.id, mark);
      screen.line(json ? JSON.stringify(run) : runLine(run, { paint, nowMs: Date.now() }));
    }
  };
}

function columnsOf(isLive: boolean): number | undefined {
  return isLive ? process.stdout.columns || DEFAULT_COLUMNS : undefined;
}
