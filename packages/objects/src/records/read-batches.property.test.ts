import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readAll } from "../../test/samples.ts";
import type { RecordFormat } from "./formats.ts";
import type { ReadOptions } from "./options.ts";
import type { ReadPosition } from "./position.ts";

/** Characters that matter to some format, and some of 1 to 4 bytes in UTF-8. */
const text = fc.string({
  unit: fc.constantFrom(
    "a",
    "b",
    " ",
    ",",
    ";",
    '"',
    "\\",
    "{",
    "}",
    "[",
    "]",
    ":",
    "\r",
    "\n",
    "\t",
    "é",
    "€",
    "😀",
    "\u2028",
    "\ufffd",
  ),
  maxLength: 12,
});
const oneLine = text.map((value) => value.replaceAll(/[\r\n]/g, "_"));
const json = fc
  .jsonValue({ maxDepth: 3, depthSize: "small", stringUnit: "grapheme" })
  // JSON has no -0, and JSON.parse gives "__proto__" as an own property.
  .map((value): unknown => JSON.parse(JSON.stringify(value)));
const lineEnd = fc.constantFrom("\n", "\r\n", "\r");
const blank = fc.stringMatching(/^[ \t]{0,3}$/);
const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
const maxRecords = fc.integer({ min: 1, max: 7 });
const byteOrderMark = fc.constantFrom("", "\ufeff");
const space = fc.stringMatching(/^[ \n\r\t]{0,3}$/);

/** An object in some format, with the values that a reader of the whole text would find. */
interface Sample {
  readonly format: RecordFormat;
  readonly content: string;
  readonly values: readonly unknown[];
  readonly csv?: ReadOptions["csv"];
}

const ndjson: fc.Arbitrary<Sample> = fc
  .record({
    mark: byteOrderMark,
    values: fc.array(json),
    ends: fc.array(lineEnd, { minLength: 1 }),
    blanks: fc.array(blank, { maxLength: 2 }),
    ended: fc.boolean(),
  })
  .map(({ mark, values, ends, blanks, ended }) => {
    const lines = values.map((value, i) => {
      const end = ends[i % ends.length]!;
      return JSON.stringify(value) + end + (i % 3 === 0 ? blanks.map((spaces) => spaces + end).join("") : "");
    });
    const body = lines.join("");
    return { format: "ndjson", values, content: mark + (ended ? body : body.trimEnd()) };
  });

const lines: fc.Arbitrary<Sample> = fc
  .record({ values: fc.array(oneLine), end: lineEnd, ended: fc.boolean() })
  .map(({ values, end, ended }) => {
    // A last empty line without its end is nothing.
    const cut = ended || values.at(-1) === "" ? end : "";
    return { format: "lines", values, content: values.length === 0 ? "" : values.join(end) + cut };
  });

const tasks: fc.Arbitrary<Sample> = fc
  .record({
    values: fc.array(json),
    space,
    topLevel: fc.boolean(),
    before: fc.array(fc.tuple(fc.string(), json), { maxLength: 2 }),
    after: fc.array(fc.tuple(fc.string(), json), { maxLength: 2 }),
    key: fc.constantFrom('"tasks"', '"\\u0074asks"'),
  })
  .map(({ values, space, topLevel, before, after, key }) => {
    const array = `${space}[${space}${values.map((value) => JSON.stringify(value)).join(`${space},${space}`)}${space}]`;
    if (topLevel) return { format: "tasks", values, content: array + space };
    const pairs = (list: [string, unknown][]) =>
      list
        .filter(([name]) => name !== "tasks")
        .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
    const content = `${space}{${[...pairs(before), `${space}${key}${space}:${array}`, ...pairs(after)].join(",")}${space}}${space}`;
    return { format: "tasks", values: (JSON.parse(content) as { tasks: unknown[] }).tasks, content };
  });

const csv: fc.Arbitrary<Sample> = fc
  .record({
    mark: byteOrderMark,
    columns: fc.uniqueArray(text, { minLength: 1, maxLength: 4 }),
    rows: fc.array(fc.array(text, { minLength: 4, maxLength: 4 })),
    delimiter: fc.constantFrom(",", ";", "\t"),
    end: lineEnd,
    always: fc.boolean(),
    ended: fc.boolean(),
  })
  .map(({ mark, columns, rows, delimiter, end, always, ended }) => {
    const field = (value: string) =>
      always || value === "" || /["\r\n]/.test(value) || value.includes(delimiter)
        ? `"${value.replaceAll('"', '""')}"`
        : value;
    const wanted = rows.map((row) => row.slice(0, columns.length));
    const body = [columns, ...wanted].map((row) => row.map(field).join(delimiter)).join(end);
    const values = wanted.map((row) => Object.fromEntries(row.map((value, i) => [columns[i]!, value])));
    return { format: "csv", values, content: mark + body + (ended ? end : ""), csv: { delimiter } };
  });

const kinds = { ndjson, lines, tasks, csv };

describe.each(Object.entries(kinds))("reading %s", (_name, sample) => {
  const optionsOf = ({ format, csv }: Sample) => ({ format, ...(csv === undefined ? {} : { csv }) });

  it("gives the records that a reader of the whole text finds, in the same batches, whatever the chunks", async () => {
    await fc.assert(
      fc.asyncProperty(sample, sizes, maxRecords, async (object, sizes, maxRecords) => {
        const options = { ...optionsOf(object), maxRecords };
        const whole = await readAll(object.content, options);
        expect(whole.values).toEqual(object.values);
        expect(
          whole.batches
            .map(({ records }) => records)
            .slice(0, -1)
            .every((records) => records === maxRecords),
        ).toBe(true);
        expect(await readAll(object.content, options, sizes)).toEqual(whole);
      }),
      { numRuns: 200 },
    );
  });

  it("goes on from the end of any batch, and from any record in it, with exactly the records that follow", async () => {
    await fc.assert(
      fc.asyncProperty(sample, sizes, maxRecords, async (object, sizes, maxRecords) => {
        const options = { ...optionsOf(object), maxRecords };
        const { batches } = await readAll(object.content, options);
        for (const { end } of batches) {
          const from = JSON.parse(JSON.stringify(end)) as ReadPosition;
          const rest = await readAll(object.content, { ...options, from }, sizes);
          expect(rest.values).toEqual(object.values.slice(end.record));
        }
      }),
      { numRuns: 200 },
    );
  });

  it("gives the same under onBrokenRecord: skip, and rejects nothing", async () => {
    await fc.assert(
      fc.asyncProperty(sample, sizes, async (object, sizes) => {
        const plain = await readAll(object.content, optionsOf(object));
        const checked = await readAll(object.content, { ...optionsOf(object), onBrokenRecord: "skip" }, sizes);
        expect(checked).toEqual(plain);
      }),
      { numRuns: 100 },
    );
  });

  it("passes over as many records as a counted position says", async () => {
    await fc.assert(
      fc.asyncProperty(sample, sizes, fc.nat(20), maxRecords, async (object, sizes, given, maxRecords) => {
        const record = Math.min(given, object.values.length);
        const options = { ...optionsOf(object), maxRecords, from: { record, byte: 0 } };
        const { values, places } = await readAll(object.content, options, sizes);
        expect(values).toEqual(object.values.slice(record));
        if (places.length > 0) expect(places[0]).toMatchObject({ record });
      }),
      { numRuns: 100 },
    );
  });
});
