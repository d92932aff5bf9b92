import { formatDuration } from "../../../packages/cli/src/report/format.ts";
import { gridOf, isFault, overviewOf, type Window } from "./layout.ts";
import type { Bar, Play } from "./play.ts";

/** Colours and typeface of a drawing, as the page's theme has them. */
export type Palette = Readonly<
  Record<"work" | "handoff" | "fault" | "init" | "ink" | "soft" | "line" | "accent" | "paper" | "font", string>
>;

export const ROW_PX = 24;
export const AXIS_PX = 24;
const BAR_PX = 14;

/** Draws the bars of a window, one a row, until a moment. */
export function drawTimeline(
  canvas: CanvasRenderingContext2D,
  play: Play,
  { first, after, fromMs, toMs }: Window,
  {
    atMs,
    width,
    height,
    palette,
  }: { readonly atMs: number; readonly width: number; readonly height: number; readonly palette: Palette },
): void {
  canvas.clearRect(0, 0, width, height);
  const isNarrow = width < 480;
  const hasSeveralRuns = play.runsBegan.length > 1;
  const gutter = (isNarrow ? 58 : 88) + (hasSeveralRuns ? (isNarrow ? 26 : 40) : 0);
  const plot = width - gutter - 10;
  const x = (ms: number) => gutter + ((ms - fromMs) / (toMs - fromMs)) * plot;
  canvas.font = `11px ${palette.font}`;
  canvas.textBaseline = "middle";
  canvas.lineWidth = 1;
  for (const at of gridOf(fromMs, toMs, isNarrow ? 3 : 7)) {
    const px = Math.round(x(at)) + 0.5;
    if (px < gutter - 1) continue;
    canvas.strokeStyle = palette.line;
    canvas.beginPath();
    canvas.moveTo(px, AXIS_PX - 4);
    canvas.lineTo(px, height);
    canvas.stroke();
    canvas.fillStyle = palette.soft;
    canvas.textAlign = px > width - 60 ? "right" : "center";
    canvas.fillText(
      formatDuration(at)
        .replace(/\.0 s$/, " s")
        .replace(/ 0 (s|min)$/, ""),
      px,
      9,
    );
  }
  const rows: { readonly bar: Bar; readonly y: number }[] = [];
  for (let index = first; index < after; index++) {
    rows.push({ bar: play.bars[index]!, y: AXIS_PX + (index - first) * ROW_PX + (ROW_PX - BAR_PX) / 2 });
  }
  for (const [index, { bar, y }] of rows.entries()) {
    drawHandOff(canvas, rows, index, x, palette);
    drawBar(canvas, bar, { y, x, atMs, palette });
    canvas.textAlign = "left";
    canvas.fillStyle = bar.toMs > atMs ? palette.ink : palette.soft;
    canvas.fillText(nameOf(bar, hasSeveralRuns, isNarrow), isNarrow ? 6 : 14, y + BAR_PX / 2 + 0.5);
  }
  const now = Math.round(x(atMs)) + 0.5;
  if (now <= width) {
    canvas.strokeStyle = palette.accent;
    canvas.beginPath();
    canvas.moveTo(now, AXIS_PX - 8);
    canvas.lineTo(now, height);
    canvas.stroke();
  }
}

/** The name of a row. Where space is short, `3: hop 1 (2)` is attempt 2 of hop 1 of run 3. */
function nameOf({ hop, attempt, runNumber }: Bar, hasSeveralRuns: boolean, isNarrow: boolean): string {
  const run = hasSeveralRuns && runNumber !== undefined ? (isNarrow ? `${runNumber}: ` : `run ${runNumber}, `) : "";
  const tries = attempt > 1 ? (isNarrow ? ` (${attempt})` : `, try ${attempt}`) : "";
  return `${run}hop ${hop}${tries}`;
}

/** The line from the hop that handed off to the one that took over. */
function drawHandOff(
  canvas: CanvasRenderingContext2D,
  rows: readonly { readonly bar: Bar; readonly y: number }[],
  index: number,
  x: (ms: number) => number,
  palette: Palette,
): void {
  const { bar, y } = rows[index]!;
  const from = rows.slice(0, index).findLast(({ bar: before }) => isBefore(before, bar));
  if (!from) return;
  canvas.strokeStyle = palette.handoff;
  canvas.globalAlpha = 0.45;
  canvas.beginPath();
  const leftAt = x(from.bar.wakeAtMs ?? from.bar.toMs);
  canvas.moveTo(leftAt, from.y + BAR_PX);
  canvas.lineTo(leftAt, y + BAR_PX / 2);
  canvas.lineTo(x(bar.fromMs), y + BAR_PX / 2);
  canvas.stroke();
  canvas.globalAlpha = 1;
}

function isBefore(one: Bar, next: Bar): boolean {
  const isOfHop = one.runNumber === next.runNumber && one.hop === next.hop - 1;
  const hasHandedOff = one.end === "continued" || one.end === "sleeping";
  return isOfHop && hasHandedOff && (one.wakeAtMs ?? one.toMs) <= next.fromMs + 1;
}

function drawBar(
  canvas: CanvasRenderingContext2D,
  bar: Bar,
  {
    y,
    x,
    atMs,
    palette,
  }: { readonly y: number; readonly x: (ms: number) => number; readonly atMs: number; readonly palette: Palette },
): void {
  const isOver = bar.toMs <= atMs;
  const left = x(bar.fromMs);
  const right = Math.max(left + 2, x(Math.min(bar.toMs, atMs)));
  if (isOver && bar.end === "duplicate" && bar.items.length === 0) {
    canvas.strokeStyle = palette.init;
    canvas.lineWidth = 1.5;
    canvas.beginPath();
    canvas.arc(left + 4, y + BAR_PX / 2, 4, 0, 2 * Math.PI);
    canvas.moveTo(left + 1.5, y + BAR_PX / 2 + 2.5);
    canvas.lineTo(left + 6.5, y + BAR_PX / 2 - 2.5);
    canvas.stroke();
    canvas.lineWidth = 1;
    canvas.fillStyle = palette.soft;
    const isAtEdge = left > canvas.canvas.clientWidth - 70;
    canvas.textAlign = isAtEdge ? "right" : "left";
    canvas.fillText("refused", isAtEdge ? left - 5 : left + 13, y + BAR_PX / 2 + 0.5);
    return;
  }
  // What is left of its time until Lambda kills it.
  if (!isOver) {
    canvas.fillStyle = palette.line;
    canvas.fillRect(left, y + BAR_PX / 2 - 1, Math.max(0, x(bar.deadlineMs) - left), 2);
  }
  canvas.fillStyle = palette.work;
  roundRect(canvas, left, y, right - left, BAR_PX);
  if (bar.isCold) {
    canvas.fillStyle = palette.init;
    canvas.fillRect(left, y, Math.min(3, right - left), BAR_PX);
  }
  drawMarks(canvas, bar, { y, x, atMs, palette });
  for (const [fromMs, toMs] of bar.freezes) {
    if (fromMs > atMs) continue;
    const end = Math.min(toMs, bar.toMs, atMs);
    canvas.fillStyle = palette.paper;
    canvas.globalAlpha = 0.72;
    canvas.fillRect(x(fromMs), y, Math.max(1, x(end) - x(fromMs)), BAR_PX);
    canvas.globalAlpha = 1;
    canvas.strokeStyle = palette.work;
    canvas.strokeRect(x(fromMs) + 0.5, y + 0.5, Math.max(1, x(end) - x(fromMs)) - 1, BAR_PX - 1);
  }
  if (!isOver) return;
  if (isFault(bar)) {
    canvas.fillStyle = palette.fault;
    canvas.fillRect(right - 3, y - 2, 3, BAR_PX + 4);
    cross(canvas, right + 7, y + BAR_PX / 2, palette.fault);
  } else if (bar.end === "continued" || bar.end === "sleeping") {
    canvas.fillStyle = palette.handoff;
    canvas.fillRect(right - 3, y, 3, BAR_PX);
    if (bar.wakeAtMs !== undefined) drawSleep(canvas, right, x(Math.min(bar.wakeAtMs, atMs)), y, palette);
  } else {
    canvas.fillStyle = bar.end === "done" ? palette.accent : palette.init;
    canvas.fillRect(right - 4, y - 2, 4, BAR_PX + 4);
    if (bar.end !== "duplicate") return;
    canvas.fillStyle = palette.soft;
    canvas.textAlign = "left";
    canvas.fillText("fenced", right + 6, y + BAR_PX / 2 + 0.5);
  }
}

/** The time in which nothing runs and nothing is billed. */
function drawSleep(canvas: CanvasRenderingContext2D, left: number, right: number, y: number, palette: Palette): void {
  canvas.strokeStyle = palette.handoff;
  canvas.setLineDash([2, 4]);
  canvas.beginPath();
  canvas.moveTo(left + 4, y + BAR_PX / 2);
  canvas.lineTo(right, y + BAR_PX / 2);
  canvas.stroke();
  canvas.setLineDash([]);
}

/** Items as fine lines, and durable safe points as dots, where there is space for them. */
function drawMarks(
  canvas: CanvasRenderingContext2D,
  bar: Bar,
  {
    y,
    x,
    atMs,
    palette,
  }: { readonly y: number; readonly x: (ms: number) => number; readonly atMs: number; readonly palette: Palette },
): void {
  canvas.fillStyle = palette.paper;
  const spacing = (x(bar.toMs > atMs ? atMs : bar.toMs) - x(bar.fromMs)) / (bar.items.length || 1);
  if (spacing >= 4) {
    canvas.globalAlpha = 0.4;
    for (const at of bar.items) if (at <= atMs) canvas.fillRect(Math.round(x(at)), y + 2, 1, BAR_PX - 4);
  }
  canvas.globalAlpha = 0.95;
  let lastPx = Number.NEGATIVE_INFINITY;
  for (const at of bar.saves) {
    const px = x(at);
    if (at > atMs || px - lastPx < 6) continue;
    lastPx = px;
    canvas.beginPath();
    canvas.arc(px, y + BAR_PX / 2, 1.8, 0, 2 * Math.PI);
    canvas.fill();
  }
  canvas.globalAlpha = 1;
}

function roundRect(canvas: CanvasRenderingContext2D, x: number, y: number, width: number, height: number): void {
  canvas.beginPath();
  canvas.roundRect(x, y, width, height, Math.min(3, width / 2));
  canvas.fill();
}

function cross(canvas: CanvasRenderingContext2D, x: number, y: number, color: string): void {
  canvas.strokeStyle = color;
  canvas.lineWidth = 2;
  canvas.beginPath();
  canvas.moveTo(x - 3.5, y - 3.5);
  canvas.lineTo(x + 3.5, y + 3.5);
  canvas.moveTo(x + 3.5, y - 3.5);
  canvas.lineTo(x - 3.5, y + 3.5);
  canvas.stroke();
  canvas.lineWidth = 1;
}

/** Draws a whole play in one strip: work, what went wrong, what was refused, what the reader did. */
export function drawOverview(
  canvas: CanvasRenderingContext2D,
  play: Play,
  {
    endMs,
    width,
    height,
    palette,
  }: { readonly endMs: number; readonly width: number; readonly height: number; readonly palette: Palette },
): void {
  canvas.clearRect(0, 0, width, height);
  const columns = overviewOf(play, endMs, Math.max(1, Math.floor(width)));
  for (const [index, { work, hasFault, hasRefusal }] of columns.entries()) {
    if (work > 0) {
      canvas.fillStyle = palette.work;
      canvas.globalAlpha = 0.25 + 0.5 * work;
      canvas.fillRect(index, height * 0.35, 1, height * 0.4);
      canvas.globalAlpha = 1;
    }
    if (hasFault) {
      canvas.fillStyle = palette.fault;
      canvas.fillRect(index, height * 0.1, 2, height * 0.65);
    } else if (hasRefusal) {
      canvas.fillStyle = palette.init;
      canvas.fillRect(index, height * 0.2, 2, height * 0.55);
    }
  }
  canvas.fillStyle = palette.accent;
  for (const { atMs } of play.asked) {
    const px = (atMs / Math.max(1, endMs)) * width;
    canvas.beginPath();
    canvas.moveTo(px - 4, height);
    canvas.lineTo(px + 4, height);
    canvas.lineTo(px, height - 6);
    canvas.fill();
  }
}
