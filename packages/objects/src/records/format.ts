import { EncodingError, type GzipSign, UnknownFormatError } from "./errors.ts";
import { shortened } from "./excerpt.ts";
import type { FormatHint } from "./format-definition.ts";
import { formatNames, formats, type RecordFormat } from "./formats.ts";

/** The format of an object, by its name and headers. */
export interface DetectedFormat {
  readonly format: RecordFormat;
  /** The bytes are gzip: pass them through {@link gunzip} first. */
  readonly gzip: boolean;
  /** The sign of it; absent unless `gzip`. */
  readonly gzipSign?: GzipSign;
  /** The field delimiter, when the name or content type says it (`.tsv`); otherwise absent. */
  readonly delimiter?: string;
}

type Plain = Pick<DetectedFormat, "format" | "delimiter">;

const byExtension = plainBy((format) => formats[format].endings);
const byContentType = plainBy((format) => formats[format].contentTypes);

function plainBy(namesOf: (format: RecordFormat) => Readonly<Record<string, FormatHint>>): ReadonlyMap<string, Plain> {
  return new Map(
    formatNames.flatMap((format) =>
      Object.entries(namesOf(format)).map(([name, hint]) => [name, { format, ...hint }] as const),
    ),
  );
}

const gzipTypes: ReadonlySet<string> = new Set(["application/gzip", "application/x-gzip"]);

/** Endings of compressed files that are not read, and what they are. */
const otherCompression: ReadonlyMap<string, string> = new Map([
  ["zst", "zstd"],
  ["bz2", "bzip2"],
  ["xz", "xz"],
  ["br", "brotli"],
  ["lz4", "lz4"],
  ["sz", "snappy"],
  ["snappy", "snappy"],
  ["z", "compress"],
  ["zip", "zip"],
  ["7z", "7z"],
]);

/**
 * Content encodings that change the bytes and are not read. Any other, such as `utf-8`, `aws-chunked` or `none`, is left over
 * by some tool and says nothing about the stored bytes; what is no text is noticed when it is read.
 */
const otherEncodings: ReadonlySet<string> = new Set([
  "aes128gcm",
  "base64",
  "br",
  "bzip2",
  "compress",
  "dcb",
  "dcz",
  "deflate",
  "exi",
  "lz4",
  "lzma",
  "pack200-gzip",
  "quoted-printable",
  "snappy",
  "x-bzip2",
  "x-compress",
  "x-snappy-framed",
  "xz",
  "zip",
  "zstd",
]);

/** Charsets of 7 bits other than ASCII, and those in which even letters are other bytes: nothing in the text shows them. */
const OTHER_CHARSET = /^(utf-7|iso-2022-.*|hz-gb-2312|ibm-?\d+|cp0?37|cp1047|ebcdic.*)$/;

/**
 * Works out an object's format from its key, and where the key says nothing, from its content type.
 * The extension wins, because uploads often carry `application/octet-stream` or a guess; but a type for lines of JSON or for
 * CSV says more than `.json`, `.txt` or `.log`. An object is gzip when its key ends in `.gz`, or its content type or content
 * encoding says so; said twice, it is still compressed once.
 *
 * @param given The format, if it is known: then nothing needs to say it.
 * @throws UnknownFormatError if nothing known is said, or a compression that is not read (`br`, `.zst`); EncodingError if the
 * content type names a charset that is not read and cannot be told from the bytes.
 * @example
 * ```ts
 * formatOf("exports/cities.ndjson.gz"); // { format: "ndjson", gzip: true, gzipSign: "name" }
 * ```
 */
export function formatOf(
  key: string,
  contentType?: string,
  contentEncoding?: string,
  given?: RecordFormat,
): DetectedFormat {
  const [type = "", ...parameters] = (contentType ?? "").split(";").map((part) => part.trim().toLowerCase());
  refuseCharset(parameters);
  const name = key.slice(key.lastIndexOf("/") + 1).toLowerCase();
  const gzipSign = gzipSignOf(name, type, contentEncoding, key);
  const plainName = name.replace(/\.gz(ip)?$/, "");
  const dot = plainName.lastIndexOf(".");
  const extension = dot === -1 ? "" : plainName.slice(dot + 1);
  const compression = otherCompression.get(extension);
  if (compression !== undefined) throw notRead(`${shortened(key, 120)} is named as ${compression}`);
  const found = refined(byExtension.get(extension), byContentType.get(type));
  const gzip = gzipSign === undefined ? { gzip: false } : { gzip: true, gzipSign };
  if (given !== undefined) return { ...(found?.format === given ? found : undefined), format: given, ...gzip };
  if (found !== undefined) return { ...found, ...gzip };
  const said = contentType === undefined ? "no content type" : `content type ${shortened(contentType, 60)}`;
  throw new UnknownFormatError(`The format of ${shortened(key, 120)} (${said}) is unknown.`);
}

function refined(named: Plain | undefined, typed: Plain | undefined): Plain | undefined {
  const saysLittle = named === undefined || formats[named.format].isVague;
  return saysLittle && typed !== undefined && !formats[typed.format].isVague ? typed : (named ?? typed);
}

function gzipSignOf(
  name: string,
  type: string,
  contentEncoding: string | undefined,
  key: string,
): GzipSign | undefined {
  const encodings = (contentEncoding ?? "").split(/[,;]/).map((part) => part.trim().toLowerCase());
  const other = encodings.find((encoding) => otherEncodings.has(encoding));
  if (other !== undefined) throw notRead(`${shortened(key, 120)} has content encoding ${shortened(other, 30)}`);
  if (encodings.some((encoding) => encoding === "gzip" || encoding === "x-gzip")) return "content-encoding";
  if (gzipTypes.has(type)) return "content-type";
  return /\.gz(ip)?$/.test(name) ? "name" : undefined;
}

function notRead(what: string): UnknownFormatError {
  return new UnknownFormatError(`${what}, which is not read.`, "Decompress it first, or store it as gzip.");
}

function refuseCharset(parameters: readonly string[]): void {
  for (const parameter of parameters) {
    const charset = /^charset\s*=\s*"?([^"]*)"?$/.exec(parameter)?.[1];
    if (charset === undefined || !OTHER_CHARSET.test(charset)) continue;
    throw new EncodingError(
      `text in ${shortened(charset, 30)}, by its content type`,
      "convert it first, or put it with the charset that it has",
    );
  }
}
