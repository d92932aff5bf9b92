import { describe, expect, it } from "vitest";
import { EncodingError, UnknownFormatError } from "./errors.ts";
import { formatOf } from "./format.ts";

describe("the format of an object", () => {
  it.each<[said: [string, string?, string?], expected: object]>([
    [["a/b.ndjson"], { format: "ndjson", gzip: false }],
    [["b.JSONL"], { format: "ndjson", gzip: false }],
    [["b.csv"], { format: "csv", gzip: false }],
    [["b.tsv.gz"], { format: "csv", gzip: true, gzipSign: "name", delimiter: "\t" }],
    [["cities.json"], { format: "tasks", gzip: false }],
    [["cities.json.gz", "application/octet-stream"], { format: "tasks", gzip: true, gzipSign: "name" }],
    [["notes.txt"], { format: "lines", gzip: false }],
    [["server.log.gz", "application/gzip", "gzip"], { format: "lines", gzip: true, gzipSign: "content-encoding" }],
    [["b.csv", "application/json"], { format: "csv", gzip: false }],
    [["b.csv", "text/csv", "gzip"], { format: "csv", gzip: true, gzipSign: "content-encoding" }],
    [["b.csv", "text/csv", "aws-chunked, gzip"], { format: "csv", gzip: true, gzipSign: "content-encoding" }],
    [["b.csv", "application/x-gzip"], { format: "csv", gzip: true, gzipSign: "content-type" }],
    [["b.csv.GZIP"], { format: "csv", gzip: true, gzipSign: "name" }],
    [["export", "application/json; charset=utf-8"], { format: "tasks", gzip: false }],
    [["export", "Application/X-NDJSON", ""], { format: "ndjson", gzip: false }],
    [["export.d/part-0001", "text/csv"], { format: "csv", gzip: false }],
  ])("is known from %j", (said, expected) => {
    expect(formatOf(...said)).toEqual(expected);
  });

  it.each<[said: [string, (string | undefined)?, string?]]>([
    [["data.parquet"]],
    [["data"]],
    [["json"]],
    [[""]],
    [[".gz"]],
    [["data.gz", "application/gzip"]],
    [["folder.csv/"]],
    [["data.csv", "text/csv", "br"]],
    [["data.csv", undefined, "zstd"]],
  ])("is refused when it is unknown: %j", (said) => {
    expect(() => formatOf(...said)).toThrow(UnknownFormatError);
  });

  it.each([
    "utf-8",
    "UTF-8",
    "utf8",
    "aws-chunked",
    "identity",
    "none",
    "binary",
    "iso-8859-1",
    "utf-8, aws-chunked",
    "aws-chunked,utf-8,identity",
    "text/csv; charset=utf-8",
    "",
    " , ",
  ])("a content encoding that is none is left over by some tool: %j", (encoding) => {
    expect(formatOf("b.csv", undefined, encoding)).toEqual({ format: "csv", gzip: false });
    expect(formatOf("b.csv", undefined, `${encoding},gzip`)).toMatchObject({ gzip: true });
  });

  it.each(["br", "zstd", "deflate", "compress", "BR", "gzip, br", "utf-8, zstd", "base64", "xz"])(
    "a content encoding that changes the bytes is read or refused by name: %j",
    (encoding) => {
      const name = encoding.split(", ").at(-1)!.toLowerCase();
      expect(() => formatOf("b.csv", undefined, encoding)).toThrow(
        `has content encoding "${name}", which is not read. Decompress it first, or store it as gzip.`,
      );
    },
  );

  it.each([
    ["b.csv.zst", "zstd"],
    ["b.ndjson.bz2", "bzip2"],
    ["b.json.br", "brotli"],
    ["b.zip", "zip"],
    ["b.log.xz", "xz"],
  ])("%s is refused by the name of its compression", (key, name) => {
    expect(() => formatOf(key, "text/csv")).toThrow(`is named as ${name}, which is not read`);
  });

  it.each<[string, string, string, string?]>([
    ["b.json", "application/x-ndjson", "ndjson"],
    ["b.json.gz", "application/jsonl", "ndjson"],
    ["b.txt", "text/csv; charset=utf-8", "csv"],
    ["b.log", "application/x-ndjson", "ndjson"],
    ["b.txt", "text/tab-separated-values", "csv", "\t"],
    ["b.json", "application/octet-stream", "tasks"],
    ["b.json", "text/plain", "tasks"],
    ["b.ndjson", "text/csv", "ndjson"],
    ["b.csv", "text/tab-separated-values", "csv"],
  ])("%s with type %s is %s", (key, type, format, delimiter) => {
    expect(formatOf(key, type)).toMatchObject({ format, ...(delimiter && { delimiter }) });
  });

  it("that is given is taken, whatever name and type say; whether it is gzip they still say", () => {
    expect(formatOf("export", undefined, undefined, "csv")).toEqual({ format: "csv", gzip: false });
    expect(formatOf("b.json.gz", "application/json", undefined, "ndjson")).toEqual({
      format: "ndjson",
      gzip: true,
      gzipSign: "name",
    });
    expect(formatOf("b.tsv", undefined, undefined, "csv")).toEqual({ format: "csv", gzip: false, delimiter: "\t" });
    expect(formatOf("b.tsv", undefined, undefined, "lines")).toEqual({ format: "lines", gzip: false });
  });

  it.each(["utf-7", "iso-2022-jp", "hz-gb-2312", "IBM037"])(
    "a charset that the bytes do not show is refused: %s",
    (charset) => {
      expect(() => formatOf("b.csv", `text/csv; charset="${charset}"`)).toThrow(EncodingError);
      expect(() => formatOf("b.csv", `text/csv;header=present;charset=${charset}`)).toThrow(charset.toLowerCase());
    },
  );

  it.each(["utf-8", "us-ascii", "iso-8859-1", "windows-1252", "utf-16", ""])(
    "any other says nothing that the bytes do not: %s",
    (charset) => {
      expect(formatOf("b.csv", `text/csv; charset=${charset}`)).toMatchObject({ format: "csv" });
    },
  );

  it("shortens a long key in its message", () => {
    expect(() => formatOf("k".repeat(1_024))).toThrow(/^The format of "k{120}…"/);
  });
});
