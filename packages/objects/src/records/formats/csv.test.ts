import { describe, expect, it } from "vitest";
import { chunkings, readAll, readUntilError } from "../../../test/samples.ts";
import { CsvHeaderError } from "../errors.ts";

describe.each(chunkings)("CSV, %s", (_how, sizes) => {
  const skip = { format: "csv", onBrokenRecord: "skip" } as const;

  it("keeps line ends, delimiters and doubled quotes within quotes", async () => {
    const { values } = await readAll('a,b\r\n"1\r\n2","x,""y"""\r\n,""\r\n', { format: "csv" }, sizes);
    expect(values).toEqual([
      { a: "1\r\n2", b: 'x,"y"' },
      { a: "", b: "" },
    ]);
  });

  it("gives arrays where there are no names", async () => {
    const { values } = await readAll('1,2\n"",3\n', { format: "csv", csv: { header: false } }, sizes);
    expect(values).toEqual([
      ["1", "2"],
      ["", "3"],
    ]);
  });

  it("keeps a column named __proto__", async () => {
    const { values } = await readAll("__proto__,b\n1,2\n", { format: "csv" }, sizes);
    expect(Object.entries(values[0] as object)).toEqual([
      ["__proto__", "1"],
      ["b", "2"],
    ]);
  });

  it("finds a lone quote, and goes on with the next line under skip", async () => {
    for (const row of ['1,b"c', '"1"x,2', '1,"b" ', '1"2,3"']) {
      const content = `a,b\n0,0\n${row}\n3,4\n`;
      await expect(readAll(content, { format: "csv" }, sizes)).rejects.toMatchObject({
        reason: "csv-lone-quote",
        record: 1,
      });
      const { values, batches } = await readAll(content, skip, sizes);
      expect(values).toEqual([
        { a: "0", b: "0" },
        { a: "3", b: "4" },
      ]);
      expect(Buffer.from(batches[0]!.rejected[0]!.bytes).toString()).toBe(row);
    }
  });

  it("finds a quote that is never closed", async () => {
    const content = 'a,b\n0,0\n1,"2\n3,4\n';
    const { values, error } = await readUntilError(content, { format: "csv" }, sizes);
    expect(values).toEqual([{ a: "0", b: "0" }]);
    expect(error).toMatchObject({ reason: "csv-unterminated-quote", record: 1, byte: 8, endByte: 17 });
    expect((await readAll(content, skip, sizes)).batches[0]?.rejected).toMatchObject([{ record: 1, endByte: 17 }]);
  });

  it("finds rows with too many or too few columns, unless any count will do", async () => {
    const content = "a,b\n1\n1,2\n1,2,3\n";
    await expect(readAll(content, { format: "csv" }, sizes)).rejects.toThrow(/has 1 columns instead of 2/);
    const { batches } = await readAll(content, skip, sizes);
    expect(batches[0]?.rejected).toMatchObject([
      { record: 0, reason: "csv-column-count" },
      { record: 2, reason: "csv-column-count" },
    ]);
    const any = await readAll(content, { format: "csv", csv: { columnCount: "any" } }, sizes);
    expect(any.values).toEqual([{ a: "1" }, { a: "1", b: "2" }, { a: "1", b: "2", 2: "3" }]);
  });

  it("refuses a header row that cannot name columns", async () => {
    for (const content of ["a,a\n1,2\n", 'a,"b\n1,2', 'a,b"c\n1,2\n', `${"x".repeat(300)}\n1\n`]) {
      await expect(readAll(content, { format: "csv", maxRecordBytes: 200 }, sizes)).rejects.toThrow(CsvHeaderError);
    }
    const from = { record: 1, byte: 4 };
    await expect(readAll("a\n1\n2\n", { format: "csv", from }, sizes)).rejects.toThrow(CsvHeaderError);
  });
});

describe("a header row of which another delimiter makes more columns is refused: it is more likely written with that", () => {
  it.each([
    ["semicolons", "id;name\n1;ada\n", '2 by ";"'],
    ["semicolons around commas in quotes", 'id;"last, first";x\n', "3 by"],
    ["semicolons between quotes", '"id";"name"\n"1";"ada"\n', '2 by ";"'],
    ["semicolons, and commas in the names", "id;price, net;price, gross;x\n", '3 column(s) by ",", and 4 by ";"'],
    ["tabs", "id\tname\tx\n", '3 by "\\t"'],
    ["pipes", "id|name\n", '2 by "|"'],
  ])("%s", async (_, text, message) => {
    const reading = readAll(text, { format: "csv" });
    await expect(reading).rejects.toThrow(CsvHeaderError);
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toThrow("Give csv.delimiter");
  });

  it("also one by tabs, as .tsv says, that is written with commas", async () => {
    const options = { format: "csv", csv: { likelyDelimiter: "\t" } } as const;
    await expect(readAll("id,name\n1,ada\n", options)).rejects.toThrow('1 column(s) by "\\t", and 2 by ","');
    expect((await readAll("id\tname\n1\tada\n", options)).values).toEqual([{ id: "1", name: "ada" }]);
  });

  it("unless the delimiter is given", async () => {
    const one = { format: "csv", csv: { delimiter: "," } } as const;
    expect((await readAll("a;b\n1;2\n", one)).values).toEqual([{ "a;b": "1;2" }]);
    const two = { format: "csv", csv: { delimiter: ";" } } as const;
    expect((await readAll("a;b\n1;2\n", two)).values).toEqual([{ a: "1", b: "2" }]);
  });

  it.each(["id\n1\n", '"a;b"\n1\n', "name\nRossi; Bianchi\n"])(
    "and not one that is one column by any: %j",
    async (text) => {
      expect((await readAll(text, { format: "csv" })).values).toHaveLength(1);
    },
  );

  it.each(["sep=;\nid;name\n1;2\n", "sep=,\r\nid,name\r\n", "SEP=\t\nid\tname\n"])(
    "the line for Excel is no header: %j",
    async (text) => {
      await expect(readAll(text, { format: "csv" })).rejects.toThrow("which tells Excel the delimiter");
    },
  );
});
