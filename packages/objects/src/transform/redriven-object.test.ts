import { describe, expect, it } from "vitest";
import { redrivenObject, wholeRecords } from "./redriven-object.ts";
import { type KeptRecord, recordsOfRejects, rejectLines, type SetAsideRecord } from "./rejects.ts";

const SOURCE = { bucket: "arrivals", key: "in/2026.11/cities.json.gz" };
const REJECTS = { bucket: "results", key: "out/2026.11/cities.json.gz.rejects.ndjson", etag: '"1"' };

const kept = (text: string | Uint8Array, reason: SetAsideRecord["reason"] = "transform-timeout"): KeptRecord => ({
  bytes: Buffer.from(text as string),
  reason,
});
const text = (body: Uint8Array) => Buffer.from(body).toString("utf8");
const made = (records: readonly KeptRecord[], format: Parameters<typeof redrivenObject>[1], header?: string) =>
  redrivenObject(SOURCE, format, REJECTS, records, header === undefined ? undefined : Buffer.from(header));

describe("what rejects have is read as it was set aside", () => {
  it("as text or as bytes", () => {
    const bytes = [Buffer.from('{"a":"ü"}'), Buffer.from([0x7b, 0xff, 0x7d])];
    const aside = bytes.map((each, record) => ({ record, byte: 0, endByte: 9, reason: "json" as const, bytes: each }));
    expect(recordsOfRejects(rejectLines(aside), "s3://b/k").map(({ bytes }) => Buffer.from(bytes))).toEqual(bytes);
    expect(recordsOfRejects("", "s3://b/k")).toEqual([]);
  });

  it.each(["null", "{}", '{"reason":"json"}', '{"text":"a"}', "no JSON"])("and %s is refused, by its line", (line) => {
    expect(() => recordsOfRejects(`{"reason":"json","text":"a"}\n${line}\n`, "s3://b/k")).toThrow(
      /^s3:\/\/b\/k: line 2 is not a record that was set aside/,
    );
  });

  it("but for records of which only the beginning was kept", () => {
    expect(wholeRecords([kept("{", "too-large"), kept("{}")])).toEqual([kept("{}")]);
  });
});

describe("records are begun again in a format that their function reads by the name", () => {
  it("JSON as NDJSON, each on one line", () => {
    const { key, contentType, body } = made([kept('{\r\n  "a": 1\n}'), kept("[2")], { format: "tasks" });
    expect(key).toMatch(/^in\/2026\.11\/cities\.redriven-[0-9a-f]{16}\.ndjson$/);
    expect(contentType).toBe("application/x-ndjson");
    expect(text(body)).toBe('{    "a": 1 }\n[2\n');
  });

  it("CSV with its header, and an open quote last, which would take the rows behind it", () => {
    const records = [kept('1,"x', "csv-unterminated-quote"), kept("2,y,z"), kept('3,"a\nb"')];
    const { key, body } = made(records, { format: "csv", delimiter: "\t" }, "id,name");
    expect(key).toMatch(/\.tsv$/);
    expect(text(body)).toBe('id,name\n2,y,z\n3,"a\nb"\n1,"x\n');
  });

  it("lines as text", () => {
    expect(text(made([kept("a"), kept("b")], { format: "lines" }).body)).toBe("a\nb\n");
  });
});

describe("the key of what is begun again", () => {
  const keyFor = (change: Partial<typeof REJECTS>, source = SOURCE) =>
    redrivenObject(source, { format: "ndjson" }, { ...REJECTS, ...change }, [], undefined).key;

  it("is the same for a version of the rejects, and another for another", () => {
    expect(keyFor({})).toBe(keyFor({}));
    expect(
      new Set([keyFor({}), keyFor({ etag: '"2"' }), keyFor({ key: "out/other" }), keyFor({ bucket: "b" })]).size,
    ).toBe(4);
  });

  it("does not grow when its own rejects are begun again, and is never longer than keys are", () => {
    const once = keyFor({});
    expect(keyFor({ etag: '"2"' }, { ...SOURCE, key: once })).toHaveLength(once.length);
    expect(Buffer.byteLength(keyFor({}, { ...SOURCE, key: `in/${"ü".repeat(510)}.ndjson` }))).toBeLessThanOrEqual(
      1_024,
    );
  });
});
