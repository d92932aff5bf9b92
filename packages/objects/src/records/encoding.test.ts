import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunkings, readAll, readUntilError } from "../../test/samples.ts";
import { BrokenRecordError, EncodingError } from "./errors.ts";
import type { RecordFormat } from "./formats.ts";
import type { ReadOptions } from "./options.ts";

const FORMATS = ["ndjson", "csv", "tasks", "lines"] as const satisfies readonly RecordFormat[];

/** One text with two records, in the ways of the formats. */
const texts: Readonly<Record<(typeof FORMATS)[number], string>> = {
  ndjson: '{"id":1,"name":"ada"}\n{"id":2,"name":"eve"}\n',
  csv: "id,name\n1,ada\n2,eve\n",
  tasks: '[{"id":1},{"id":2}]',
  lines: "ada\neve\n",
};

function wide(text: string, unitBytes: 2 | 4, isLittleEndian: boolean): Buffer {
  const units =
    unitBytes === 2
      ? Array.from({ length: text.length }, (_, i) => text.charCodeAt(i))
      : Array.from(text, (c) => c.codePointAt(0)!);
  const bytes = Buffer.alloc(units.length * unitBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (const [i, unit] of units.entries()) {
    if (unitBytes === 2) view.setUint16(i * 2, unit, isLittleEndian);
    else view.setUint32(i * 4, unit, isLittleEndian);
  }
  return bytes;
}

const wideEncodings = [
  ["UTF-16, little endian", 2, true],
  ["UTF-16, big endian", 2, false],
  ["UTF-32, little endian", 4, true],
  ["UTF-32, big endian", 4, false],
] as const;

describe("text in UTF-16 or UTF-32 is refused by name", () => {
  const rows = wideEncodings.flatMap((encoding) =>
    FORMATS.flatMap((format) => ["", "\uFEFF"].map((mark) => [...encoding, format, mark] as const)),
  );

  it.each(rows)("%s (units of %d bytes, %s), as %s, with mark %j", async (name, unitBytes, isLittle, format, mark) => {
    for (const [, sizes] of chunkings) {
      for (const onBrokenRecord of ["fail", "skip"] as const) {
        const bytes = wide(mark + texts[format], unitBytes, isLittle);
        const { values, error } = await readUntilError(bytes, { format, onBrokenRecord }, sizes);
        expect(values).toEqual([]);
        expect(error).toBeInstanceOf(EncodingError);
        expect(error).toMatchObject({ code: "ENCODING", message: expect.stringContaining(`text in ${name}`) });
        expect((error as Error).message).toMatch(/iconv -f UTF-(16|32)(LE|BE) -t UTF-8/);
      }
    }
  });

  it.each([
    ["Japanese", "番号,名前\n一,愛\n"],
    ["Greek", "Αθήνα,Πάτρα\n"],
    ["emoji", "🚚,🚀\n1,2\n"],
    ["one letter", "a"],
  ])("also where few letters are of the ASCII range: %s", async (_, text) => {
    for (const [name, unitBytes, isLittle] of wideEncodings) {
      await expect(readAll(wide(text, unitBytes, isLittle), { format: "csv" })).rejects.toThrow(`text in ${name}`);
    }
  });

  it("and is never taken for records, whatever the text", async () => {
    const text = fc.stringMatching(/^[ -~\u00a0-\u04ff\u3040-\u30ff\u4e00-\u9fff]{1,20}$/);
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1 }), fc.constantFrom(...wideEncodings), async (rows, encoding) => {
        const [, unitBytes, isLittle] = encoding;
        const bytes = wide(rows.map((row) => `${row}\n`).join(""), unitBytes, isLittle);
        for (const format of ["ndjson", "csv"] as const) {
          await expect(readAll(bytes, { format })).rejects.toMatchObject({
            code: expect.stringMatching(/^(ENCODING|BROKEN_RECORD)$/),
          });
        }
      }),
    );
  });
});

describe("text in UTF-8 is read, whatever is in it", () => {
  it.each([
    ["a byte order mark", "\uFEFFa\nb\n", ["a", "b"]],
    ["a replacement character that was written", "\uFFFD\n", ["\uFFFD"]],
    ["letters of all planes", "é ñ ß 愛 🚚\n", ["é ñ ß 愛 🚚"]],
    ["control characters other than NUL", "\u001b[31mred\u001b[0m\u0007\n", ["\u001b[31mred\u001b[0m\u0007"]],
    ["words by which a format begins", "PAR1 is a name, ORC too, PK as well, BZh9, Obj\n", undefined],
  ])("%s", async (_, text, values) => {
    expect((await readAll(text, { format: "lines" })).values).toEqual(values ?? [text.trimEnd()]);
  });

  it("a character that is cut at the end of what is looked at first", async () => {
    for (let spaces = 1_015; spaces < 1_030; spaces++) {
      const text = `${" ".repeat(spaces)}🚚\0\n`;
      await expect(readAll(text, { format: "lines" })).rejects.toMatchObject({ reason: "nul" });
    }
  });
});

describe("bytes that are no text in UTF-8 are refused with where they stand", () => {
  const latin1 = (text: string) => Buffer.from(text, "latin1");

  it.each<[string, ReadOptions, Buffer, number]>([
    ["NDJSON", { format: "ndjson" }, latin1('{"a":1}\n{"b":"Z\u00fcrich"}\n'), 15],
    ["CSV", { format: "csv" }, latin1("id,name\n1,Jos\u00e9\n"), 13],
    ["lines", { format: "lines" }, latin1("ok\ncaf\u00e9\n"), 6],
    ["tasks-JSON", { format: "tasks" }, latin1('[{"a":"\u00e9"}]'), 7],
    ["quotes of Windows-1252", { format: "lines" }, Buffer.from([0x93, 0x61, 0x94, 0x0a]), 0],
    ["a character cut short", { format: "lines" }, Buffer.from([0x61, 0x0a, 0xf0, 0x9f, 0x9a, 0x0a]), 2],
    ["half of a surrogate pair", { format: "lines" }, Buffer.from([0xed, 0xa0, 0x80, 0x0a]), 0],
  ])("%s, as a record", async (_, options, bytes, byte) => {
    for (const [, sizes] of chunkings) {
      const { error } = await readUntilError(bytes, options, sizes);
      expect(error).toBeInstanceOf(BrokenRecordError);
      expect(error).toMatchObject({ code: "BROKEN_RECORD", reason: "utf8" });
      expect((error as Error).message).toContain(`is not UTF-8 at byte ${byte} (0x${bytes[byte]!.toString(16)})`);
      const { batches } = await readAll(bytes, { ...options, onBrokenRecord: "skip" }, sizes);
      expect(batches.flatMap(({ rejected }) => rejected)).toMatchObject([{ reason: "utf8" }]);
    }
  });

  it.each<[string, ReadOptions, Buffer, number]>([
    ["a header row", { format: "csv" }, latin1("id,Stra\u00dfe\n1,2\n"), 7],
    ["a header row after a byte order mark", { format: "csv" }, latin1("\u00ef\u00bb\u00bfid,\u00e9\n1,2\n"), 6],
    ["what stands before the tasks", { format: "tasks" }, latin1('{"caf\u00e9":1,"tasks":[1]}'), 5],
    ["what follows them", { format: "tasks" }, latin1('{"tasks":[1],"caf\u00e9":1}'), 17],
  ])("%s, as the object's", async (_, options, bytes, byte) => {
    for (const [, sizes] of chunkings) {
      const { error } = await readUntilError(bytes, options, sizes);
      expect(error).toBeInstanceOf(EncodingError);
      expect((error as Error).message).toContain(`no text in UTF-8: byte ${byte} is 0x`);
    }
  });

  it.each<[string, ReadOptions, string]>([
    ["NDJSON", { format: "ndjson" }, '{"a":1}\n{"a":"b\0"}\n'],
    ["CSV", { format: "csv" }, "id,name\n1,b\0\n"],
    ["lines", { format: "lines" }, "a\nb\0c\n"],
    ["tasks-JSON", { format: "tasks" }, '[1,"b\0"]'],
  ])("a NUL byte in %s is no text", async (_, options, text) => {
    for (const [, sizes] of chunkings) {
      const { error } = await readUntilError(text, options, sizes);
      expect(error).toMatchObject({ code: "BROKEN_RECORD", reason: "nul" });
      expect((error as Error).message).toContain(`has a NUL byte at byte ${text.indexOf("\0")}`);
      const { batches } = await readAll(text, { ...options, onBrokenRecord: "skip" }, sizes);
      expect(batches.flatMap(({ rejected }) => rejected)).toMatchObject([{ reason: "nul" }]);
    }
  });

  it("a NUL byte in a header row is the object's", async () => {
    await expect(readAll("id,na\0me\n1,2\n", { format: "csv" })).rejects.toThrow("byte 5 is 0x00");
  });
});

describe("what is no text is refused by its name", () => {
  const padded = (hex: string) => Buffer.concat([Buffer.from(hex, "hex"), Buffer.from([0, 1, 2, 0xff, 0x80])]);

  it.each([
    ["gzip data", padded("1f8b08")],
    ["zstd data", padded("28b52ffd24")],
    ["bzip2 data", padded("425a6839314159265359")],
    ["xz data", padded("fd377a585a00")],
    ["lz4 data", padded("04224d18")],
    ["a 7z archive", padded("377abcaf271c")],
    ["a tar archive", Buffer.concat([Buffer.alloc(257, "file"), Buffer.from("ustar\0"), Buffer.alloc(300)])],
    ["a zip archive", padded("504b0304140000000800")],
    [
      "an Office workbook or document (.xlsx, .docx)",
      Buffer.concat([padded("504b0304140006000800"), Buffer.from("[Content_Types].xml")]),
    ],
    ["a Parquet file", padded("504152311504")],
    ["an Avro file", padded("4f626a0104")],
    ["an ORC file", padded("4f524303")],
    ["an Arrow file", padded("4152524f57310000")],
    ["an SQLite database", Buffer.from("SQLite format 3\0\x10\x00")],
    ["an Office document of before 2007 (.xls, .doc)", padded("d0cf11e0a1b11ae1")],
    ["a PDF document", Buffer.from("%PDF-1.7\n%\xe2\xe3\n", "latin1")],
    ["a PNG image", padded("89504e470d0a1a0a")],
    ["a JPEG image", padded("ffd8ffe0")],
    ["a GIF image", Buffer.from("GIF89a\x01\x00", "latin1")],
  ])("%s", async (name, bytes) => {
    for (const format of FORMATS) {
      for (const [, sizes] of chunkings) {
        const { values, error } = await readUntilError(bytes, { format, onBrokenRecord: "skip" }, sizes);
        expect(values).toEqual([]);
        expect(error).toBeInstanceOf(EncodingError);
        expect((error as Error).message).toContain(`The object is ${name}. `);
      }
    }
  });
});
