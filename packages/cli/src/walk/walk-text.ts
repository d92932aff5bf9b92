import type { WalkReport } from "@longhaul/walk";
import { printable, shortened } from "../printable.ts";
import { formatNumber } from "../report/format.ts";
import type { Paint } from "../terminal.ts";
import { bucketUrl } from "./bucket-url.ts";
import { type PrefixNode, prefixTree } from "./prefix-tree.ts";

/** How a report is written as text. */
export interface WalkTextOptions {
  readonly paint: Paint;
  /** Most columns of a line. */
  readonly columns: number;
  /** Most prefixes shown below one prefix. */
  readonly maxChildren: number;
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/** `17.1 MiB`, in powers of 1,024, as S3 counts. */
export function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1023.95 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}

/** Draws a report as lines for a terminal: the tree of prefixes, storage classes, the largest, the oldest and the newest. */
export function walkText(report: WalkReport, options: WalkTextOptions): string[] {
  const { paint } = options;
  const url = printable(bucketUrl(report));
  if (report.objects === 0) return [paint.bold(url), "No object."];
  return [
    paint.bold(shortened(url, options.columns)),
    "",
    ...treeLines(report, options),
    "",
    paint.bold("Storage classes"),
    ...table(report.storageClasses, report, options),
    "",
    paint.bold("Largest"),
    ...report.largest.map(({ key, size }) => line([sizeText(size).padStart(10)], key, options)),
    "",
    ...(["oldest", "newest"] as const).flatMap((name) => {
      const dated = report[name];
      return dated ? [line([name.padEnd(6), dated.lastModified.replace(/\.\d+Z$/, "Z")], dated.key, options)] : [];
    }),
  ];
}

function treeLines(report: WalkReport, options: WalkTextOptions): string[] {
  const { prefix, prefixes, depth, chosenDepth, otherPrefixes } = report;
  const base = prefix.slice(0, prefix.lastIndexOf("/") + 1);
  const root = prefixTree(prefixes, base);
  const rows = [{ name: "all", objects: report.objects, bytes: report.bytes }, ...below(root, "", options.maxChildren)];
  if (otherPrefixes.objects > 0) rows.push({ name: "(other prefixes)", ...otherPrefixes });
  const lines = [options.paint.dim(`${"objects".padStart(15)} ${"size".padStart(10)} ${"share".padStart(7)}`)];
  lines.push(...table(rows, report, options));
  if (depth < chosenDepth) {
    lines.push(options.paint.dim(`Depth ${depth} instead of ${chosenDepth}, which has too many prefixes.`));
  }
  return lines;
}

interface Row {
  readonly name: string;
  readonly objects: number;
  readonly bytes: number;
}

/** The rows of what is below a prefix, the largest first; behind the first few, all others in one. */
function below({ children }: PrefixNode, indent: string, maxChildren: number): Row[] {
  const shown = children.slice(0, maxChildren);
  const others = children.slice(maxChildren);
  const rows = shown.flatMap((child): Row[] => [
    { name: indent + child.name, objects: child.objects, bytes: child.bytes },
    ...below(child, `${indent}  `, maxChildren),
  ]);
  if (others.length === 0) return rows;
  const sum = (of: (node: PrefixNode) => number) => others.reduce((total, node) => total + of(node), 0);
  const name = `${indent}(${formatNumber(others.length)} more)`;
  return [...rows, { name, objects: sum(({ objects }) => objects), bytes: sum(({ bytes }) => bytes) }];
}

function table(rows: readonly Row[], whole: Row | WalkReport, options: WalkTextOptions): string[] {
  return rows.map(({ name, objects, bytes }) => {
    const share = whole.bytes === 0 ? 0 : (bytes / whole.bytes) * 100;
    const cells = [
      formatNumber(objects).padStart(15),
      sizeText(bytes).padStart(10),
      `${share.toFixed(1)} %`.padStart(7),
    ];
    return line(cells, name, options);
  });
}

function line(cells: readonly string[], name: string, { columns }: WalkTextOptions): string {
  const left = cells.join(" ");
  return `${left}  ${shortened(printable(name), Math.max(10, columns - left.length - 2))}`;
}
