import { createHash } from "node:crypto";
import { firstBytes } from "@longhaul/core/parts";
import type { DetectedFormat } from "../records/format.ts";
import type { KeptRecord } from "./rejects.ts";
import { MAX_KEY_BYTES, type Source } from "./source.ts";

/** An object that has records of another one once more. */
export interface RedrivenObject {
  readonly key: string;
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** The place and version of a rejects object. */
export interface RejectsVersion extends Source {
  readonly etag: string;
}

type Format = Pick<DetectedFormat, "format" | "delimiter">;

/** The reason of a record of which only the beginning was kept. */
const CUT = "too-large";
/** The reason of a row whose quote would take all rows behind it. */
const OPEN_QUOTE = "csv-unterminated-quote";

/** The records that are whole. */
export function wholeRecords(records: readonly KeptRecord[]): readonly KeptRecord[] {
  return records.filter(({ reason }) => reason !== CUT);
}

/**
 * Writes records for the function that set them aside: beside their source, in a format that it reads by the name of the object.
 * JSON becomes NDJSON. The key follows from the version of the rejects object, so the same one is made once.
 *
 * @param header - the header row of the source, if it is CSV
 */
export function redrivenObject(
  source: Source,
  { format, delimiter }: Format,
  rejects: RejectsVersion,
  records: readonly KeptRecord[],
  header: Uint8Array | undefined,
): RedrivenObject {
  const [ending, contentType] = namesOf(format, delimiter);
  const isJson = ending === "ndjson";
  const isLast = ({ reason }: KeptRecord) => (reason === OPEN_QUOTE ? 1 : 0);
  const inOrder = records.toSorted((one, other) => isLast(one) - isLast(other));
  const rows = inOrder.map(({ bytes }) => (isJson ? onOneLine(bytes) : bytes));
  const lines = [...(header ? [header] : []), ...rows].flatMap((row) => [row, NEWLINE]);
  return { key: keyOf(source, rejects, ending), contentType, body: Buffer.concat(lines) };
}

const NEWLINE = Buffer.from("\n");

function namesOf(format: Format["format"], delimiter: string | undefined): readonly [string, string] {
  if (format === "lines") return ["txt", "text/plain"];
  if (format !== "csv") return ["ndjson", "application/x-ndjson"];
  return delimiter === "\t" ? ["tsv", "text/tab-separated-values"] : ["csv", "text/csv"];
}

/** A line end in a JSON text is white space; inside a string it is a fault, and stays one: the record ends in its middle. */
function onOneLine(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => (byte === 0x0a || byte === 0x0d ? 0x20 : byte));
}

/** `in/cities.json` -> `in/cities.redriven-0123456789abcdef.ndjson`. */
function keyOf({ key }: Source, rejects: RejectsVersion, ending: string): string {
  const version = JSON.stringify([rejects.bucket, rejects.key, rejects.etag]);
  const suffix = `.redriven-${createHash("sha256").update(version).digest("hex").slice(0, 16)}.${ending}`;
  const base = key
    .replace(/\.gz(ip)?$/i, "")
    .replace(/\.[^./]*$/, "")
    .replace(/\.redriven-[0-9a-f]{16}$/, "");
  return firstBytes(base, MAX_KEY_BYTES - Buffer.byteLength(suffix)) + suffix;
}
