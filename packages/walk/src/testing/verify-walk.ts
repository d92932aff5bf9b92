import type { ActionSummary } from "../actions/object-action.ts";
import { type OutputPlace, walkPrefix } from "../report/output-place.ts";
import type { WalkReport } from "../report/walk-report.ts";
import { bytesOf, type CountedFile, reportDifferences } from "./report-differences.ts";

/** The run that is checked: what `longhaul run` tells a check about it. */
export interface WalkCheck {
  /** The files that became objects. */
  readonly files: readonly CountedFile[];
  /** The event that began the walk. */
  readonly event?: Readonly<Record<string, unknown>>;
  /** Id of the first run: the walk's, and the part's. */
  readonly run: string;
  /** The stack's outputs. `OutputBucketName` is the bucket for results. */
  readonly outputs: Readonly<Record<string, string>>;
  /** The function's environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Reads an object. */
  read(bucket: string, key: string): Promise<AsyncIterable<Uint8Array>>;
}

/** The verdict of a check, in a line for people. */
export interface WalkVerdict {
  readonly isOk: boolean;
  readonly message: string;
}

/** Failures that a verdict names. */
const MAX_NAMED = 5;

/** The files that a walk leaves for people to look at, for `longhaul run --results`. */
export function walkResults(check: Pick<WalkCheck, "event" | "run" | "outputs">) {
  const { bucket, prefix } = placeOf(check);
  const action = actionOf(check);
  return action === "report"
    ? [{ bucket, key: `${prefix}report.html`, name: "longhaul-bucket-report.html" }]
    : [{ bucket, key: `${prefix}${action}.json`, name: `${action}.json` }];
}

/**
 * Compares the result of a walk with the files that became its objects, counted plainly: a report's totals, or the number
 * of objects that an action worked on. An object for which the action failed makes the verdict bad.
 */
export async function verifyWalk(check: WalkCheck): Promise<WalkVerdict> {
  const { bucket, prefix } = placeOf(check);
  const action = actionOf(check);
  const chunks: Uint8Array[] = [];
  for await (const chunk of await check.read(bucket, `${prefix}${action}.json`)) chunks.push(chunk);
  const result: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  return action === "report" ? ofReport(result as WalkReport, check) : ofWork(result as ActionSummary, action, check);
}

function ofReport(report: WalkReport, { files }: WalkCheck): WalkVerdict {
  const differences = reportDifferences(report, files);
  if (differences.length > 0) {
    return { isOk: false, message: `the report differs from the files: ${differences.slice(0, 3).join("; ")}` };
  }
  const counts = `${number(files.length)} objects, ${number(bytesOf(files))} bytes, ${report.prefixes.length} prefixes`;
  return { isOk: true, message: `report equals the files: ${counts}` };
}

/** With a filter it is not known which files the action is for, so their number is not compared. */
function ofWork(summary: ActionSummary, action: string, check: WalkCheck): WalkVerdict {
  const { objects, bytes, failed, failures } = summary;
  const { prefix = "", filter } = check.event ?? {};
  const files = check.files.filter(({ key }) => key.startsWith(String(prefix)));
  if (filter === undefined && (objects !== files.length || bytes !== bytesOf(files))) {
    const there = `${files.length} files of ${bytesOf(files)} bytes`;
    return { isOk: false, message: `${action}: ${objects} objects of ${bytes} bytes are done, of ${there}` };
  }
  if (failed === 0) return { isOk: true, message: `${action}: done with ${number(objects)} objects` };
  const named = failures.slice(0, MAX_NAMED).map(({ key, code, message }) => `\n  ${key}: ${code}: ${message}`);
  return {
    isOk: false,
    message: `${action}: failed for ${number(failed)} of ${number(objects)} objects${named.join("")}`,
  };
}

function actionOf({ event }: Pick<WalkCheck, "event">): string {
  return typeof event?.action === "string" ? event.action : "report";
}

/** The run of a part is named by the walk's id and the part's, with a slash in between. */
function placeOf({ run, outputs, environment }: Pick<WalkCheck, "run" | "outputs" | "environment">): OutputPlace {
  const walk = run.includes("/") ? run.slice(0, run.lastIndexOf("/")) : run;
  const output = { bucket: outputs.OutputBucketName ?? "", prefix: environment?.OUTPUT_PREFIX ?? "walks/" };
  return { bucket: output.bucket, prefix: walkPrefix(output, walk) };
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
