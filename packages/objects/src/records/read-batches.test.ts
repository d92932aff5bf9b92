import { ConfigError, EventError } from "@longhaul/core";
import { describe, expect, it } from "vitest";
import { readAll, readUntilError } from "../../test/samples.ts";
import { PositionBeyondEndError, SourceLengthError } from "./errors.ts";
import type { ReadOptions } from "./options.ts";
import { readBatches } from "./read-batches.ts";

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
