import { describe, expect, it } from "vitest";
import { StateError } from "../errors.ts";
import { fromJson, toJson } from "./json.ts";

class Position {
  readonly at = 1;
}
const circular: Record<string, unknown> = { list: [] };
(circular.list as unknown[]).push({ back: circular });
const shared = { a: 1 };

describe("a state that JSON would change is refused by the path of the offending value", () => {
  it.each<[string, unknown]>([
    ["state", undefined],
    ["state", Number.NaN],
    ["state", () => 1],
    ["state.a", { a: Number.POSITIVE_INFINITY }],
    ["state.a[3].b", { a: [0, 1, 2, { b: 7n }] }],
    ["state[1]", [1, undefined]],
    ["state[0]", new Array(1)],
    ["state.at", { at: new Date(0) }],
    ["state.seen", { seen: new Set([1]) }],
    ["state.seen", { seen: new Map([[1, 2]]) }],
    ["state.bytes", { bytes: new Uint8Array(3) }],
    ["state.buffer", { buffer: Buffer.from("x") }],
    ["state.error", { error: new Error("x") }],
    ["state.match", { match: /x/ }],
    ["state", new Position()],
    ["state.name", { name: Symbol("x") }],
    ["state.toJSON", { toJSON: () => 1 }],
    ["state.list[0].back", circular],
    ["state.promise", { promise: Promise.resolve(1) }],
  ])("%s", (path, state) => {
    const encode = () => toJson(state);
    expect(encode).toThrow(StateError);
    expect(encode).toThrow(expect.objectContaining({ code: "STATE", path }));
  });

  it("named for where it stands", () => {
    expect(() => toJson(1n, "result")).toThrow(expect.objectContaining({ path: "result" }));
  });
});

describe("what JSON carries is taken", () => {
  it.each<[string, unknown, string]>([
    ["null", null, "null"],
    ["false", false, "false"],
    ["a number", -1.5e-7, "-1.5e-7"],
    ["a text", 'a"\n🚀', '"a\\"\\n🚀"'],
    ["half a character", "\ud83d", '"\\ud83d"'],
    ["an empty list", [], "[]"],
    ["an object without prototype", Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
    ["an absent property", { a: undefined, b: 1 }, '{"b":1}'],
    ["the same object twice, side by side", [shared, shared], '[{"a":1},{"a":1}]'],
    ["a key that means something", JSON.parse('{"__proto__":1,"constructor":2}'), '{"__proto__":1,"constructor":2}'],
  ])("%s", (_, state, text) => {
    expect(toJson(state)).toBe(text);
  });
});

describe("text from outside is parsed or refused", () => {
  it.each(["", "{", "undefined", "{'a':1}", '{"a":1}}'])("%j", (text) => {
    expect(() => fromJson(text, "record.state")).toThrow("record.state: is not JSON");
  });

  it("and gives back what was written", () => {
    expect(fromJson('{"a":[1,null]}')).toEqual({ a: [1, null] });
  });
});
