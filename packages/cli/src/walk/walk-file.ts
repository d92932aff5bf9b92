import { readFile, rename, writeFile } from "node:fs/promises";
import type { ReportSummary } from "@longhaul/walk";
import { UsageError } from "../usage-error.ts";
import { type BucketPlace, bucketUrl } from "./bucket-url.ts";

/** A walk that was interrupted. */
export interface SavedWalk {
  /** `s3://BUCKET/PREFIX`. */
  readonly url: string;
  readonly depth: number;
  /** The rest of the listing. */
  readonly cursor: string;
  /** Totals of what was listed. */
  readonly summary: ReportSummary;
}

const VERSION = 1;

/** Writes the file from which `--resume` continues, whole or not at all. */
export async function saveWalk(file: string, walk: SavedWalk): Promise<void> {
  const unfinished = `${file}.unfinished`;
  await writeFile(unfinished, JSON.stringify({ v: VERSION, ...walk }));
  await rename(unfinished, file);
}

/**
 * Reads the file of a walk that was interrupted.
 *
 * @throws UsageError if it is not one, or of another bucket, prefix or depth.
 */
export async function savedWalk(file: string, place: BucketPlace, depth: number | undefined): Promise<SavedWalk> {
  const walk = parsed(await readFile(file, "utf8").catch(() => ""));
  if (walk === undefined) throw new UsageError(`${file} is not there, or not the file of an interrupted walk.`);
  if (walk.url !== bucketUrl(place)) throw new UsageError(`${file} is of ${walk.url}, not of ${bucketUrl(place)}.`);
  if (depth === undefined || depth === walk.depth) return walk;
  throw new UsageError(`${file} is of a walk with --depth ${walk.depth}, which cannot be changed.`);
}

function parsed(text: string): SavedWalk | undefined {
  try {
    const { v, url, depth, cursor, summary }: Partial<Record<string, unknown>> = JSON.parse(text);
    if (v !== VERSION || typeof url !== "string" || typeof depth !== "number" || typeof cursor !== "string")
      return undefined;
    if (typeof summary !== "object" || summary === null) return undefined;
    return { url, depth, cursor, summary: summary as ReportSummary };
  } catch {
    return undefined;
  }
}
