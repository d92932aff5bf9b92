import { once } from "node:events";
import { rm, writeFile } from "node:fs/promises";
import {
  type BucketListing,
  type BucketPage,
  keepHeapSmall,
  listBucket,
  ReportCounter,
  reportCsv,
  reportHtml,
  type WalkReport,
} from "@longhaul/walk";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { formatDuration, formatNumber } from "../report/format.ts";
import { type Screen, screenOn } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { type BucketPlace, bucketUrl, parseBucketUrl } from "./bucket-url.ts";
import { prefixTree } from "./prefix-tree.ts";
import { type ClientOptions, walkClient } from "./walk-client.ts";
import { savedWalk, saveWalk } from "./walk-file.ts";
import { sizeText, walkText } from "./walk-text.ts";

/** Options of `longhaul walk`. */
export interface WalkOptions extends Omit<ClientOptions, "concurrency"> {
  readonly depth?: number | undefined;
  readonly top: number;
  readonly json?: boolean | undefined;
  readonly csv?: boolean | undefined;
  readonly html?: boolean | undefined;
  readonly keys?: boolean | undefined;
  /** The file for `--html`. */
  readonly out?: string | undefined;
  /** The file of an interrupted walk. */
  readonly resume?: string | boolean | undefined;
  readonly concurrency: number;
}

const DEFAULT_DEPTH = 2;
/** Prefixes with totals of their own. With more, the depth is reduced. */
const MAX_PREFIXES = 1_000;
const REDRAW_EVERY_MS = 100;
/** Columns where the output is no terminal. */
const DEFAULT_COLUMNS = 80;

/** Walks a bucket and prints what is there, or each key. */
export async function walk(url: string, options: WalkOptions): Promise<ExitCode> {
  const place = parseBucketUrl(url);
  const { json, csv, html, keys, out, resume, concurrency } = options;
  if ([json && !keys, csv, html, keys].filter(Boolean).length > 1) {
    throw new UsageError("Take one of --json, --csv, --html and --keys. Only --keys --json go together.");
  }
  if (out !== undefined && !html) throw new UsageError("--out is the file for --html.");
  const defaultFile = `${place.bucket}.longhaul-walk.json`;
  const file = typeof resume === "string" ? resume : defaultFile;
  const saved = resume === undefined ? undefined : await savedWalk(file, place, options.depth);
  const depth = saved?.depth ?? options.depth ?? DEFAULT_DEPTH;
  const counter = new ReportCounter({
    prefix: place.prefix,
    depth,
    maxPrefixes: MAX_PREFIXES,
    summary: saved?.summary,
  });
  keepHeapSmall();

  const screen = screenOn(process.stderr);
  const client = await walkClient(options);
  const interrupt = new AbortController();
  const stop = () => interrupt.abort();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
  const listing = listBucket(client, { ...place, concurrency, cursor: saved?.cursor, signal: interrupt.signal });
  const save = async () => {
    const { cursor } = listing;
    if (cursor === undefined || counter.objects === 0) return;
    await saveWalk(file, { url: bucketUrl(place), depth, cursor, summary: counter.summary });
    screen.line(`Continue with: longhaul walk ${quoted(bucketUrl(place))} --resume ${quoted(file)}`);
  };
  const begunMs = performance.now();
  try {
    await counted(listing, counter, screen, keys ? (page) => writeKeys(page, json === true) : undefined);
  } catch (error) {
    screen.status("");
    const isInterrupted = interrupt.signal.aborted;
    if (isInterrupted) screen.line(`Interrupted after ${formatNumber(counter.objects)} objects.`);
    await save();
    if (!isInterrupted) throw error;
    return EXIT.interrupted;
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, stop);
    client.destroy();
  }
  screen.status("");
  if (saved !== undefined) await rm(file, { force: true });
  const tookMs = performance.now() - begunMs;
  const report = counter.report({ id: new Date().toISOString(), ...place });
  if (!keys) await show(report, place, options);
  if (!json) screen.line(screen.paint.dim(summaryLine(counter, listing, tookMs)));
  return EXIT.ok;
}

/** Counts each page in the moment in which it is handed out, so that totals and cursor always agree. */
async function counted(
  listing: BucketListing,
  counter: ReportCounter,
  screen: Screen,
  write: ((page: BucketPage) => Promise<void>) | undefined,
): Promise<void> {
  const begunMs = performance.now();
  const before = counter.objects;
  let drawnMs = 0;
  for await (const page of listing) {
    counter.count(page);
    await write?.(page);
    const nowMs = performance.now();
    if (!screen.isLive || nowMs - drawnMs < REDRAW_EVERY_MS) continue;
    drawnMs = nowMs;
    const perSecond = Math.round(((counter.objects - before) / (nowMs - begunMs)) * 1_000);
    const left = listing.progress.remainingKeys;
    const rest = left > 0 ? `, about ${formatNumber(Math.round(left))} left` : "";
    screen.status(
      `${formatNumber(counter.objects)} objects, ${sizeText(counter.bytes)}, ${formatNumber(perSecond)}/s${rest}`,
    );
  }
}

/** Writes the keys of a page, one a line, and waits where the reader is slower. */
async function writeKeys(page: BucketPage, asJson: boolean): Promise<void> {
  let text = "";
  if (asJson) for (const object of page) text += `${JSON.stringify(object)}\n`;
  else for (let index = 0; index < page.length; index++) text += `${page.key(index)}\n`;
  if (!process.stdout.write(text)) await once(process.stdout, "drain");
}

async function show(report: WalkReport, place: BucketPlace, { json, csv, html, out, top }: WalkOptions): Promise<void> {
  if (json) {
    const base = report.prefix.slice(0, report.prefix.lastIndexOf("/") + 1);
    const { walk: _, ...rest } = report;
    process.stdout.write(`${JSON.stringify({ ...rest, tree: prefixTree(report.prefixes, base) }, undefined, 2)}\n`);
  } else if (csv) {
    process.stdout.write(reportCsv(report));
  } else if (html) {
    const file = out ?? `longhaul-walk-${place.bucket}.html`;
    await writeFile(file, reportHtml(report));
    process.stdout.write(`${file}\n`);
  } else {
    const screen = screenOn(process.stdout);
    const columns = process.stdout.columns || DEFAULT_COLUMNS;
    for (const line of walkText(report, { paint: screen.paint, columns, maxChildren: top })) screen.line(line);
  }
}

function summaryLine(counter: ReportCounter, listing: BucketListing, tookMs: number): string {
  const { requests, failedRequests } = listing.progress;
  const failed = failedRequests > 0 ? `, ${formatNumber(failedRequests)} of them made again` : "";
  const objects = `${formatNumber(counter.objects)} objects, ${sizeText(counter.bytes)}`;
  return `${objects} in ${formatDuration(tookMs)} by ${formatNumber(requests)} requests${failed}`;
}

/** An argument as a shell takes it. */
function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
