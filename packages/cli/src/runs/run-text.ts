import type { RunDetails } from "@longhaul/core/client";
import { tellingPart } from "@longhaul/core/parts";
import { errorPage } from "../error-page.ts";
import { printable, shortened } from "../printable.ts";
import { formatDuration, formatNumber, formatUsd } from "../report/format.ts";
import type { Paint } from "../terminal.ts";

/** How runs are shown. */
export interface RunTextOptions {
  readonly paint: Paint;
  /** Width of a line. Default: as wide as it is. */
  readonly columns?: number | undefined;
  readonly nowMs: number;
}

const PAINTS: Readonly<Record<RunDetails["status"], keyof Paint>> = {
  running: "blue",
  sleeping: "blue",
  paused: "yellow",
  done: "green",
  failed: "red",
  stopped: "yellow",
};

/** Column in which the facts of a run begin. */
const INDENT = 10;

/** The heading of a list of runs. */
export function runHeading(paint: Paint): string {
  return paint.dim(`${"STATUS".padEnd(9)}${"HOP".padStart(6)}${"CHANGED".padStart(14)}${"COST".padStart(10)}  RUN`);
}

/** A run on one line. Its id comes last and whole, unless the line has to fit. */
export function runLine(run: RunDetails, { paint, columns, nowMs }: RunTextOptions): string {
  const ago = `${formatDuration(Math.max(0, nowMs - run.changedAt.getTime()))} ago`;
  const cost = formatUsd(run.stats.costUsd);
  const facts = `${formatNumber(run.hop).padStart(6)}${ago.padStart(14)}${cost.padStart(10)}  `;
  const id = printable(run.id);
  const shown = columns === undefined ? id : shortened(id, Math.max(20, columns - 9 - facts.length));
  return `${paint[PAINTS[run.status]](run.status.padEnd(9))}${facts}${shown}`;
}

/** All that is known of a run, and what can be done with it. */
export function runText(run: RunDetails, { paint, columns, nowMs }: RunTextOptions): string[] {
  const { stats, progress, reason, lastError, limits, rewindableHops = [] } = run;
  const time = (at: Date) => `${at.toISOString()}, ${formatDuration(Math.max(0, nowMs - at.getTime()))} ago`;
  const said = ({ code, message }: { readonly code: string; readonly message: string }) => `${code}: ${message}`;
  const counters = Object.entries(progress ?? {}).map(([name, count]) => `${name} ${formatNumber(count)}`);
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["function", run.target],
    ["began", time(run.startedAt)],
    ["changed", time(run.changedAt)],
    ["heartbeat", run.status === "running" ? time(run.heartbeatAt) : undefined],
    ["hop", `${formatNumber(run.hop)}, attempt ${run.attempt}`],
    ["rewinds", run.rewinds === undefined ? undefined : formatNumber(run.rewinds)],
    ["rewind to", rewindableHops.length > 0 ? hopsText(rewindableHops) : undefined],
    ["wakes", run.wakeAt?.toISOString()],
    ["asked to", run.requested],
    ["progress", counters.length > 0 ? counters.join(", ") : undefined],
    ["used", `${formatDuration(stats.usedMs)}, ${formatNumber(stats.steps)} steps, ${formatUsd(stats.costUsd)}`],
    ["limits", limits && JSON.stringify(limits)],
    ["event", tellingPart(run.event)],
    ["state", run.state === undefined ? undefined : tellingPart(run.state)],
    ["result", run.result === undefined ? undefined : tellingPart(run.result)],
    ["reason", reason && said(reason)],
    ["see", reason && errorPage(reason.code)],
    ["error", lastError && said(lastError)],
  ];
  const lines = [`${printable(run.id)}  ${paint[PAINTS[run.status]](run.status)}`, ""];
  for (const [name, value] of facts) {
    if (value === undefined) continue;
    lines.push(...wrapped(paint.dim(name.padEnd(INDENT)), printable(value), columns));
  }
  return [...lines, "", ...nextCommands(run).map((command) => paint.dim(command))];
}

/** Command lines that make sense for a run as it is. */
export function nextCommands({ id, status, reason, requested, rewindableHops = [] }: RunDetails): string[] {
  const line = (verb: string, ...options: readonly string[]) => ["longhaul", verb, quoted(id), ...options].join(" ");
  if (status === "running" || status === "sleeping")
    return [line("logs", "--follow"), ...(requested ? [line("resume")] : [line("pause"), line("stop")])];
  const rewind = rewindableHops.length > 0 ? [line("rewind", "--hop N")] : [];
  if (status === "done") return [line("logs"), ...rewind, line("delete")];
  const option = { MAX_HOPS: "--max-hops N", MAX_DURATION: "--max-hours N", MAX_COST: "--max-cost USD" }[
    reason?.code ?? ""
  ];
  return [line("logs"), line("resume", ...(option ? [option] : [])), ...rewind, line("delete")];
}

/** Hops as a person names them. */
function hopsText(hops: readonly number[]): string {
  const [first = 0, second] = hops;
  const last = hops.at(-1) ?? first;
  if (second === undefined) return `hop ${first}`;
  return `hops ${last - first === hops.length - 1 ? `${first} to ${last}` : hops.join(", ")}`;
}

function wrapped(name: string, text: string, columns: number | undefined): string[] {
  const width = Math.max(20, (columns ?? Number.POSITIVE_INFINITY) - INDENT);
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.at(-1) ?? "";
    if (last !== "" && last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines.map((line, index) => `${index === 0 ? name : " ".repeat(INDENT)}${line}`);
}

/** An argument as a shell takes it. */
export function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
