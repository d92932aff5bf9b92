import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PlainRecordsOptions, plainRecordsOf } from "./plain-records.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "longhaul-plain-records-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** The records of a file with this name and content. */
async function recordsOf(
  name: string,
  content: string | Uint8Array,
  options?: PlainRecordsOptions,
): Promise<unknown[]> {
  const path = join(directory, name);
  await writeFile(path, content);
  const records: unknown[] = [];
  for await (const record of plainRecordsOf(path, options)) records.push(record);
  return records;
}

const two = [{ id: 1 }, { id: 2 }];

describe("the records of a file, by the ending of its name", () => {
  it.each([
    ["array.json", JSON.stringify(two), two],
    ["tasks.JSON", JSON.stringify({ version: 1, tasks: two }), two],
    ["lines.ndjson", '{"id":1}\n\n{"id":2}', two],
    ["lines.jsonl", '{"id":1}\r\n  \r\n{"id":2}\r\n', two],
    [
      "rows.csv",
      'id,name\n1,"a, b"\n2,\n',
      [
        { id: "1", name: "a, b" },
        { id: "2", name: "" },
      ],
    ],
    ["rows.tsv", "id\tname\n1\ta, b\n", [{ id: "1", name: "a, b" }]],
    ["text.txt", "a\n\nb\r\n", ["a", "", "b"]],
    ["without-ending", "a\nb", ["a", "b"]],
    ["empty.ndjson", "", []],
    ["empty.csv", "", []],
  ])("%s", async (name, content, records) => {
    expect(await recordsOf(name, content)).toEqual(records);
    expect(await recordsOf(`${name}.gz`, gzipSync(content))).toEqual(records);
  });

  it.each([
    ["array.json", JSON.stringify(two), two],
    ["lines.ndjson", '{"id":1}\n{"id":2}\n', two],
    ["rows.csv", "id\n1\n", [{ id: "1" }]],
    ["text.txt", "a\nb\n", ["a", "b"]],
  ])("a byte order mark is none of the text: %s", async (name, content, records) => {
    expect(await recordsOf(name, `\uFEFF${content}`)).toEqual(records);
  });

  it("a lone CR ends a line, Unicode's line separators do not", async () => {
    const text = "b\u2028c\u2029d";
    expect(await recordsOf("separators.txt", `${text}\r${text}\r\n\r`)).toEqual([text, text, ""]);
    expect(await recordsOf("mac.csv", "id,name\r1,ada\r2,eve\r")).toEqual([
      { id: "1", name: "ada" },
      { id: "2", name: "eve" },
    ]);
    expect(await recordsOf("separators.ndjson", `"a\u2028b"\n`)).toEqual(["a\u2028b"]);
  });

  it("a sign of several bytes may stand between two chunks", async () => {
    const lines = Array.from({ length: 40_000 }, (_, i) => `✓ ${i} 🚚`);
    expect(await recordsOf("long.txt", lines.join("\n"))).toEqual(lines);
  });

  it("rows of CSV are as csv-parse reads them", async () => {
    const text = 'a,b\n"x ""y""","c,\r\nd"\n,\n1,\n';
    expect(await recordsOf("quotes.csv", text)).toEqual([
      { a: 'x "y"', b: "c,\r\nd" },
      { a: "", b: "" },
      { a: "1", b: "" },
    ]);
    expect(await recordsOf("proto.csv", "__proto__\n1\n")).toEqual([Object.fromEntries([["__proto__", "1"]])]);
  });

  it.each(["lines.json", "lines.json.gz"])("lines of JSON are read under the name %s", async (name) => {
    const text = '{"id":1}\r\n\r\n{"id":2}\n';
    expect(await recordsOf(name, name.endsWith("gz") ? gzipSync(text) : text)).toEqual(two);
  });

  it("something may be made of lines and rows that are none", async () => {
    const brokenOf = () => "broken";
    expect(await recordsOf("broken.ndjson", '{"id":1}\n{\n{"id":1e400}\n', { brokenOf })).toEqual([
      two[0],
      "broken",
      "broken",
    ]);
    expect(await recordsOf("broken.csv", "id\n1\n1,2\n", { brokenOf })).toEqual([{ id: "1" }, "broken"]);
  });

  it("a format and a delimiter may be given", async () => {
    expect(await recordsOf("data", '{"id":1}\n{"id":2}', { format: "ndjson" })).toEqual(two);
    expect(await recordsOf("semicolons.csv", "id;n\n1;x\n", { delimiter: ";" })).toEqual([{ id: "1", n: "x" }]);
  });

  it("numbers that a double does not hold are errors, unless something is made of their digits", async () => {
    const text = '{"id":144126219108390099,"x":[1.0,1e2,-0,0.1,9007199254740992],"y":1e400}\n';
    const numberOf = (digits: string) => `exactly ${digits}`;
    expect(await recordsOf("numbers.ndjson", text, { numberOf })).toEqual([
      { id: "exactly 144126219108390099", x: [1, 100, -0, 0.1, 9007199254740992], y: "exactly 1e400" },
    ]);
    await expect(recordsOf("numbers.ndjson", text)).rejects.toThrow(
      "A double does not hold the number 144126219108390099",
    );
    await expect(recordsOf("numbers.json", `[${text}]`)).rejects.toThrow(RangeError);
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ["latin1.txt", Buffer.from("caf\u00e9\n", "latin1"), /not valid/],
    ["latin1.csv", Buffer.from("a,b\n1,\u00e9\n", "latin1"), /not valid/],
    ["utf16.csv", Buffer.from("a,b\n1,2\n", "utf16le"), /NUL byte/],
    ["utf16.json", Buffer.from("[1]", "utf16le"), /NUL byte/],
    ["marked.txt", Buffer.from("\uFEFFa\n", "utf16le"), /not valid/],
    ["semicolons.csv", "id;name\n1;ada\n", /another delimiter/],
    ["cut.ndjson.gz", gzipSync('{"id":1}\n').subarray(0, -9), /unexpected end/],
    ["quote.csv", 'a,b\n1,"x\n', /Quote/],
    ["short.csv", "a,b\n1\n", /A row has 1 fields, and there are 2 columns: 1/],
    ["long.csv", "a,b\n1,2,3\n", /A row has 3 fields/],
  ])("what is no such text is an error, and never a record: %s", async (name, content, message) => {
    await expect(recordsOf(name, content)).rejects.toThrow(message);
  });

  it("what is not JSON is an error", async () => {
    await expect(recordsOf("broken.ndjson", '{"id":1}\n{')).rejects.toThrow(SyntaxError);
    await expect(recordsOf("broken.json", "[1,")).rejects.toThrow(SyntaxError);
  });

  it.each(["absent.ndjson", "absent.ndjson.gz", "absent.csv.gz", "absent.json"])(
    "%s that is not there is an error",
    async (name) => {
      await expect(plainRecordsOf(join(directory, name)).next()).rejects.toThrow("ENOENT");
    },
  );
});

it("a format that it does not know is refused, and not read as no records", async () => {
  const reading = plainRecordsOf(import.meta.filename, { format: "parquet" });
  await expect(reading.next()).rejects.toThrow('plainRecordsOf() cannot read the format "parquet".');
});
