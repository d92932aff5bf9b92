import { describe, expect, it } from "vitest";
import { chunkings, readAll, readUntilError } from "../../test/samples.ts";
import { BrokenRecordError, RecordTooLargeError } from "./errors.ts";
import type { ReadOptions } from "./options.ts";

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
