import { escapeHtml, formatDuration, formatNumber } from "./format.ts";
import { across, plot, round } from "./plot.ts";
import { type HopHistory, hopNumber, isFault, type RunHistory } from "./run-history.ts";
import type { RunMarks } from "./run-marks.ts";
import { spanOf, type Tick, type TimeSpan } from "./time-span.ts";

/** A piece of a bar: times are milliseconds since 1970. */
interface Piece {
  readonly kind: "init" | "work" | "handoff" | "fault";
  readonly fromMs: number;
  readonly toMs: number;
  readonly run: string;
  readonly title: string;
}

/**
 * Of more invocations than this, hand-offs and cold starts too short to be seen are left out, and bars are merged where the
 * gaps between them would not be seen.
 */
const MAX_BARS = 400;
/** Share of the drawing's width that nobody sees. */
const INVISIBLE = 1 / 1_000;

/** Each invocation as a bar over time, a lane per function instance: cold start, work, hand-off. */
export function timelineChart(history: RunHistory, nowMs: number, marks?: RunMarks): string {
  const span = spanOf(history, nowMs);
  const lanes = Map.groupBy(history.hops, ({ sandboxId }) => sandboxId);
  const laneHeight = lanes.size <= 16 ? 22 : lanes.size <= 40 ? 12 : 6;
  const heightPx = Math.max(1, lanes.size) * laneHeight;
  const invisibleMs = span.lengthMs * INVISIBLE;
  const areFew = history.hops.length <= MAX_BARS;
  const isShown = ({ kind, fromMs, toMs }: Piece) =>
    areFew || kind === "work" || kind === "fault" || toMs - fromMs >= invisibleMs;
  const shapes = [...lanes.values()].map((hops, lane) => {
    const pieces = hops.flatMap((hop) => piecesOf(hop, nowMs, marks)).filter(isShown);
    const drawn = areFew ? pieces : merged(pieces, invisibleMs);
    // What went wrong is drawn last, so that nothing hides it.
    drawn.sort((a, b) => Number(a.kind === "fault") - Number(b.kind === "fault"));
    return drawn.map((piece) => bar(piece, span, lane * laneHeight + 2, Math.max(4, laneHeight - 4), marks)).join("");
  });
  const label = `Timeline of ${formatNumber(history.hops.length)} invocations in ${formatNumber(lanes.size)} function instances`;
  const ticks = laneTicks(lanes.size, laneHeight, heightPx);
  return plot({ label, span, heightPx, ticks, hasLines: false, shapes: shapes.join("") });
}

/** A number for each lane that has room for one. */
function laneTicks(lanes: number, laneHeight: number, heightPx: number): Tick[] {
  const every = lanes <= 16 ? 1 : 5;
  return Array.from({ length: lanes }, (_, lane) => lane)
    .filter((lane) => (lane + 1) % every === 0)
    .map((lane) => ({ share: 1 - ((lane + 0.5) * laneHeight) / heightPx, text: String(lane + 1) }));
}

function piecesOf(hop: HopHistory, nowMs: number, marks: RunMarks | undefined): Piece[] {
  const { run, startedAtMs: fromMs, endedAtMs: toMs = nowMs, initMs = 0 } = hop;
  const handOffMs = Math.min(hop.handOffMs ?? 0, toMs - fromMs);
  const title = titleOf(hop, toMs - fromMs, marks);
  const main: Piece = { kind: isFault(hop) ? "fault" : "work", fromMs, toMs: toMs - handOffMs, run, title };
  return [
    ...(initMs > 0 ? [{ kind: "init", fromMs: fromMs - initMs, toMs: fromMs, run, title } as const] : []),
    main,
    ...(handOffMs > 0 ? [{ kind: "handoff", fromMs: toMs - handOffMs, toMs, run, title } as const] : []),
  ];
}

function titleOf(hop: HopHistory, tookMs: number, marks: RunMarks | undefined): string {
  const name = marks?.nameOf(hop.run);
  return [
    `${name === undefined ? "" : `${name}, `}hop ${hopNumber(hop)}`,
    ...(hop.attempt > 1 ? [`attempt ${hop.attempt}`] : []),
    `${hop.status}${hop.cause ? ` (${hop.cause})` : ""}`,
    formatDuration(tookMs),
    `${formatNumber(hop.steps)} safe points`,
    hop.cold ? "cold" : "warm",
    ...(hop.error ? [hop.error] : []),
  ].join(", ");
}

/** Joins work of one run to one bar where gaps are too short to be seen; what went wrong stays apart. */
function merged(pieces: readonly Piece[], invisibleMs: number): Piece[] {
  const joined: (Piece & { toMs: number; invocations: number })[] = [];
  const last = new Map<string, (typeof joined)[number]>();
  for (const piece of pieces) {
    const kind = piece.kind === "fault" ? "fault" : "work";
    const invocations = piece.kind === kind ? 1 : 0;
    const key = `${kind} ${piece.run}`;
    const before = last.get(key);
    if (before && piece.fromMs - before.toMs < invisibleMs) {
      before.toMs = Math.max(before.toMs, piece.toMs);
      before.invocations += invocations;
      continue;
    }
    const begun = { ...piece, kind, invocations } as const;
    joined.push(begun);
    last.set(key, begun);
  }
  return joined.map(({ invocations, ...piece }) =>
    invocations < 2 ? piece : { ...piece, title: `${formatNumber(invocations)} invocations` },
  );
}

function bar(piece: Piece, span: TimeSpan, y: number, height: number, marks: RunMarks | undefined): string {
  const { kind, fromMs, toMs, run, title } = piece;
  const [from, to] = [across(span, fromMs), across(span, toMs)];
  const color = kind === "work" ? (marks?.colorOf(run) ?? "work") : kind;
  // A line around it keeps a bar visible that is narrower than a pixel.
  const isTiny = to - from < 3;
  return `<rect class="${color}${isTiny ? " tiny" : ""}"${marks?.attribute(run) ?? ""} x="${from}" y="${y}" width="${round(Math.max(0.1, to - from - 0.4))}" height="${height}"><title>${escapeHtml(title)}</title></rect>`;
}
