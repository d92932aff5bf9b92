import { rowId } from "./error-list.ts";
import { faultNote } from "./fault-note.ts";
import { escapeHtml, formatDuration, formatNumber } from "./format.ts";
import { type HopHistory, hopNumber, isFault, type RunHistory } from "./run-history.ts";
import type { RunMarks } from "./run-marks.ts";

/** More invocations are shown in pieces of this size, each of which is opened on its own. */
const ROWS = 100;

/** Each invocation as a row of three columns, which fit a narrow page. */
export function hopTable(history: RunHistory, marks: RunMarks | undefined): string {
  const { hops } = history;
  const rows = hops.map((hop, place) => row(history, hop, place, marks));
  if (rows.length <= ROWS * 1.5) return table(rows);
  const pieces: string[] = [];
  for (let from = 0; from < rows.length; from += ROWS) {
    const to = Math.min(rows.length, from + ROWS);
    const note = faultNote(hops.slice(from, to));
    pieces.push(
      `<details><summary>Invocations ${formatNumber(from + 1)} to ${formatNumber(to)}${note}</summary>${table(rows.slice(from, to))}</details>`,
    );
  }
  return pieces.join("\n");
}

function table(rows: readonly string[]): string {
  return `<table class="hops"><thead><tr><th scope="col">hop</th><th scope="col">began</th><th scope="col">ended</th></tr></thead><tbody>${rows.join("\n")}</tbody></table>`;
}

function row(history: RunHistory, hop: HopHistory, place: number, marks: RunMarks | undefined): string {
  const { run, status, cause, error, startedAtMs, endedAtMs, windowMs, attempt } = hop;
  const isBad = isFault(hop);
  const name =
    marks === undefined
      ? ""
      : `<i class="swatch ${marks.colorOf(run)}"></i><bdi>${escapeHtml(marks.nameOf(run))}</bdi><br>`;
  const began = `+${formatDuration(startedAtMs - history.startedAtMs)}`;
  const took =
    endedAtMs === undefined
      ? ""
      : `<small>took ${formatDuration(endedAtMs - startedAtMs)}${windowMs === undefined ? "" : ` of ${formatDuration(windowMs)}`}</small>`;
  const attributes = `${marks?.attribute(run) ?? ""}${isBad ? ` class="bad" id="${rowId(place)}" data-bad` : ""}`;
  return `<tr${attributes}><td>${name}<b>${hopNumber(hop)}</b>${attempt > 1 ? `<small>attempt ${attempt}</small>` : ""}</td><td>${began}${took}</td><td><span class="status ${status}">${status}</span> ${cause ?? ""}${error === undefined ? "" : `<div class="message">${escapeHtml(error)}</div>`}<small>${factsOf(hop).join(" · ")}</small></td></tr>`;
}

/** Figures of an invocation, each with its name. */
function factsOf({
  steps,
  reserveMs,
  handOffMs,
  pausedMs = 0,
  unusedMs,
  cold,
  initMs,
  maxMemoryMb,
}: HopHistory): string[] {
  const times: readonly (readonly [string, number | undefined])[] = [
    ["hand-off", handOffMs],
    ["reserve", reserveMs],
    ["left", unusedMs],
    ["paused", pausedMs > 0 ? pausedMs : undefined],
  ];
  return [
    `${formatNumber(steps)} safe points`,
    cold ? `cold start ${formatDuration(initMs ?? 0)}` : "warm",
    ...times.flatMap(([name, ms]) => (ms === undefined ? [] : [`${name} ${formatDuration(ms)}`])),
    ...(maxMemoryMb === undefined ? [] : [`${formatNumber(Math.round(maxMemoryMb))} MB`]),
  ];
}
