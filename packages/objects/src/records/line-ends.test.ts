import { describe, expect, it } from "vitest";
import { chunkings, readAll } from "../../test/samples.ts";
import type { ReadOptions } from "./options.ts";

const people = [
  { id: "1", name: "ada" },
  { id: "2", name: "bob" },
];

describe.each(chunkings)("a line ends with LF, CRLF or a lone CR, in every format and place, %s", (_how, sizes) => {
  it.each<[string, ReadOptions, string, readonly unknown[]]>([
    ["CSV, CR alone", { format: "csv" }, "id,name\r1,ada\r2,bob\r", people],
    ["CSV, CR alone, without the last", { format: "csv" }, "id,name\r1,ada\r2,bob", people],
    ["CSV, LF after the header and CR after that", { format: "csv" }, "id,name\n1,ada\r2,bob\r", people],
    ["CSV, CR after the header and LF after that", { format: "csv" }, "id,name\r1,ada\n2,bob\n", people],
    ["CSV, CRLF after the header and CR after that", { format: "csv" }, "id,name\r\n1,ada\r2,bob\r", people],
    ["CSV, all three", { format: "csv" }, "id,name\r\n\r\n1,ada\r\r2,bob\n\n", people],
    ["CSV with quotes at the end of lines", { format: "csv" }, 'id,"name"\r1,"ada"\r2,"bob"\r', people],
    [
      "CSV, where a CR within quotes is data",
      { format: "csv" },
      'id,name\r1,"a\rd\r\na"\r2,b\r',
      [
        { id: "1", name: "a\rd\r\na" },
        { id: "2", name: "b" },
      ],
    ],
    ["CSV of one column", { format: "csv" }, "id\r1\r2\r", [{ id: "1" }, { id: "2" }]],
    [
      "CSV without a header",
      { format: "csv", csv: { header: false } },
      "1,2\r3,4\r",
      [
        ["1", "2"],
        ["3", "4"],
      ],
    ],
    ["TSV", { format: "csv", csv: { delimiter: "\t" } }, "id\tname\r1\tada\r2\tbob", people],
    ["NDJSON, CR alone", { format: "ndjson" }, '{"a":1}\r{"a":2}\r', [{ a: 1 }, { a: 2 }]],
    ["NDJSON, mixed", { format: "ndjson" }, '{"a":1}\r{"a":2}\n{"a":3}\r\n\r{"a":4}', [1, 2, 3, 4].map((a) => ({ a }))],
    ["lines, CR alone", { format: "lines" }, "a\rb\r", ["a", "b"]],
    [
      "lines, mixed, where empty ones count",
      { format: "lines" },
      "a\r\rb\n\nc\r\n\r\nd",
      ["a", "", "b", "", "c", "", "d"],
    ],
    ["tasks-JSON, where a CR is space", { format: "tasks" }, '{\r"tasks":[\r1,\r2\r]\r}\r', [1, 2]],
  ])("%s", async (_, options, text, values) => {
    expect((await readAll(text, options, sizes)).values).toEqual(values);
    expect((await readAll(text, { ...options, onBrokenRecord: "skip" }, sizes)).values).toEqual(values);
    for (let i = 0; i < values.length; i++) {
      const from = { record: i, byte: 0 };
      expect((await readAll(text, { ...options, from }, sizes)).values).toEqual(values.slice(i));
    }
  });

  it("lines of spaces and tabs are none of NDJSON, and do not count as records", async () => {
    const { values, places } = await readAll('{"a":1}\n   \n\t\r\n{"a":2}\n  ', { format: "ndjson" }, sizes);
    expect(values).toEqual([{ a: 1 }, { a: 2 }]);
    expect(places[1]).toMatchObject({ record: 1, byte: 15 });
  });

  it("but are lines of text", async () => {
    expect((await readAll("a\n  \nb", { format: "lines" }, sizes)).values).toEqual(["a", "  ", "b"]);
  });

  it("nothing else ends a line: U+0085, U+2028, U+2029, form feed, vertical tab", async () => {
    const line = "a\u0085b\u2028c\u2029d\fe\vf";
    expect((await readAll(`${line}\r${line}\n`, { format: "lines" }, sizes)).values).toEqual([line, line]);
  });
});
