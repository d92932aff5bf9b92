import { LonghaulError } from "@longhaul/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readAll } from "../../test/samples.ts";
import type { RecordFormat } from "./formats.ts";
import type { ReadOptions } from "./options.ts";

const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
const policy = fc.constantFrom("fail" as const, "skip" as const);

/** The outcome of reading, errors included, in a form that can be compared. */
async function outcome(bytes: Uint8Array, options: ReadOptions, sizes?: readonly number[]) {
  try {
    const { values, batches } = await readAll(bytes, options, sizes);
    const rejected = batches.flatMap((batch) =>
      batch.rejected.map(({ error, ...rest }) => ({ ...rest, message: error.message })),
    );
    return { values, rejected, end: batches.at(-1)?.end };
  } catch (error) {
    expect(error).toBeInstanceOf(LonghaulError);
    return { code: (error as LonghaulError).code, message: (error as LonghaulError).message };
  }
}

describe("input of any kind", () => {
  const marks = fc.constantFrom(...'"\\{}[],:\r\n \t1a'.split(""), '{"tasks":[', "null", "é");
  const noise = fc.oneof(
    fc.array(marks, { maxLength: 40 }).map((parts) => Buffer.from(parts.join(""))),
    fc.uint8Array({ maxLength: 40 }),
  );

  it.each<[RecordFormat]>([["ndjson"], ["lines"], ["csv"], ["tasks"]])(
    "comes to the same records, rejects or error, whatever the chunks: %s",
    async (format) => {
      await fc.assert(
        fc.asyncProperty(noise, sizes, policy, async (bytes, sizes, onBrokenRecord) => {
          const csv = format === "csv" ? { csv: { header: false } } : {};
          const options: ReadOptions = { format, onBrokenRecord, maxRecords: 3, maxRecordBytes: 30, ...csv };
          expect(await outcome(bytes, options, sizes)).toEqual(await outcome(bytes, options));
        }),
        { numRuns: 150 },
      );
    },
    30_000,
  );
});

describe("a JSON document with something changed in it", () => {
  const document = fc
    .record({
      tasks: fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 4 }),
      a: fc.jsonValue({ maxDepth: 1 }),
      topLevel: fc.boolean(),
    })
    .map(({ tasks, a, topLevel }) => JSON.stringify(topLevel ? tasks : { a, tasks, b: a }));
  const change = fc.record({
    at: fc.nat(),
    remove: fc.nat(2),
    insert: fc.constantFrom("", "", '"', "\\", "{", "}", "[", "]", ",", ":", " ", "1", "x", "\n", "null"),
  });

  it("gives what JSON.parse of the whole gives, and throws wherever that throws", async () => {
    await fc.assert(
      fc.asyncProperty(document, change, sizes, async (text, { at, remove, insert }, sizes) => {
        const where = at % (text.length + 1);
        const changed = text.slice(0, where) + insert + text.slice(where + remove);
        const expected = wholeTasks(changed);
        const read = await outcome(Buffer.from(changed), { format: "tasks", numbers: "nearest" }, sizes);
        if (expected === undefined) expect(read).toHaveProperty("code");
        else expect(read).toMatchObject({ values: expected });
      }),
      { numRuns: 500 },
    );
  });

  function wholeTasks(text: string): unknown[] | undefined {
    try {
      const whole = JSON.parse(text) as unknown;
      const tasks = Array.isArray(whole) ? whole : (whole as { tasks?: unknown } | null)?.tasks;
      return Array.isArray(tasks) ? tasks : undefined;
    } catch {
      return undefined;
    }
  }
});

describe("CSV of any characters", () => {
  const text = fc
    .array(fc.constantFrom("a", "b", ",", '"', '"', '""', "\n", "\r\n", "\r", " "), { maxLength: 30 })
    .map((parts) => parts.join(""));

  it("is split as a naive reader of the whole text splits it", async () => {
    await fc.assert(
      fc.asyncProperty(text, sizes, async (text, sizes) => {
        const options: ReadOptions = { format: "csv", onBrokenRecord: "skip", csv: { header: false } };
        const { values, batches } = await readAll(text, options, sizes);
        const rejected = batches.flatMap((batch) => batch.rejected.map(({ bytes }) => Buffer.from(bytes).toString()));
        expect({ values, rejected }).toEqual(naiveCsv(text));
      }),
      { numRuns: 500 },
    );
  });

  /** One record after the other by regular expressions; a line that is no record is rejected whole. */
  function naiveCsv(text: string) {
    const values: string[][] = [];
    const rejected: string[] = [];
    const field = /"(?:[^"]|"")*"(?!")|[^",\r\n]*/y;
    const lineEnd = /\r\n|\r|\n|$/g;
    let at = 0;
    while (at < text.length) {
      const fields: string[] = [];
      let to = at;
      for (;;) {
        field.lastIndex = to;
        const [found] = field.exec(text)!;
        to += found.length;
        fields.push(found);
        if (text[to] !== ",") break;
        to++;
      }
      if (to === text.length || text[to] === "\n" || text[to] === "\r") {
        if (fields.length > 1 || fields[0] !== "") values.push(fields.map(unquoted));
      } else {
        // A quote that opens a field and never closes swallows what is left; any other ends with its line.
        const opened = text[to] === '"' && (to === at || text[to - 1] === ",");
        lineEnd.lastIndex = to;
        to = opened ? text.length : lineEnd.exec(text)!.index;
        rejected.push(text.slice(at, to));
      }
      at = to + (text.startsWith("\r\n", to) ? 2 : 1);
    }
    return { values, rejected };
  }

  const unquoted = (field: string) => (field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
});
