import { UnknownFormatError } from "./errors.ts";
import { shortened } from "./excerpt.ts";

/**
 * How records stand in an object.
 * - `ndjson`: one JSON value per line; empty lines are passed over.
 * - `csv`: RFC 4180, with quoted line ends and doubled quotes; see {@link CsvOptions}.
 * - `tasks`: one JSON document, `{"tasks":[...]}` or a top-level array; each element is a record.
 * - `lines`: plain text, ended by LF or CRLF; an empty line is a record.
 */
export type RecordFormat = "ndjson" | "csv" | "tasks" | "lines";

/** What a name and its headers say about an object. */
export interface DetectedFormat {
  readonly format: RecordFormat;
  /** The bytes are gzip: pass them through {@link gunzip} first. */
  readonly gzip: boolean;
  /** The field delimiter, when the name says it (`.tsv`); otherwise absent. */
  readonly delimiter?: string;
}

type Plain = Omit<DetectedFormat, "gzip">;

const byExtension: ReadonlyMap<string, Plain> = new Map<string, Plain>([
  ["ndjson", { format: "ndjson" }],
  ["jsonl", { format: "ndjson" }],
  ["csv", { format: "csv" }],
  ["tsv", { format: "csv", delimiter: "\t" }],
  ["json", { format: "tasks" }],
  ["txt", { format: "lines" }],
  ["log", { format: "lines" }],
]);

const byContentType: ReadonlyMap<string, Plain> = new Map<string, Plain>([
  ["application/x-ndjson", { format: "ndjson" }],
  ["application/ndjson", { format: "ndjson" }],
  ["application/jsonl", { format: "ndjson" }],
  ["application/x-jsonlines", { format: "ndjson" }],
  ["text/csv", { format: "csv" }],
  ["text/tab-separated-values", { format: "csv", delimiter: "\t" }],
  ["application/json", { format: "tasks" }],
  ["text/plain", { format: "lines" }],
]);

const gzipTypes: ReadonlySet<string> = new Set(["application/gzip", "application/x-gzip"]);

/**
 * Works out an object's format from its key, and where the key says nothing, from its content type.
 * The extension wins, because uploads often carry `application/octet-stream` or a guess. An object is gzip when its key
 * ends in `.gz`, or its content type or content encoding says so; said twice, it is still compressed once.
 *
 * @throws UnknownFormatError if nothing known is said, or the content encoding is one that is not read (`br`, `zstd`).
 * @example
 * ```ts
 * formatOf("exports/cities.ndjson.gz"); // { format: "ndjson", gzip: true }
 * ```
 */
export function formatOf(key: string, contentType?: string, contentEncoding?: string): DetectedFormat {
  const type = (contentType ?? "").split(";", 1)[0]!.trim().toLowerCase();
  const name = key.slice(key.lastIndexOf("/") + 1).toLowerCase();
  const namedGzip = name.endsWith(".gz");
  const gzip = namedGzip || gzipTypes.has(type) || saysGzip(contentEncoding, key);
  const plainName = namedGzip ? name.slice(0, -3) : name;
  const dot = plainName.lastIndexOf(".");
  const found = (dot === -1 ? undefined : byExtension.get(plainName.slice(dot + 1))) ?? byContentType.get(type);
  if (found === undefined) {
    const said = contentType === undefined ? "no content type" : `content type ${shortened(contentType, 60)}`;
    throw new UnknownFormatError(`The format of ${shortened(key, 120)} (${said}) is unknown.`);
  }
  return { ...found, gzip };
}

function saysGzip(contentEncoding: string | undefined, key: string): boolean {
  let gzip = false;
  for (const part of (contentEncoding ?? "").split(",")) {
    const encoding = part.trim().toLowerCase();
    if (encoding === "gzip" || encoding === "x-gzip") gzip = true;
    // "aws-chunked" is left over by some uploaders and says nothing about the stored bytes.
    else if (encoding !== "" && encoding !== "identity" && encoding !== "aws-chunked") {
      throw new UnknownFormatError(
        `${shortened(key, 120)} has content encoding ${shortened(encoding, 30)}, which is not read.`,
      );
    }
  }
  return gzip;
}
