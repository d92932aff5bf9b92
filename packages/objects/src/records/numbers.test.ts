import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunkings, readAll, readUntilError } from "../../test/samples.ts";
import { numberMarks, plainMarks } from "./number-marks.ts";
import { isHeldByDouble, NumberText } from "./number-text.ts";
import type { ReadOptions } from "./options.ts";
import { isShortestDecimal } from "./shortest-decimal.ts";

describe("a double holds a number if it is written back with the same value", () => {
  it.each([
    "0",
    "-0",
    "1.0",
    "0.10",
    "1e2",
    "1E+2",
    "-1.50e-3",
    "123456789012345",
    "9007199254740992",
    "1e23",
    "1e308",
    "5e-324",
    "0.1",
    "0.30000000000000004",
    "1.7976931348623157e308",
    "100000000000000000000000",
    `1${"0".repeat(300)}`,
    `0.${"0".repeat(300)}1`,
    `1.${"0".repeat(400)}`,
    "0e999999999999",
    `1e${"0".repeat(500)}2`,
  ])("%s", (text) => {
    expect(isHeldByDouble(text)).toBe(true);
  });

  it.each([
    "144126219108390099",
    "9007199254740993",
    "-9007199254740993",
    "9007199254740993.0",
    "1e400",
    "-1e400",
    "1e-400",
    "4e-324",
    "0.1000000000000000055",
    "0.10000000000000001",
    "12345678901234.567",
    "0.12345678901234567",
    "18446744073709551615",
    "1.7976931348623159e308",
    `1${"0".repeat(400)}`,
    `0.${"0".repeat(400)}1`,
    "123456789012345678e-2",
    `1e-${"9".repeat(100_000)}`,
  ])("not %s", (text) => {
    expect(isHeldByDouble(text)).toBe(false);
  });

  it("what a double is printed as is held, and so is the same with other zeros and exponents", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.nat(5), (value, zeros) => {
        const text = JSON.stringify(value);
        expect(isHeldByDouble(text)).toBe(true);
        if (!/e/.test(text) && text.includes(".")) expect(isHeldByDouble(text + "0".repeat(zeros))).toBe(true);
        expect(isHeldByDouble(value.toExponential())).toBe(true);
      }),
    );
  });

  it("integers of any size are held exactly if they are the integer that is written back", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), (value) => {
        const back = JSON.stringify(Number(value));
        const isSame = BigInt(back.includes("e") ? BigInt(Number(back)).toString() : back) === value;
        // Above 1e21 a double is printed in short, with zeros for what it does not say.
        if (!back.includes("e")) expect(isHeldByDouble(String(value))).toBe(isSame);
      }),
    );
  });
});

describe("the quick look says yes only where printing says yes", () => {
  const shortestOf = (text: string) => {
    const bytes = Buffer.from(text);
    return isShortestDecimal(bytes, 0, bytes.length, Number(text));
  };

  it("whatever the decimal", () => {
    const digits = fc.stringMatching(/^-?(0|[1-9][0-9]{0,12})\.[0-9]{1,22}$/);
    const nearDouble = fc
      .tuple(
        fc.double({ min: 1e-4, max: 1e15, noNaN: true }),
        fc.integer({ min: 14, max: 18 }),
        fc.integer({ min: -2, max: 2 }),
      )
      .map(([value, precision, step]) => {
        const text = value.toPrecision(precision);
        if (text.includes("e")) return text;
        const at = text.length - 1;
        return text.slice(0, at) + ((Number(text[at]) + step + 10) % 10 || 0);
      });
    fc.assert(
      fc.property(fc.oneof(digits, nearDouble), (text) => {
        if (shortestOf(text)) expect(isHeldByDouble(text), text).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  it("and it says yes to most doubles that were printed", () => {
    const texts = Array.from({ length: 1_000 }, (_, i) => String(Math.sin(i + 1))).filter(
      (text) => !text.includes("e"),
    );
    expect(texts.filter(shortestOf).length).toBeGreaterThan(900);
  });
});

describe("marks", () => {
  const parts = fc.constantFrom(
    "1",
    "12345678",
    "0000000000000000",
    ".",
    "e",
    "E",
    "-",
    "+",
    "a",
    '"',
    ",",
    "é",
    "9e400",
    "1e-1",
  );

  it("are the same by SIMD and without it, in blocks of any size", () => {
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 60 }), fc.constantFrom(0, 15, 16, 32_740, 65_520), (pieces, before) => {
        const bytes = Buffer.from(" ".repeat(before) + pieces.join(""));
        expect(numberMarks(bytes)).toEqual(plainMarks(bytes));
      }),
      { numRuns: 500 },
    );
  });

  it("stand in every number that a double does not hold", () => {
    const number = fc.stringMatching(/^-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,4})?$/);
    fc.assert(
      fc.property(number, fc.nat(40), (text, before) => {
        const found = plainMarks(Buffer.from(`${" ".repeat(before)}${text} `));
        if (!isHeldByDouble(text)) expect(found.length, text).toBeGreaterThan(0);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe.each(chunkings)("a number that a double cannot hold, %s", (_how, sizes) => {
  const content = '{"id":1}\n{"campaignId":144126219108390099,"spend":1e400}\n{"id":3}\n';

  it("is refused by default, with its field and digits", async () => {
    const { values, error } = await readUntilError(content, { format: "ndjson", maxRecords: 1 }, sizes);
    expect(values).toEqual([{ id: 1 }]);
    expect(error).toMatchObject({ code: "BROKEN_RECORD", reason: "number", record: 1, byte: 9 });
    expect((error as Error).message).toContain(
      "has the number 144126219108390099 at campaignId, which would become 144126219108390100",
    );
    expect((error as Error).message).toContain('numbers: "text"');
  });

  it("is set aside under skip", async () => {
    const { values, batches } = await readAll(content, { format: "ndjson", onBrokenRecord: "skip" }, sizes);
    expect(values).toEqual([{ id: 1 }, { id: 3 }]);
    expect(batches.flatMap(({ rejected }) => rejected)).toMatchObject([{ record: 1, reason: "number" }]);
  });

  it('comes as text under numbers: "text", and is written back digit for digit', async () => {
    const { values } = await readAll(content, { format: "ndjson", numbers: "text" }, sizes);
    expect(values[1]).toEqual({ campaignId: new NumberText("144126219108390099"), spend: new NumberText("1e400") });
    expect(JSON.stringify({ ...(values[1] as object), name: "x" })).toBe(
      '{"campaignId":144126219108390099,"spend":1e400,"name":"x"}',
    );
  });

  it('is rounded under numbers: "nearest" alone', async () => {
    const { values } = await readAll(content, { format: "ndjson", numbers: "nearest" }, sizes);
    expect(values[1]).toEqual({ campaignId: 144126219108390100, spend: Number.POSITIVE_INFINITY });
  });

  it.each<[string, ReadOptions, string, string]>([
    ["nested", { format: "ndjson" }, '{"a":[{"b":0},{"b":[1,9007199254740993]}]}\n', "9007199254740993 at a[1].b[1]"],
    ["under a name that is no identifier", { format: "ndjson" }, '{"a b":{"":1e999}}\n', '1e999 at ["a b"][""]'],
    ["as the record itself", { format: "ndjson" }, "18446744073709551615\n", "18446744073709551615, which"],
    ["after white space", { format: "ndjson" }, '{"a": \t9007199254740993 }\n', "9007199254740993 at a,"],
    ["of tasks-JSON", { format: "tasks" }, '{"tasks":[1,{"id":9007199254740993}]}', "9007199254740993 at id"],
    ["of a JSON array", { format: "tasks" }, "[9007199254740993]", "9007199254740993, which"],
    ["with letters outside ASCII before it", { format: "ndjson" }, '{"é✓":"🚚","n":0.1000000000000000055}\n', "at n"],
    ["under __proto__", { format: "ndjson" }, '{"__proto__":1e400}\n', "1e400 at __proto__"],
  ])("is found wherever it stands: %s", async (_, options, text, message) => {
    const { error } = await readUntilError(text, options, sizes);
    expect(error).toMatchObject({ code: "BROKEN_RECORD", reason: "number" });
    expect((error as Error).message).toContain(message);
  });

  it.each([
    '{"id":"144126219108390099","note":"1e400, 9007199254740993, [9007199254740993]"}',
    '{"uuid":"550e8400-e29b-41d4-a716-446655440000","hash":"1e999e99900000000000000000000"}',
    '{"144126219108390099":1}',
    '{"at":1732890000000,"lat":47.376887000000003,"x":0.1,"big":1e21}'.replace("47.376887000000003", "47.376887"),
  ])("is not found in texts and names: %s", async (text) => {
    expect((await readAll(`${text}\n`, { format: "ndjson" }, sizes)).values).toEqual([JSON.parse(text)]);
  });
});

describe("reading is JSON.parse, for values that doubles hold", () => {
  it("whatever the values", async () => {
    const value = fc.jsonValue({ maxDepth: 3 }).map((json) => JSON.parse(JSON.stringify(json)) as unknown);
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 1 }), async (values) => {
        const text = values.map((each) => `${JSON.stringify(each)}\n`).join("");
        expect((await readAll(text, { format: "ndjson" })).values).toEqual(values);
        expect((await readAll(text, { format: "ndjson", numbers: "text" })).values).toEqual(values);
      }),
    );
  });

  it("and what comes as text is written back as it came, for any numbers", async () => {
    const number = fc.stringMatching(/^-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,4})?$/);
    await fc.assert(
      fc.asyncProperty(fc.array(number, { minLength: 1 }), async (numbers) => {
        const text = numbers.map((each) => `{"n":${each}}\n`).join("");
        const { values } = await readAll(text, { format: "ndjson", numbers: "text" });
        for (const [i, each] of numbers.entries()) {
          const back = JSON.stringify(values[i]);
          if (back !== `{"n":${each}}`) expect(isHeldByDouble(each)).toBe(true);
        }
      }),
    );
  });
});

describe("a number text", () => {
  const number = new NumberText("144126219108390099");

  it("is its digits, as text and for bigint", () => {
    expect(`${number}`).toBe("144126219108390099");
    expect(BigInt(number.text)).toBe(144126219108390099n);
    expect(JSON.stringify({ number, list: [number] })).toBe(
      '{"number":144126219108390099,"list":[144126219108390099]}',
    );
  });

  it("throws where it would be rounded", () => {
    expect(() => Number(number)).toThrow("A double cannot hold the number 144126219108390099");
    expect(() => (number as unknown as number) * 2).toThrow(TypeError);
    expect(() => (number as unknown as string) + 1).toThrow(TypeError);
  });
});
