import type { BucketPage } from "../bucket-page.ts";
import { countPage, emptySummary, type ReportSummary } from "./report-summary.ts";
import { reportOf, type WalkIdentity, type WalkReport } from "./walk-report.ts";

/** Options of {@link ReportCounter}. */
export interface ReportCounterOptions {
  /** Prefix that all keys have. Depth is counted from its last slash. Default: none. */
  readonly prefix?: string | undefined;
  /** Most segments of the prefixes with totals. Default 2. */
  readonly depth?: number | undefined;
  /** Most prefixes with totals. With more, the depth is reduced. Default 500. */
  readonly maxPrefixes?: number | undefined;
  /** The summary of an earlier counter, to continue from. Default: nothing was counted. */
  readonly summary?: ReportSummary | undefined;
}

/**
 * Counts the objects of pages by size, storage class and prefix, in memory that does not grow with their number. Pages may
 * come in any order.
 *
 * @example
 * ```ts
 * const counter = new ReportCounter({ depth: 1 });
 * for await (const page of listBucket(client, { bucket })) counter.count(page);
 * console.log(counter.report({ id: "nightly", bucket, prefix: "" }).prefixes);
 * ```
 */
export class ReportCounter {
  readonly #depth: number;
  readonly #shape: { readonly base: string; readonly maxPrefixes: number };
  readonly #summary: ReportSummary;
  #index = new Int32Array(0);

  constructor({ prefix = "", depth = 2, maxPrefixes = 500, summary }: ReportCounterOptions = {}) {
    this.#depth = depth;
    this.#shape = { base: prefix.slice(0, prefix.lastIndexOf("/") + 1), maxPrefixes };
    this.#summary = summary === undefined ? emptySummary(depth) : structuredClone(summary);
  }

  /** Adds the objects of a page. */
  count(page: BucketPage): void {
    const { length } = page;
    if (this.#index.length < length) this.#index = Int32Array.from({ length }, (_, index) => index);
    countPage(this.#summary, page, { index: this.#index, count: length }, this.#shape);
  }

  /** The totals so far, as JSON that does not change any more. */
  get summary(): ReportSummary {
    return structuredClone(this.#summary);
  }

  /** Objects counted so far. */
  get objects(): number {
    return this.#summary.objects;
  }

  /** Bytes counted so far. */
  get bytes(): number {
    return this.#summary.bytes;
  }

  /** The report of the objects counted so far. */
  report(walk: WalkIdentity): WalkReport {
    return reportOf(this.summary, walk, this.#depth);
  }
}
