import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { PageFilter } from "../filter/page-filter.ts";
import { controlCall } from "../runs/call-scope.ts";
import type { WalkAction } from "../runs/walk-action.ts";
import { type OutputPlace, walkPrefix } from "./output-place.ts";
import type { PrefixShape } from "./prefix-totals.ts";
import { reportCsv } from "./report-csv.ts";
import { reportHtml } from "./report-html.ts";
import { countPage, emptySummary, mergeSummaries, type ReportSummary } from "./report-summary.ts";
import { reportOf, type Share } from "./walk-report.ts";

/** Options of {@link reportAction}. */
export interface ReportOptions {
  readonly client: S3Client;
  readonly output: OutputPlace;
  /** Which objects are counted. */
  readonly passing: PageFilter;
  /** Prefix of all keys that are walked; depth is counted from its last slash. */
  readonly prefix: string;
  /** Segments of the prefixes with totals, at most. */
  readonly depth: number;
  /** Most prefixes with totals. */
  readonly maxPrefixes: number;
}

/** Result of a walk that made a report. */
export interface ReportResult extends Share {
  /** Where the report is written, in three formats. */
  readonly report: { readonly bucket: string; readonly json: string; readonly csv: string; readonly html: string };
}

/** Counts objects, and writes at the end a report as JSON, CSV and HTML. */
export function reportAction(options: ReportOptions): WalkAction<ReportSummary> {
  const { client, output, passing, prefix, depth, maxPrefixes } = options;
  const shape: PrefixShape = { base: prefix.slice(0, prefix.lastIndexOf("/") + 1), maxPrefixes };
  return {
    empty: () => emptySummary(depth),
    account: (summary, slice) => countPage(summary, slice.page, passing(slice), shape),
    merge: (into, other) => mergeSummaries(into, other, shape),
    async finish(summary, walk, scope): Promise<ReportResult> {
      const report = reportOf(summary, walk, depth);
      const place = `${walkPrefix(output, walk.id)}report`;
      const files = [
        [`${place}.csv`, "text/csv; charset=utf-8", reportCsv(report)],
        [`${place}.html`, "text/html; charset=utf-8", reportHtml(report)],
        [`${place}.json`, "application/json", `${JSON.stringify(report, undefined, 2)}\n`],
      ] as const;
      for (const [Key, ContentType, text] of files) {
        const put = { Bucket: output.bucket, Key, ContentType, Body: Buffer.from(text.toWellFormed()) };
        const send = (abortSignal: AbortSignal) => client.send(new PutObjectCommand(put), { abortSignal });
        await controlCall("S3 PutObject", send, scope);
      }
      const { objects, bytes } = report;
      const { bucket } = output;
      return { objects, bytes, report: { bucket, json: `${place}.json`, csv: `${place}.csv`, html: `${place}.html` } };
    },
  };
}
