import { describe, expect, it } from "vitest";
import { fieldReaders } from "./request-fields.ts";

const { parseFields, text, optionalText, textList, recordList } = fieldReaders({
  malformed: (message) => new Error(`malformed: ${message}`),
  missing: (name) => new Error(`missing: ${name}`),
  invalid: (message) => new Error(`invalid: ${message}`),
});

describe("the fields of a JSON request", () => {
  it.each([
    ["", {}],
    ["{}", {}],
    ['{"Name":"a"}', { Name: "a" }],
  ])("are parsed: %j", (body, fields) => expect(parseFields(body)).toEqual(fields));

  it.each(["{", "[]", "null", "1", '"a"'])("are refused if they are none: %s", (body) => {
    expect(() => parseFields(body)).toThrow(/^malformed: The request body is not (?:a JSON object|JSON)\./);
  });

  it.each([
    [text, "a", "a"],
    [optionalText, "", ""],
    [optionalText, null, undefined],
    [textList, ["a", ""], ["a", ""]],
    [textList, null, []],
    [recordList, [{ a: 1 }], [{ a: 1 }]],
    [recordList, null, []],
  ])("are read by %o: %j", (read, value, expected) => {
    expect(read({ it: value }, "it")).toEqual(expected);
  });

  it("may be missing, where they are optional", () => {
    expect([optionalText, textList, recordList].map((read) => read({}, "it"))).toEqual([undefined, [], []]);
  });

  it.each([
    [text, undefined, "missing: it"],
    [text, null, "missing: it"],
    [text, "", "missing: it"],
    [text, 1, "invalid: The parameter it must be a string."],
    [optionalText, {}, "invalid: The parameter it must be a string."],
    [textList, "a", "invalid: The parameter it must be a list of strings."],
    [textList, ["a", 1], "invalid: The parameter it must be a list of strings."],
    [recordList, {}, "invalid: The parameter it must be a list of structures."],
    [recordList, [[]], "invalid: The parameter it must be a list of structures."],
    [recordList, [null], "invalid: The parameter it must be a list of structures."],
  ])("are refused by %o: %j", (read, value, message) => {
    expect(() => read({ it: value }, "it")).toThrow(new Error(message));
  });
});
