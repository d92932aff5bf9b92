import { printable } from "../printable.ts";
import { type HopHistory, hopNumber, type RunHistory } from "./run-history.ts";

/**
 * A run's id as people read it: of a run that an upload caused, the object's key, without the encoding of S3's
 * notifications and without the upload's version. Control characters become visible.
 */
export function readableRun(run: string): string {
  const key = /(?:^|\/)s3:[^/]+\/(.*)@[^@]*$/s.exec(run)?.[1];
  return printable(key === undefined ? run : decodedKey(key));
}

/** A name for each run of a job: the last segments of its readable id, as many as tell it from the others. */
export function namesOfRuns(history: RunHistory): ReadonlyMap<string, string> {
  const runs = [...new Set([history.run, ...history.hops.map(({ run }) => run)])].filter((run) => run !== "");
  const paths = runs.map((run) => readableRun(run).split("/"));
  const ends = counted(paths.flatMap((path) => path.map((_, at) => path.slice(at).join("/"))));
  const wholes = counted(paths.map((path) => path.join("/")));
  const names = new Map<string, string>();
  for (const [index, path] of paths.entries()) {
    const run = runs[index] ?? "";
    const least = path.findLastIndex((_, at) => ends.get(path.slice(at).join("/")) === 1);
    // Uploads of one key differ in their version alone.
    const isTwice = wholes.get(path.join("/")) !== 1;
    names.set(run, isTwice ? printable(run) : path.slice(Math.max(0, least)).join("/"));
  }
  return names;
}

/** A hop's name among all of a job: its number and, if there are several runs, what tells its run from the others. */
export function hopName({ run: first, hops }: RunHistory, hop: HopHistory): string {
  const { run } = hop;
  const number = hopNumber(hop);
  if (hops.every((other) => other.run === first || other.run === "")) return number;
  const readable = readableRun(run);
  return `${readable.slice(readable.lastIndexOf("/") + 1)}:${number}`;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html: the key is URL-encoded. */
function decodedKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch {
    return key;
  }
}

function counted(texts: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}
