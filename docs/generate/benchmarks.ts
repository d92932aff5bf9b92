import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DOCS, WORKSPACE } from "./places.ts";

/** The output of `npm run bench -- --json`, as far as the page shows it. */
export interface BenchResults {
  readonly machine: {
    readonly node: string;
    readonly system: string;
    readonly processors: string;
    readonly memoryGb: number;
    readonly load: number;
    readonly versions: Readonly<Record<string, string>>;
  };
  readonly results: Readonly<Record<string, readonly BenchFinding[]>>;
}

/** One line of a bench. */
export interface BenchFinding {
  readonly what: string;
  readonly figure: string;
  readonly bar?: string;
  readonly isMet?: boolean;
  readonly rounds?: Readonly<Record<string, readonly number[]>>;
  readonly unit?: string;
}

const PLOT_WIDTH_PX = 640;
const ROW_PX = 26;
const LABEL_PX = 220;

/** Writes the page of benchmarks, if `bench/results.json` is there. */
export async function writeBenchmarks(): Promise<void> {
  const source = join(WORKSPACE, "bench", "results.json");
  const page = join(DOCS, "src", "content", "docs", "reference", "benchmarks.md");
  if (!existsSync(source)) return rm(page, { force: true });
  await writeFile(page, benchmarksPage(JSON.parse(await readFile(source, "utf8"))));
}

/** The page: where it was measured, each bench with the command that repeats it, and all rounds as dots. */
export function benchmarksPage({ machine, results }: BenchResults): string {
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  const sections = Object.entries(results).map(([name, findings]) => {
    return `## ${name}\n\nTo repeat it: \`npm run bench -- ${name}\`\n\n${findings.map(sectionOf).join("\n\n")}`;
  });
  return `---
title: Benchmarks
description: What was measured, against what, on which machine, with all rounds and the command that repeats it.
---

Each figure is a ratio against a peer that was measured in the same run, in alternation, so that a slow spell of the machine
meets both. Medians count. Every round is a dot below.

Measured on ${machine.processors}, ${machine.memoryGb} GB, ${machine.system}, Node ${machine.node}, load average
${machine.load} at the beginning. ${versions.join(", ")}.

${sections.join("\n\n")}
`;
}

function sectionOf({ what, figure, bar, isMet, rounds, unit = "ms" }: BenchFinding): string {
  const verdict = isMet === undefined ? "" : isMet ? " It is met." : " **It is missed.**";
  const goal = bar === undefined ? "" : ` The bar is ${bar}.${verdict}`;
  const plot = rounds && Object.keys(rounds).length > 0 ? `\n\n${plotOf(rounds, unit, what)}` : "";
  return `**${capitalized(what)}:** ${figure}.${goal}${plot}`;
}

/** Every round as a dot, from zero, with a mark at each median. */
function plotOf(rounds: Readonly<Record<string, readonly number[]>>, unit: string, what: string): string {
  const subjects = Object.entries(rounds).filter(([, values]) => values.length > 0);
  const most = Math.max(...subjects.flatMap(([, values]) => values), Number.MIN_VALUE);
  const x = (value: number) => Math.round((LABEL_PX + (value / most) * (PLOT_WIDTH_PX - LABEL_PX - 90)) * 10) / 10;
  const rows = subjects.map(([name, values], row) => {
    const y = row * ROW_PX + ROW_PX / 2;
    const median = medianOf(values);
    const dots = values.map((value) => `<circle cx="${x(value)}" cy="${y}" r="3.5"/>`).join("");
    const mark = `<line x1="${x(median)}" x2="${x(median)}" y1="${y - 9}" y2="${y + 9}"/>`;
    const figure = `<text x="${x(Math.max(...values)) + 10}" y="${y + 4}">${short(median)} ${escaped(unit)}</text>`;
    return `<text x="0" y="${y + 4}">${escaped(name)}</text>${dots}${mark}${figure}`;
  });
  const height = subjects.length * ROW_PX;
  const label = escaped(
    `${what}: ${subjects.map(([name, values]) => `${name} ${short(medianOf(values))} ${unit}`).join(", ")}`,
  );
  return `<svg class="rounds" viewBox="0 0 ${PLOT_WIDTH_PX} ${height}" role="img" aria-label="${label}">${rows.join("")}</svg>`;
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function short(value: number): string {
  return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString("en-US") : String(Number(value.toPrecision(3)));
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
