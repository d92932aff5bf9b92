import { formatDuration, formatNumber } from "../report/format.ts";
import type { HopHistory, RunHistory } from "../report/run-history.ts";
import { hopName } from "../report/run-names.ts";
import { bar, type Screen } from "../terminal.ts";

/** Shows a run as it goes: one line per hop that ended, and on a terminal a last line that moves. */
export interface LiveProgress {
  update(history: RunHistory): void;
  end(): void;
}

/** Names of hops stand below each other, as far as they are no longer than so many characters. */
const MAX_NAME_WIDTH = 32;

type Align = (name: string) => string;

/** Live progress on a screen. */
export function liveProgress(screen: Screen, now: () => number = Date.now): LiveProgress {
  const shown = new Set<HopHistory>();
  let latest: RunHistory | undefined;
  let width = 4;
  const aligned: Align = (name) => {
    width = Math.max(width, Math.min(name.length, MAX_NAME_WIDTH));
    return name.padStart(width);
  };
  const redraw = () => {
    if (latest) screen.status(statusLine(latest, now(), aligned));
  };
  const timer = screen.isLive ? setInterval(redraw, 100) : undefined;
  return {
    update(history) {
      latest = history;
      for (const hop of history.hops) {
        if (hop.endedAtMs === undefined || shown.has(hop)) continue;
        shown.add(hop);
        screen.line(hopLine(history, hop, screen, aligned));
      }
    },
    end() {
      clearInterval(timer);
      screen.status("");
    },
  };
}

function recordsUpTo(history: RunHistory, atMs: number): number {
  const sample = history.samples.findLast(
    (candidate) => candidate.atMs <= atMs && candidate.progress.records !== undefined,
  );
  return sample?.progress.records ?? 0;
}

function hopLine(history: RunHistory, hop: HopHistory, { paint, isLive }: Screen, aligned: Align): string {
  const tookMs = (hop.endedAtMs ?? hop.startedAtMs) - hop.startedAtMs;
  const isFault = hop.status === "timeout" || hop.status === "error" || hop.status === "exit";
  const status = isFault
    ? paint.red(hop.status.padEnd(9))
    : hop.status === "done"
      ? paint.green("done     ")
      : hop.status.padEnd(9);
  const share = hop.windowMs ? tookMs / hop.windowMs : 0;
  return [
    `hop ${aligned(hopName(history, hop))}`,
    status,
    ...(isLive ? [paint.blue(bar(share, 16))] : []),
    `${formatDuration(tookMs).padStart(7)} of ${formatDuration(hop.windowMs ?? history.timeoutMs)}`,
    `${formatNumber(recordsUpTo(history, (hop.endedAtMs ?? 0) + 1)).padStart(11)} records`,
    paint.dim(hop.cold ? `cold start ${formatDuration(hop.initMs ?? 0)}` : "warm"),
    ...(hop.handOffMs === undefined ? [] : [paint.dim(`hand-off ${formatDuration(hop.handOffMs)}`)]),
    ...(hop.error ? [paint.red(hop.error)] : []),
  ].join("  ");
}

function statusLine(history: RunHistory, nowMs: number, aligned: Align): string {
  const running = history.hops.filter(({ endedAtMs }) => endedAtMs === undefined);
  const hop = running.at(-1) ?? history.hops.at(-1);
  const elapsedMs = nowMs - history.startedAtMs;
  const records = recordsUpTo(history, nowMs);
  const share = hop ? (nowMs - hop.startedAtMs) / (hop.windowMs ?? history.timeoutMs) : 0;
  return [
    `hop ${aligned(hop ? hopName(history, hop) : "0")}`,
    running.length > 1 ? `${running.length} at once` : "running  ",
    bar(share, 16),
    `${formatNumber(records)} records`,
    `${formatNumber(Math.round((records / Math.max(1, elapsedMs)) * 1000))}/s`,
    formatDuration(elapsedMs),
  ].join("  ");
}
