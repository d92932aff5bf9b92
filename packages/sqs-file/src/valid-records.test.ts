import type { StandardSchema } from "@longhaul/core";
import { type RecordBatch, readBatches } from "@longhaul/core/records";
import { describe, expect, it } from "vitest";
import { validRecords } from "./valid-records.ts";

/** The second batch of a file, so that numbers do not begin at 0. */
async function batchOf(...records: readonly unknown[]): Promise<RecordBatch> {
  const lines = [{ first: 1 }, { second: 2 }, ...records].map((record) => `${JSON.stringify(record)}\n`).join("");
  const source = [Buffer.from(lines)];
  const batches: RecordBatch[] = [];
  for await (const batch of readBatches(source, { format: "ndjson", maxRecords: 2 })) batches.push(batch);
  const from = batches[0]?.end;
  if (from === undefined) throw new Error("no batch");
  const rest = readBatches([Buffer.from(lines).subarray(from.byte)], { format: "ndjson", from, maxRecords: 100 });
  const { value: batch } = await rest.next();
  if (!batch) throw new Error("no batch");
  return batch;
}

const evenIds: StandardSchema<object> = {
  "~standard": {
    version: 1,
    vendor: "test",
    async validate(value) {
      const { id } = value as { id: number };
      return id % 2 === 0 ? { value: { half: id / 2 } } : { issues: [{ message: "is odd" }, { message: "is 7" }] };
    },
  },
};

describe("records are validated before they are written", () => {
  it("and keep their numbers in the file", async () => {
    const { records, skipped } = await validRecords(await batchOf({ id: 1 }, { id: 2 }), "fail");
    expect(records).toEqual([
      { record: 2, json: '{"id":1}' },
      { record: 3, json: '{"id":2}' },
    ]);
    expect(skipped).toBe(0);
  });

  it("by a schema of your own, which may be asynchronous; what it answers is written", async () => {
    const { records } = await validRecords(await batchOf({ id: 4 }), "fail", evenIds);
    expect(records).toEqual([{ record: 2, json: '{"half":2}' }]);
  });

  it("one that is not ends the run, with its number and all that is wrong", async () => {
    const batch = await batchOf({ id: 4 }, { id: 7 });
    await expect(validRecords(batch, "fail", evenIds)).rejects.toMatchObject({
      code: "INVALID_RECORD",
      record: 3,
      message: expect.stringMatching(/^Record 3 is odd; is 7\./),
    });
  });

  it("or is left out and counted, if so configured; the others keep their numbers", async () => {
    const { records, skipped } = await validRecords(await batchOf(7, { id: 1 }, [], {}, { id: 2 }), "skip");
    expect(records.map(({ record }) => record)).toEqual([3, 6]);
    expect(skipped).toBe(3);
  });

  it("one that cannot be written as JSON is not valid, such as one that is nested too deeply", async () => {
    const depth = 200_000;
    const deep = Buffer.from(`{"id":0}\n{"a":${"[".repeat(depth)}${"]".repeat(depth)}}\n{"id":2}\n`);
    for await (const batch of readBatches([deep], { format: "ndjson", maxRecords: 3 })) {
      await expect(validRecords(batch, "fail")).rejects.toMatchObject({ code: "INVALID_RECORD", record: 1 });
      const { records, skipped } = await validRecords(batch, "skip");
      expect([records.map(({ record }) => record), skipped]).toEqual([[0, 2], 1]);
    }
  });

  it.each([[10n], [undefined], [() => 7]])("nor is one for which the schema answers %s", async (value) => {
    const schema = {
      "~standard": { version: 1, vendor: "test", validate: () => ({ value }) },
    } as unknown as StandardSchema<object>;
    await expect(validRecords(await batchOf({ id: 1 }), "fail", schema)).rejects.toThrow(
      /^Record 2 cannot be written as JSON/,
    );
  });

  it("one too large for an item of DynamoDB is not valid, counted in bytes", async () => {
    const batch = await batchOf({ text: "ü".repeat(204_000) });
    await expect(validRecords(batch, "fail")).rejects.toThrow(/larger than the 405504 bytes/);
    expect((await validRecords(await batchOf({ text: "x".repeat(204_000) }), "fail")).records).toHaveLength(1);
  });
});
