import { readFileSync } from "node:fs";

/** One invocation of a run: when its time is up, and its result. */
export interface HopVector {
  readonly lastReport: number | null;
  readonly status: "continued" | "done";
  /** The event it hands on, run metadata left out. */
  readonly next?: Readonly<Record<string, unknown>>;
  readonly result?: unknown;
}

/** Objects that a run finds, by a rule. */
export interface ObjectsVector {
  readonly bucket: string;
  readonly keys?: readonly [pattern: string, count: number];
  readonly others?: readonly string[];
  readonly body?: string;
  readonly key?: string;
  readonly lines?: number;
  readonly line?: string;
  readonly end?: string;
  readonly last?: string;
  readonly except?: Readonly<Record<string, string>>;
}

/** A run, hop by hop. */
export interface RunVector {
  readonly title: string;
  readonly objects: ObjectsVector;
  readonly event: Readonly<Record<string, unknown>>;
  readonly hops: readonly HopVector[];
}

/** The runs of one kind of handler. */
export interface RunVectors {
  /** Module of the Python handler. */
  readonly handler: string;
  readonly stateKey: string;
  readonly vectors: readonly RunVector[];
}

/** Reads `vectors/<name>.json`. */
export function readVectors(name: string): RunVectors {
  return JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), "utf8")) as RunVectors;
}

/** The objects to put into the bucket, and those that a run must report, each exactly once. */
export interface World {
  readonly objects: ReadonlyMap<string, string>;
  readonly reports: readonly string[];
}

/** Works out the objects of a vector. */
export function worldOf({ key, keys, others = [], body = "", ...file }: ObjectsVector): World {
  if (key !== undefined) {
    // A lone CR within a record ends a line, so that the file has more of them than the vector lists.
    const { lines = 0, line = "", end = "\n", last = lines > 0 ? "\n" : "", except = {} } = file;
    const records = Array.from({ length: lines }, (_, n) => except[n] ?? numbered(line, n));
    return {
      objects: new Map([[key, records.join(end) + last]]),
      reports: records.flatMap((record) => record.split("\r")),
    };
  }
  const [pattern, count] = keys ?? ["", 0];
  const named = Array.from({ length: count }, (_, n) => [numbered(pattern, n), numbered(body, n)] as const);
  return {
    objects: new Map([...named, ...others.map((other) => [other, "not this one"] as const)]),
    reports: named.map(([name]) => name),
  };
}

function numbered(pattern: string, n: number): string {
  return pattern.replaceAll("{n}", String(n).padStart(4, "0"));
}
