import { describe, expect, it } from "vitest";
import { ConfigError, EventError, LonghaulError } from "../errors.ts";
import {
  BrokenDocumentError,
  BrokenRecordError,
  CsvHeaderError,
  EmptyObjectError,
  EncodingError,
  PositionBeyondEndError,
  RecordTooLargeError,
  SourceLengthError,
  TasksMissingError,
} from "./errors.ts";
import type { ReadOptions } from "./options.ts";
import { readBatches } from "./read-batches.ts";
import { chunked, readAll } from "./samples.ts";

/** Reads until an error: what was given before it, and the error. */
async function readUntilError(
  content: string | Uint8Array,
  options: ReadOptions,
  sizes: readonly number[] = [1 << 20],
) {
  const values: unknown[] = [];
  let end = options.from;
  try {
    for await (const batch of readBatches(chunked(Buffer.from(content), sizes), options)) {
      values.push(...batch);
      end = batch.end;
    }
  } catch (error) {
    return { values, end, error };
  }
  throw new Error("Nothing was thrown.");
}

const chunkings: readonly (readonly [string, readonly number[]])[] = [
  ["in one chunk", [1 << 20]],
  ["byte by byte", [1]],
  ["in chunks of 7 bytes", [7]],
];

describe("a position after each batch", () => {
  it("counts records and bytes, and is plain JSON", async () => {
    const { batches } = await readAll('{"a":1}\n\n{"a":2}\r\n{"a":3}', { format: "ndjson", maxRecords: 2 });
    expect(batches.map(({ start, end }) => [start, end])).toEqual([
      [
        { record: 0, byte: 0 },
        { record: 2, byte: 18 },
      ],
      [
        { record: 2, byte: 18 },
        { record: 3, byte: 25 },
      ],
    ]);
  });

  it("carries the columns of a CSV header row that was read", async () => {
    const { batches } = await readAll("id,name\n1,a\n2,b\n", { format: "csv", maxRecords: 1 });
    expect(batches[0]?.end).toEqual({ record: 1, byte: 12, columns: ["id", "name"] });
  });

  it("carries no columns that the caller gives", async () => {
    const csv = { columns: ["x", "y"] };
    const first = await readAll("id,name\n1,a\n2,b\n", { format: "csv", csv, maxRecords: 1 });
    expect(first.values[0]).toEqual({ x: "1", y: "a" });
    expect(first.batches[0]?.end).toEqual({ record: 1, byte: 12 });
    const rest = await readAll("id,name\n1,a\n2,b\n", { format: "csv", csv, from: { record: 1, byte: 12 } });
    expect(rest.values).toEqual([{ x: "2", y: "b" }]);
  });

  it("says what a JSON array stands in", async () => {
    expect((await readAll('{"tasks":[1,2]}', { format: "tasks", maxRecords: 1 })).batches[0]?.end).toEqual({
      record: 1,
      byte: 11,
      inside: "object",
    });
    expect((await readAll("[1,2]", { format: "tasks", maxRecords: 1 })).batches[0]?.end).toEqual({
      record: 1,
      byte: 2,
      inside: "array",
    });
  });

  it("can be had before any record of a batch, and reading from there gives the rest", async () => {
    const contents = [
      ["ndjson", "1\n\n2\r\n3\n"],
      ["lines", "1\n\n2\r\n3\n"],
      ["csv", 'n,m\n1,"a\nb"\n\n2,b\n3,c'],
      ["tasks", '{"a":[], "tasks" : [ 1 , {"b":[2]} ,"]" ] , "c":1 }'],
    ] as const;
    for (const [format, content] of contents) {
      const all = await readAll(content, { format });
      for await (const batch of readBatches([Buffer.from(content)], { format })) {
        for (let i = 0; i <= batch.records; i++) {
          const rest = await readAll(content, { format, from: batch.positionOf(i) });
          expect(rest.values).toEqual(all.values.slice(i));
        }
      }
    }
  });

  it("is refused when it is damaged", async () => {
    for (const from of [
      { record: -1, byte: 0 },
      { record: 0 },
      { record: 0, byte: "5" },
      "5",
      { record: 0, byte: 0, inside: 1 },
    ]) {
      await expect(readAll("1", { format: "ndjson", from: from as never })).rejects.toThrow(EventError);
    }
  });
});

describe("batches", () => {
  it("hold at most maxBatchBytes and the record that passed it", async () => {
    const { batches } = await readAll("aaaa\nbbbb\ncccc\ndddd\n", { format: "lines", maxBatchBytes: 8 });
    expect(batches.map(({ records }) => records)).toEqual([2, 2]);
  });

  it("give nothing for an empty object of lines", async () => {
    for (const format of ["ndjson", "lines", "csv"] as const) {
      expect((await readAll("", { format })).batches).toEqual([]);
      expect((await readAll("\ufeff", { format })).batches).toEqual([]);
    }
    expect((await readAll("[]", { format: "tasks" })).batches).toEqual([]);
    expect((await readAll("a,b\n", { format: "csv" })).batches).toEqual([]);
  });

  it("give each record as a view, as text and as a value, and know where it stands", async () => {
    for await (const batch of readBatches([Buffer.from('"é"\n{"a":[1]}\n')], { format: "ndjson" })) {
      expect(batch.text(0)).toBe('"é"');
      expect(Buffer.from(batch.bytes(1)).toString()).toBe('{"a":[1]}');
      expect(batch.byteLength(0)).toBe(4);
      expect(batch.place(1)).toEqual({ record: 1, byte: 5, endByte: 14 });
      expect([...batch]).toEqual(["é", { a: [1] }]);
      expect(() => batch.text(2)).toThrow(RangeError);
    }
  });

  it("are views of the chunk when they lie in one", async () => {
    const chunk = Buffer.from("a\nb\n");
    for await (const batch of readBatches([chunk], { format: "lines", maxRecords: 1 })) {
      expect(batch.bytes(0).buffer).toBe(chunk.buffer);
    }
  });

  it("stay what they were when later ones are read", async () => {
    const content = Array.from({ length: 5_000 }, (_, i) => `line ${i}`);
    const kept = [];
    const chunks = content.map((line) => Buffer.from(`${line}\n`));
    for await (const batch of readBatches(chunks, { format: "lines", maxRecords: 7 })) kept.push(batch);
    expect(kept.flatMap((batch) => [...batch])).toEqual(content);
  });

  it("hold many records when many are asked for", async () => {
    const content = Array.from({ length: 30_000 }, (_, i) => `${i}`);
    const { values, batches } = await readAll(content.join("\n"), { format: "lines", maxRecords: 1_000_000 }, [4_096]);
    expect(values).toEqual(content);
    expect(batches).toHaveLength(1);
  });

  it("close the source when the loop is left early", async () => {
    let closed = false;
    async function* source() {
      try {
        for (;;) yield Buffer.from("a\nb\n");
      } finally {
        closed = true;
      }
    }
    for await (const _ of readBatches(source(), { format: "lines" })) break;
    expect(closed).toBe(true);
  });
});

describe("options", () => {
  const refused: readonly (readonly [string, object])[] = [
    ["a batch size from the environment", { maxRecords: "5" }],
    ["a batch size of nothing", { maxRecords: 0 }],
    ["a batch size that is no number", { maxRecords: Number.NaN }],
    ["half a record", { maxRecords: 1.5 }],
    ["more bytes than offsets hold", { maxBatchBytes: 2 ** 31 }],
    ["a misspelt name", { maxRecord: 5 }],
    ["an unknown format", { format: "xml" }],
    ["an unknown policy", { onBrokenRecord: "ignore" }],
    ["a callback that would never be called", { onReject: () => {} }],
    ["csv options for another format", { csv: {} }],
    ["a delimiter of two characters", { format: "csv", csv: { delimiter: "||" } }],
    ["a quote as the delimiter", { format: "csv", csv: { delimiter: '"' } }],
    ["a column twice", { format: "csv", csv: { columns: ["a", "a"] } }],
    ["a misspelt csv option", { format: "csv", csv: { seperator: ";" } }],
  ];
  it.each(refused)("are refused: %s", async (_what, options) => {
    await expect(readAll("1\n", { format: "ndjson", ...options } as ReadOptions)).rejects.toThrow(ConfigError);
  });

  it("refuse a string with the way to convert it", async () => {
    const options = { format: "ndjson", maxRecords: "5" } as unknown as ReadOptions;
    await expect(readAll("1\n", options)).rejects.toThrow(/maxRecords must be a whole number .* not "5".*Number\(/);
  });
});

describe.each(chunkings)("a broken record, %s", (_how, sizes) => {
  const content = '{"a":1}\n{"a":2}\n{broken\n{"a":4}\n';

  it("fails when its value is asked for, naming record, bytes and beginning", async () => {
    const { values, error } = await readUntilError(content, { format: "ndjson", maxRecords: 2 }, sizes);
    expect(values).toEqual([{ a: 1 }, { a: 2 }]);
    expect(error).toBeInstanceOf(BrokenRecordError);
    expect(error).toMatchObject({ code: "BROKEN_RECORD", reason: "json", record: 2, byte: 16, endByte: 23 });
    expect((error as Error).message).toContain("{broken");
    expect((error as Error).cause).toBeInstanceOf(SyntaxError);
  });

  it("is set aside under skip, with its bytes and reason, and counts as a record", async () => {
    const seen: number[] = [];
    const options: ReadOptions = {
      format: "ndjson",
      maxRecords: 3,
      onBrokenRecord: "skip",
      onReject: ({ record }) => void seen.push(record),
    };
    const { values, places, batches } = await readAll(content, options, sizes);
    expect(values).toEqual([{ a: 1 }, { a: 2 }, { a: 4 }]);
    expect(places[2]).toMatchObject({ record: 3, byte: 24 });
    expect(batches.map(({ records, end }) => [records, end])).toEqual([
      [2, { record: 3, byte: 24 }],
      [1, { record: 4, byte: 32 }],
    ]);
    const [rejected] = batches[0]!.rejected;
    expect(rejected).toMatchObject({ record: 2, byte: 16, endByte: 23, reason: "json" });
    expect(Buffer.from(rejected!.bytes).toString()).toBe("{broken");
    expect(seen).toEqual([2]);
  });

  it("makes a batch of no records when all are broken, so that there is still a position after them", async () => {
    const { batches } = await readAll("x\ny\n", { format: "ndjson", onBrokenRecord: "skip" }, sizes);
    expect(batches).toMatchObject([
      { records: 0, end: { record: 2, byte: 4 }, rejected: [{ record: 0 }, { record: 1 }] },
    ]);
  });

  it("is what bytes that are not UTF-8 make", async () => {
    const bytes = Buffer.concat([Buffer.from('"a"\n"'), Buffer.from([0xc3, 0x28]), Buffer.from('"\n"\ufffd"\n')]);
    const { values, batches } = await readAll(bytes, { format: "ndjson", onBrokenRecord: "skip" }, sizes);
    expect(values).toEqual(["a", "\ufffd"]);
    expect(batches[0]?.rejected).toMatchObject([{ record: 1, reason: "utf8" }]);
    await expect(readAll(bytes, { format: "lines" }, sizes)).rejects.toMatchObject({ reason: "utf8", record: 1 });
  });
});

describe.each(chunkings)("a record larger than maxRecordBytes, %s", (_how, sizes) => {
  const large = "x".repeat(5_000);
  const content = `a\nb\n${large}\nc\nd\n`;
  const limits = { maxRecordBytes: 2_000, maxRecords: 10 };

  it("fails after the records before it were given", async () => {
    const { values, end, error } = await readUntilError(content, { format: "lines", ...limits }, sizes);
    expect(values).toEqual(["a", "b"]);
    expect(end).toEqual({ record: 2, byte: 4 });
    expect(error).toBeInstanceOf(RecordTooLargeError);
    expect(error).toMatchObject({ code: "RECORD_TOO_LARGE", record: 2, byte: 4, maxRecordBytes: 2_000 });
  });

  it("is set aside under skip, with its beginning", async () => {
    const { values, batches } = await readAll(content, { format: "lines", ...limits, onBrokenRecord: "skip" }, sizes);
    expect(values).toEqual(["a", "b", "c", "d"]);
    expect(batches.map(({ records }) => records)).toEqual([2, 2]);
    const [rejected] = batches[0]!.rejected;
    expect(rejected).toMatchObject({ record: 2, byte: 4, endByte: 5_004, reason: "too-large" });
    expect(Buffer.from(rejected!.bytes).toString()).toBe("x".repeat(1_024));
    expect(batches[0]!.end).toEqual({ record: 3, byte: 5_005 });
  });

  it("is found at the very end too, and among JSON elements", async () => {
    const skip = { ...limits, onBrokenRecord: "skip" } as const;
    const atEnd = await readAll(`a\n${large}`, { format: "lines", ...skip }, sizes);
    expect(atEnd.batches).toMatchObject([{ records: 1, end: { record: 2, byte: 5_002 }, rejected: [{ record: 1 }] }]);
    const tasks = await readAll(`[1,"${large}",2]`, { format: "tasks", ...skip }, sizes);
    expect(tasks.values).toEqual([1, 2]);
    expect(tasks.batches[0]?.rejected).toMatchObject([{ record: 1, byte: 3, endByte: 5_005 }]);
  });
});

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
    for (const row of ['1,b"c', '"1"x,2', '1,"b" ', '1"2,3"', '"1"\r,2']) {
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

describe.each(chunkings)("tasks-JSON, %s", (_how, sizes) => {
  const reading = (content: string) => readAll(content, { format: "tasks" }, sizes);

  it.each(["", " \n", "\ufeff"])("is empty: %j", async (content) => {
    await expect(reading(content)).rejects.toThrow(EmptyObjectError);
  });

  it.each(['{"a":1}', "{}", '{"tasks":{}}', '{"tasks":null}', '{"a":{"tasks":[1]}}', '{"tasks":[1],"tasks":[2]}'])(
    "has no tasks to read: %s",
    async (content) => {
      await expect(reading(content)).rejects.toThrow(TasksMissingError);
    },
  );

  it.each([
    "1",
    "nonsense",
    "[",
    "[1",
    "[1,",
    "[1,]",
    "[,1]",
    "[1 2]",
    '["a" "b"]',
    "[1]]",
    "[1]x",
    "[1}",
    "[{}}]",
    '{"tasks":[1]',
    '{"tasks":[1]}}',
    '{"tasks":[1]}[]',
    '{"tasks":[1],}',
    '{"tasks":[1] "a":1}',
    '{"a":,"tasks":[1]}',
    '{"a":[},"tasks":[1]}',
    '{"a" 1,"tasks":[1]}',
    "{tasks:[1]}",
    '{"tasks"::[1]}',
    '{"a":1',
    '{"ta',
  ])("is broken around its elements: %s", async (content) => {
    await expect(reading(content)).rejects.toThrow(LonghaulError);
    await expect(reading(content)).rejects.toThrow(
      expect.toSatisfy((error) => error instanceof BrokenDocumentError || error instanceof TasksMissingError),
    );
  });

  it("gives the elements before the place where it is broken", async () => {
    const { values, end, error } = await readUntilError('{"tasks":[1,2 3]}', { format: "tasks" }, sizes);
    expect(values).toEqual([1, 2]);
    expect(end).toEqual({ record: 2, byte: 13, inside: "object" });
    expect(error).toMatchObject({ code: "BROKEN_DOCUMENT", byte: 14 });
  });

  it("has a broken element", async () => {
    const { values, batches } = await readAll(
      '[{"a":1},{a:2},nope,"\\x",3]',
      { format: "tasks", onBrokenRecord: "skip" },
      sizes,
    );
    expect(values).toEqual([{ a: 1 }, 3]);
    expect(batches[0]?.rejected).toMatchObject([{ record: 1 }, { record: 2 }, { record: 3 }]);
  });

  it("holds no more of what stands before or after tasks than of a record", async () => {
    const options = { format: "tasks", maxRecordBytes: 100 } as const;
    const long = JSON.stringify("x".repeat(300));
    await expect(readAll(`{"a":${long},"tasks":[]}`, options, sizes)).rejects.toThrow(/within maxRecordBytes/);
    await expect(readAll(`{"tasks":[],"a":${long}}`, options, sizes)).rejects.toThrow(/more than maxRecordBytes/);
  });
});

describe("an object that is not what the position or the size says", () => {
  it("ends before the position", async () => {
    const options = { format: "ndjson", from: { record: 3, byte: 30 }, totalBytes: 20 } as const;
    await expect(readAll("", options)).rejects.toThrow(PositionBeyondEndError);
    await expect(readAll("1\n2\n", { format: "ndjson", from: { record: 3, byte: 0 } })).rejects.toThrow(
      /Asked to read from record 3, but the object ends at record 2/,
    );
  });

  it("ends before its size: the last line is not taken for a record", async () => {
    const { values, error } = await readUntilError("1\n2\n12", { format: "ndjson", totalBytes: 100 });
    expect(values).toEqual([1, 2]);
    expect(error).toBeInstanceOf(SourceLengthError);
    expect((await readAll("1\n2\n12", { format: "ndjson", totalBytes: 6 })).values).toEqual([1, 2, 12]);
  });

  it("is in an encoding that is not read", async () => {
    for (const bytes of [
      Buffer.from("\ufeffa\n", "utf16le"),
      Buffer.from([0xfe, 0xff, 0, 0x61]),
      Buffer.from([0x1f, 0x8b, 8, 0]),
    ]) {
      for (const sizes of [[1], [100]]) {
        await expect(readAll(bytes, { format: "lines" }, sizes)).rejects.toThrow(EncodingError);
      }
    }
  });

  it("comes as text from a stream with an encoding", async () => {
    const source = ["a\n"] as unknown as Uint8Array[];
    await expect(readBatches(source, { format: "lines" }).next()).rejects.toThrow(/set no encoding/);
  });
});

describe("memory", () => {
  it("holds no gap between records, however long", async () => {
    // 64 MiB of empty lines, then a record: a carry that kept them would grow past the limit of a batch.
    const gap = Buffer.alloc(1 << 20, "\n");
    function* source() {
      yield Buffer.from("1\n");
      for (let i = 0; i < 64; i++) yield gap;
      yield Buffer.from("2\n");
    }
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const values: unknown[] = [];
    for await (const batch of readBatches(source(), { format: "ndjson", maxBatchBytes: 1 << 20 })) {
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
      values.push(...batch);
    }
    expect(values).toEqual([1, 2]);
    expect(most).toBeLessThan(16 << 20);
  });
});
