import type { StandardSchema } from "@longhaul/core";
import { describe, expect, it } from "vitest";
import type { RecordBatch } from "../records/batch.ts";
import { readBatches } from "../records/read-batches.ts";
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

const schema: StandardSchema<object> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate(value) {
      if (typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0) {
        return { value };
      }
      return { issues: [{ message: "must be an object with at least one field" }] };
    },
  },
};

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
    const { records, skipped } = await validRecords(await batchOf({ id: 1 }, { id: 2 }), "fail", { schema });
    expect(records).toEqual([
      { record: 2, value: { id: 1 }, json: '{"id":1}' },
      { record: 3, value: { id: 2 }, json: '{"id":2}' },
    ]);
    expect(skipped).toBe(0);
  });

  it("by a schema of your own, which may be asynchronous; what it answers is written", async () => {
    const { records } = await validRecords(await batchOf({ id: 4 }), "fail", { schema: evenIds });
    expect(records).toEqual([{ record: 2, value: { half: 2 }, json: '{"half":2}' }]);
  });

  it("one that is not ends the run, with its number and all that is wrong", async () => {
    const batch = await batchOf({ id: 4 }, { id: 7 });
    await expect(validRecords(batch, "fail", { schema: evenIds })).rejects.toMatchObject({
      code: "INVALID_RECORD",
      record: 3,
      message: expect.stringMatching(/^Record 3 is not valid: is odd; is 7\./),
    });
  });

  it.each<[string, readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined]>([
    ["price: must be above 0", ["price"]],
    ["items[3].price: must be above 0", ["items", 3, { key: "price" }]],
    ['["a b"][""]: must be above 0', ["a b", ""]],
    ["must be above 0", []],
    ["must be above 0", undefined],
  ])("the reason names the field: %s", async (problem, path) => {
    const schema: StandardSchema<object> = {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: () => ({ issues: [{ message: "must be above 0", ...(path && { path }) }] }),
      },
    };
    await expect(validRecords(await batchOf({}), "fail", { schema })).rejects.toMatchObject({
      message: `Record 2 is not valid: ${problem}. Correct it, and upload the file again.`,
    });
  });

  it("one for which the schema never answers fails after its time, which is no reason to reject the file", async () => {
    const schema: StandardSchema<object> = {
      "~standard": { version: 1, vendor: "test", validate: () => new Promise(() => {}) },
    };
    await expect(validRecords(await batchOf({}), "skip", { schema, timeoutMs: 10 })).rejects.toMatchObject({
      code: "CALL_TIMEOUT",
      message: "The schema of record 2 was not answered within 10 ms.",
    });
  });

  it("of many reasons the first few", async () => {
    const issues = Array.from({ length: 9 }, (_, i) => ({ message: `reason ${i}`, path: [i] }));
    const schema: StandardSchema<object> = {
      "~standard": { version: 1, vendor: "test", validate: () => ({ issues }) },
    };
    await expect(validRecords(await batchOf({}), "fail", { schema })).rejects.toThrow("[4]: reason 4; and 4 more.");
  });

  it("numbers that would become null are refused, those that came as text are written as they came", async () => {
    const answers: StandardSchema<object> = {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: (value) => ({ value: { ...(value as object), mean: 0 / 0 } }),
      },
    };
    await expect(validRecords(await batchOf({ a: 1 }), "fail", { schema: answers })).rejects.toThrow("mean is NaN");
    const source = [Buffer.from('{"id":144126219108390099}\n')];
    const reading = readBatches(source, { format: "ndjson", numbers: "text" });
    const { value: batch } = await reading.next();
    expect((await validRecords(batch!, "fail", { schema })).records).toMatchObject([
      { record: 0, json: '{"id":144126219108390099}' },
    ]);
  });

  it("or is left out and counted, if so configured; the others keep their numbers", async () => {
    const { records, skipped } = await validRecords(await batchOf(7, { id: 1 }, [], {}, { id: 2 }), "skip", { schema });
    expect(records.map(({ record }) => record)).toEqual([3, 6]);
    expect(skipped).toBe(3);
  });

  it("one that cannot be written as JSON is not valid, such as one that is nested too deeply", async () => {
    const depth = 200_000;
    const deep = Buffer.from(`{"id":0}\n{"a":${"[".repeat(depth)}${"]".repeat(depth)}}\n{"id":2}\n`);
    for await (const batch of readBatches([deep], { format: "ndjson", maxRecords: 3 })) {
      await expect(validRecords(batch, "fail", { schema })).rejects.toMatchObject({
        code: "INVALID_RECORD",
        record: 1,
      });
      const { records, skipped } = await validRecords(batch, "skip", { schema });
      expect([records.map(({ record }) => record), skipped]).toEqual([[0, 2], 1]);
    }
  });

  it.each([[10n], [undefined], [() => 7]])("nor is one for which the schema answers %s", async (value) => {
    const schema = {
      "~standard": { version: 1, vendor: "test", validate: () => ({ value }) },
    } as unknown as StandardSchema<object>;
    await expect(validRecords(await batchOf({ id: 1 }), "fail", { schema })).rejects.toThrow(
      /^Record 2 cannot be written as JSON/,
    );
  });

  it("one larger than the store takes is not valid, counted in bytes", async () => {
    const batch = await batchOf({ text: "ü".repeat(204_000) });
    const maxBytes = 405_504;
    await expect(validRecords(batch, "fail", { schema, maxBytes })).rejects.toThrow(/larger than the 405504 bytes/);
    const half = await batchOf({ text: "x".repeat(204_000) });
    expect((await validRecords(half, "fail", { schema, maxBytes })).records).toHaveLength(1);
    expect((await validRecords(batch, "fail", { schema })).records).toHaveLength(1);
  });
});
