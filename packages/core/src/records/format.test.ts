import { describe, expect, it } from "vitest";
import { UnknownFormatError } from "./errors.ts";
import { formatOf } from "./format.ts";

describe("the format of an object", () => {
  it.each<[said: [string, string?, string?], expected: object]>([
    [["a/b.ndjson"], { format: "ndjson", gzip: false }],
    [["b.JSONL"], { format: "ndjson", gzip: false }],
    [["b.csv"], { format: "csv", gzip: false }],
    [["b.tsv.gz"], { format: "csv", gzip: true, delimiter: "\t" }],
    [["cities.json"], { format: "tasks", gzip: false }],
    [["cities.json.gz", "application/octet-stream"], { format: "tasks", gzip: true }],
    [["notes.txt"], { format: "lines", gzip: false }],
    [["server.log.gz", "application/gzip", "gzip"], { format: "lines", gzip: true }],
    [["b.csv", "application/json"], { format: "csv", gzip: false }],
    [["b.csv", "text/csv", "gzip"], { format: "csv", gzip: true }],
    [["b.csv", "text/csv", "aws-chunked, gzip"], { format: "csv", gzip: true }],
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

  it("shortens a long key in its message", () => {
    expect(() => formatOf("k".repeat(1_024))).toThrow(/^The format of "k{120}…"/);
  });
});
