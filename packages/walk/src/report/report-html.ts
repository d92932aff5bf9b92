import { type NamedShare, shareChart, sizeChart } from "./charts.ts";
import { escapeHtml, formatBytes, formatNumber, formatShare, formatTime } from "./format.ts";
import { PAGE_STYLE } from "./page-style.ts";
import type { WalkReport } from "./walk-report.ts";

/** How many prefixes are drawn; the table has them all. */
const DRAWN_PREFIXES = 24;

/** Draws a report as one self-contained HTML page: no script, nothing loaded from anywhere. Keys are shown as text. */
export function reportHtml(report: WalkReport): string {
  const { objects, bytes, oldest, newest, largest } = report;
  const figures: readonly (readonly [name: string, value: string, note?: string])[] = [
    ["objects", formatNumber(objects)],
    ["bytes", formatBytes(bytes), `${formatNumber(bytes)} bytes`],
    ["average size", formatBytes(objects === 0 ? 0 : Math.round(bytes / objects))],
    ...(largest[0] ? ([["largest", formatBytes(largest[0].size), largest[0].key]] as const) : []),
    ...(oldest ? ([["oldest", formatTime(oldest.lastModified), oldest.key]] as const) : []),
    ...(newest ? ([["newest", formatTime(newest.lastModified), newest.key]] as const) : []),
  ];
  const title = `s3://${report.bucket}/${report.prefix}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} - Longhaul bucket report</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header>
<p class="kind">Longhaul bucket report</p>
<h1>${escapeHtml(title)}</h1>
<p class="about">walk ${escapeHtml(report.walk)} · times in UTC</p>
</header>
<dl class="figures">${figures.map(([name, value, note]) => `<div><dt>${name}</dt><dd>${escapeHtml(value)}${note === undefined ? "" : `<small>${escapeHtml(note)}</small>`}</dd></div>`).join("")}</dl>
${objects === 0 ? "<p>No object passed.</p>" : sections(report)}
</body>
</html>
`;
}

function sections(report: WalkReport): string {
  const { prefixes, otherPrefixes, storageClasses, largest, depth, chosenDepth } = report;
  const named: NamedShare[] = prefixes.map(({ prefix, ...share }) => ({
    name: prefix === "" ? "(top)" : prefix,
    ...share,
  }));
  const drawn = named.slice(0, DRAWN_PREFIXES);
  const undrawn = [...named.slice(DRAWN_PREFIXES), otherPrefixes];
  const rest = {
    name: "all others",
    objects: undrawn.reduce((sum, share) => sum + share.objects, 0),
    bytes: undrawn.reduce((sum, share) => sum + share.bytes, 0),
  };
  const rows = rest.objects > 0 ? [...drawn, rest] : drawn;
  const table = otherPrefixes.objects > 0 ? [...named, { name: "not named", ...otherPrefixes }] : named;
  const depths =
    depth === chosenDepth ? `depth ${depth}` : `depth ${depth} instead of ${chosenDepth}, which has too many prefixes`;
  const legend = `<p class="legend"><i class="objects"></i>share of objects <i class="bytes"></i>share of bytes</p>`;
  return `<section>
<h2>Sizes</h2>
${legend}
${sizeChart(report)}
</section>
<section>
<h2>Prefixes</h2>
<p class="about">${depths}</p>
${shareChart(rows, report, "Objects and bytes by prefix")}
</section>
<section>
<h2>Storage classes</h2>
${shareChart(storageClasses, report, "Objects and bytes by storage class")}
</section>
<section>
<h2>Largest objects</h2>
${htmlTable(
  ["key", "size"],
  largest.map(({ key, size }) => [key, formatBytes(size)]),
)}
</section>
<section>
<h2>Each prefix</h2>
${htmlTable(
  ["prefix", "objects", "of all", "size", "of all", "average"],
  table.map(({ name, objects, bytes }) => [
    name,
    formatNumber(objects),
    formatShare(objects, report.objects),
    formatBytes(bytes),
    formatShare(bytes, report.bytes),
    formatBytes(Math.round(bytes / objects)),
  ]),
)}
</section>`;
}

function htmlTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = heads.map((name) => `<th>${name}</th>`).join("");
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${escapeHtml(cell)}</td>`).join("")}</tr>`).join("\n");
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}
