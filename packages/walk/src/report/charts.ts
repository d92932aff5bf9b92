import { escapeHtml, formatBytes, formatNumber, formatShare } from "./format.ts";
import type { Share, WalkReport } from "./walk-report.ts";

const WIDTH = 1100;
const RIGHT = 16;
const TOP = 14;

/** A thing whose share of all objects and bytes is drawn. */
export interface NamedShare extends Share {
  readonly name: string;
}

/** Objects and bytes by size: two bars per power of two, each as a share of its own whole. */
export function sizeChart({ sizes, objects, bytes }: WalkReport): string {
  const height = 260;
  const left = 48;
  const axis = 30;
  const base = height - axis;
  const most = sizes.reduce((max, bin) => Math.max(max, bin.objects / objects, bin.bytes / (bytes || 1)), 0.01);
  const tick = tickOf(most);
  const top = Math.ceil(most / tick - 1e-9) * tick;
  const y = (share: number) => base - (share / top) * (base - TOP);
  const step = (WIDTH - left - RIGHT) / Math.max(1, sizes.length);
  const grid = Array.from({ length: Math.round(top / tick) + 1 }, (_, i) => {
    const at = round(y(i * tick));
    return (
      `<line class="grid" x1="${left}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}"/>` +
      `<text x="${left - 6}" y="${at + 4}" text-anchor="end">${Math.round(i * tick * 1000) / 10} %</text>`
    );
  });
  const bars = sizes.map((bin, at) => {
    const x = left + at * step;
    const width = Math.min(36, step * 0.42);
    const middle = x + step / 2;
    const label = bin.fromBytes === 0 ? "0" : formatBytes(bin.fromBytes).replace(" B", "").replace("iB", "");
    const range =
      bin.fromBytes === 0 ? "empty" : `${formatBytes(bin.fromBytes)} to below ${formatBytes(bin.belowBytes)}`;
    const bar = (kind: string, from: number, share: number) =>
      share > 0
        ? `<rect class="${kind}" x="${round(from)}" y="${round(Math.min(y(share), base - 1))}" width="${round(width)}" height="${round(Math.max(1, base - y(share)))}" rx="1.5"/>`
        : "";
    const title = `${range}: ${formatNumber(bin.objects)} of the objects (${formatShare(bin.objects, objects)}), ${formatBytes(bin.bytes)} (${formatShare(bin.bytes, bytes)})`;
    return `<g><title>${escapeHtml(title)}</title>${bar("objects", middle - width, bin.objects / objects)}${bar("bytes", middle, bin.bytes / (bytes || 1))}</g><text x="${round(middle)}" y="${base + 16}" text-anchor="middle">${label}</text>`;
  });
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Objects and bytes by size">${grid.join("")}${bars.join("")}</svg>`;
}

/** A round step of which about four go up to a share. */
function tickOf(most: number): number {
  return [0.005, 0.01, 0.02, 0.05, 0.1, 0.2].find((tick) => most / tick <= 5) ?? 0.25;
}

/** A row for each thing: its name, and bars for its share of the bytes and of the objects. */
export function shareChart(rows: readonly NamedShare[], whole: Share, label: string): string {
  const rowHeight = 26;
  const left = 330;
  const right = 170;
  const height = TOP * 2 + rows.length * rowHeight;
  const most = rows.reduce(
    (max, row) => Math.max(max, row.bytes / (whole.bytes || 1), row.objects / (whole.objects || 1)),
    0.001,
  );
  const lines = rows.map((row, at) => {
    const y = TOP + at * rowHeight;
    const bar = (kind: string, top: number, part: number) =>
      `<rect class="${kind}" x="${left}" y="${top}" width="${round(Math.max(part > 0 ? 1 : 0, (part / most) * (WIDTH - left - right)))}" height="8" rx="1.5"/>`;
    const text = `${formatBytes(row.bytes)} · ${formatNumber(row.objects)}`;
    return (
      `<g><title>${escapeHtml(row.name)}: ${formatShare(row.bytes, whole.bytes)} of the bytes, ${formatShare(row.objects, whole.objects)} of the objects</title>` +
      `<text class="name" x="${left - 10}" y="${y + 16}" text-anchor="end">${escapeHtml(shortened(row.name))}</text>` +
      `${bar("bytes", y + 3, row.bytes / (whole.bytes || 1))}${bar("objects", y + 13, row.objects / (whole.objects || 1))}` +
      `<text x="${WIDTH - RIGHT}" y="${y + 16}" text-anchor="end">${text}</text></g>`
    );
  });
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeHtml(label)}">${lines.join("")}</svg>`;
}

/** The end of a name says more than its beginning, which its neighbours share. Characters are not cut in two. */
function shortened(name: string): string {
  const characters = [...name];
  return characters.length <= 46 ? name : `…${characters.slice(-45).join("")}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
