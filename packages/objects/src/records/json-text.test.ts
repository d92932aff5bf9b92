import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonText } from "./json-text.ts";
import { NumberText } from "./number-text.ts";

describe("a value is written as JSON, or refused: nothing becomes null on the way", () => {
  it.each<[unknown, string]>([
    [Number.NaN, "the value is NaN"],
    [{ a: { b: [1, Number.POSITIVE_INFINITY] } }, "a.b[1] is Infinity"],
    [{ a: null, b: -Infinity }, "b is -Infinity"],
    [{ when: new Date(Number.NaN) }, "when is an invalid date"],
    [[1, undefined], "[1] is undefined"],
    [[() => 1], "[0] is a function"],
    [[[Symbol("x")]], "[0][0] is a symbol"],
  ])("%j: %s", (value, message) => {
    expect(() => jsonText(value)).toThrow(`${message}, which JSON would write as null`);
  });

  it.each<[unknown, string | undefined]>([
    [{ a: null, b: "null", c: undefined }, '{"a":null,"b":"null"}'],
    [undefined, undefined],
    [() => 1, undefined],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
    [{ id: new NumberText("144126219108390099"), x: null }, '{"id":144126219108390099,"x":null}'],
  ])("%j is written", (value, json) => {
    expect(jsonText(value)).toBe(json);
  });

  it("whatever JSON can hold is written as JSON.stringify writes it", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(jsonText(value)).toBe(JSON.stringify(value));
      }),
    );
  });
});
