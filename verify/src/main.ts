/**
 * Visits every state of the lease, of walks and of fleets within bounds: what was visited, and a shortest trace if an
 * invariant falls.
 */
import { writeFileSync } from "node:fs";
import { CHECKS } from "./checks.ts";
import { type Options, optionsFrom } from "./options.ts";
import { number, outcomeText } from "./outcome-text.ts";
import { type Search, searchAll } from "./search-all.ts";
import { tracePage } from "./trace-page.ts";

const THREADS = 2;
const EXIT = { holds: 0, falls: 1, usage: 2 } as const;

async function verify({ searches, states, seconds, html, isJson }: Options): Promise<number> {
  const beganMs = Date.now();
  const isShown = process.stderr.isTTY === true && !isJson;
  const reached = new Map<Search, number>();
  const onProgress = (search: Search, count: number, depth: number) => {
    reached.set(search, count);
    if (!isShown) return;
    const all = [...reached.values()].reduce((sum, each) => sum + each, 0);
    const { check, bounds } = search;
    process.stderr.write(`\r\x1b[K${number(all)} states; ${check.name}, ${bounds.name}: depth ${depth}`);
  };
  const searched = await searchAll(searches, { states, seconds, threads: THREADS, onProgress });
  if (isShown) process.stderr.write("\r\x1b[K");
  const took = (Date.now() - beganMs) / 1_000;
  if (isJson) {
    const total = searched.reduce((sum, each) => sum + each.states, 0);
    const facts = { states: total, seconds: took, statesPerSecond: Math.round(total / took) };
    console.log(JSON.stringify({ ...facts, searches: searched }, undefined, 2));
  } else console.log(outcomeText(CHECKS, searched, took));
  const finding = searched.find((each) => each.finding)?.finding;
  if (html !== undefined && finding) writeFileSync(html, tracePage(finding));
  return finding ? EXIT.falls : EXIT.holds;
}

const options = optionsFrom(CHECKS);
if (typeof options === "string") {
  console.error(`verify: ${options}\nSee: npm run verify -- --help`);
  process.exitCode = EXIT.usage;
} else {
  process.exitCode = await verify(options);
}
