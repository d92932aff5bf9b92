import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DOCS, WORKSPACE } from "./places.ts";

/** `bench/results.json`, as `npm run bench -- --save` writes it: by the bench's name. */
export type BenchResults = Readonly<Record<string, BenchResult>>;

/** The last result of a bench, as far as the page shows it. */
export interface BenchResult {
  readonly machine: {
    readonly date: string;
    readonly node: string;
    readonly system: string;
    readonly processors: string;
    readonly memoryGb: number;
    readonly load: number;
    readonly versions: Readonly<Record<string, string>>;
  };
  readonly findings: readonly BenchFinding[];
}

/** How a bench measures, by its row in `bench/README.md`. */
export interface BenchMethod {
  readonly measured: string;
  readonly against: string;
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

const PLOT_WIDTH_PX = 340;
/** A line of text and the dots below it. */
const ROW_PX = 40;

/** Writes the page of benchmarks, if `bench/results.json` is there. */
export async function writeBenchmarks(): Promise<void> {
  const source = join(WORKSPACE, "bench", "results.json");
  const page = join(DOCS, "src", "content", "docs", "reference", "benchmarks.md");
  if (!existsSync(source)) return rm(page, { force: true });
  const methods = benchMethods(await readFile(join(WORKSPACE, "bench", "README.md"), "utf8"));
  await writeFile(page, benchmarksPage(JSON.parse(await readFile(source, "utf8")), methods));
}

/** Reads the methods from the table of `bench/README.md`: name, what is measured, against what, bar. */
export function benchMethods(readme: string): Map<string, BenchMethod> {
  const rows = readme.matchAll(/^\| `([\w-]+)` \| (.+?) \| (.+?) \| .+ \|$/gm);
  return new Map([...rows].map(([, name = "", measured = "", against = ""]) => [name, { measured, against }]));
}

/**
 * The page: for each bench how it measures, where and when it did, the command that repeats it, and all rounds as dots.
 *
 * @throws if a bench has no method.
 */
export function benchmarksPage(results: BenchResults, methods: ReadonlyMap<string, BenchMethod>): string {
  const sections = Object.entries(results).map(([name, { machine, findings }]) => {
    const method = methods.get(name);
    if (method === undefined) throw new Error(`bench/README.md does not say how ${name} measures.`);
    const { date, load } = machine;
    return [
      `## ${name}`,
      `Measured: ${method.measured}.`,
      `Against: ${method.against}.`,
      ...findings.map(sectionOf),
      `Measured on ${date}, at a load average of ${load} before it began. To repeat it: \`npm run bench -- ${name}\``,
    ].join("\n\n");
  });
  return `---
title: Benchmarks
description: What was measured, against what, on which machine, with all rounds and the command that repeats it.
---

Each figure is a ratio against a peer that was measured in the same run, in alternation, so that a slow spell of the machine
meets both. Medians count. Every round is a dot below; the mark is the median.

A load average above the number of processors means that others used the machine. Then times are longer than they need to be, and only
the ratios say something. A bar that was missed is shown as missed.

${machinesOf(results)}

${sections.join("\n\n")}
`;
}

/** The machines, each once, with the versions of what was measured. */
function machinesOf(results: BenchResults): string {
  const machines = Object.values(results).map(({ machine: { processors, memoryGb, system, node, versions } }) => {
    const others = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
    return `Measured on ${processors}, ${memoryGb} GB, ${system}, Node ${node}. ${others.join(", ")}.`;
  });
  return [...new Set(machines)].join("\n\n");
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
  const x = (value: number) => Math.round((5 + (value / most) * (PLOT_WIDTH_PX - 10)) * 10) / 10;
  const rows = subjects.map(([name, values], row) => {
    const y = row * ROW_PX + 24;
    const median = medianOf(values);
    const dots = values.map((value) => `<circle cx="${x(value)}" cy="${y}" r="3.5"/>`).join("");
    const mark = `<line x1="${x(median)}" x2="${x(median)}" y1="${y - 9}" y2="${y + 9}"/>`;
    const text = `<text x="0" y="${row * ROW_PX + 11}">${escaped(name)}: ${short(median)} ${escaped(unit)}</text>`;
    return `${text}<path d="M5 ${y}H${PLOT_WIDTH_PX - 5}"/>${dots}${mark}`;
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
