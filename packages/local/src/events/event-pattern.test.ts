import { describe, expect, it } from "vitest";
import { compileEventPattern } from "./event-pattern.ts";
import { EventPatternError } from "./event-pattern-error.ts";

const event = {
  source: "aws.s3",
  "detail-type": "Object Created",
  detail: {
    bucket: { name: "b" },
    object: { key: "in/a*b.json", size: 10 },
    tags: ["x", "y"],
    empty: null,
    items: [
      { a: 1, b: 1 },
      { b: 2, c: 3 },
    ],
    nested: [["deep"]],
  },
};
const matches = (pattern: object) => compileEventPattern(pattern)(event);
const key = (comparison: unknown) => matches({ detail: { object: { key: [comparison] } } });
const size = (comparison: unknown) => matches({ detail: { object: { size: [comparison] } } });

describe("an event pattern", () => {
  it.each<[string, boolean, boolean]>([
    ["exact values, any of a list", matches({ source: ["aws.ec2", "aws.s3"] }), true],
    ["fields that must all match", matches({ source: ["aws.s3"], "detail-type": ["Object Deleted"] }), false],
    ["null", matches({ detail: { empty: [null] } }), true],
    ["null against nothing", matches({ detail: { gone: [null] } }), false],
    ["any item of a list in the event", matches({ detail: { tags: ["y"] } }), true],
    ["numbers, not texts that look alike", size("10"), false],
    ["prefix", key({ prefix: "in/" }), true],
    ["suffix", key({ suffix: ".csv" }), false],
    ["suffix without regard to case", key({ suffix: { "equals-ignore-case": ".JSON" } }), true],
    ["equals-ignore-case", key({ "equals-ignore-case": "IN/A*B.JSON" }), true],
    ["anything-but a value", key({ "anything-but": ["x", "y"] }), true],
    ["anything-but a prefix", key({ "anything-but": { prefix: "in/" } }), false],
    ["anything-but, for a field that is not there", matches({ detail: { gone: [{ "anything-but": "x" }] } }), false],
    ["exists", matches({ detail: { object: { key: [{ exists: true }] } } }), true],
    ["exists false", matches({ detail: { gone: [{ exists: false }] } }), true],
    ["exists false of an empty list", matches({ detail: { tags: [{ exists: false }] } }), false],
    ["numeric range", size({ numeric: [">", 0, "<=", 10] }), true],
    ["numeric equality", size({ numeric: ["=", 11] }), false],
    ["wildcard", key({ wildcard: "in/*.json" }), true],
    ["wildcard with an escaped star", key({ wildcard: "*a\\*b*" }), true],
    ["wildcard that may not use a character twice", key({ wildcard: "in/a*b.json*json" }), false],
  ])("compares by %s", (_, actual, expected) => expect(actual).toBe(expected));

  it.each<[string, boolean, boolean]>([
    ["an object of a list, all of it together", matches({ detail: { items: { a: [1], b: [2] } } }), false],
    ["any object of a list", matches({ detail: { items: { a: [1], b: [1] } } }), true],
    ["a list in a list", matches({ detail: { nested: ["deep"] } }), true],
    ["what is absent from all objects of a list", matches({ detail: { items: { z: [{ exists: false }] } } }), true],
    ["what is absent from some objects", matches({ detail: { items: { c: [{ exists: false }] } } }), false],
    [
      "what is absent from the object that matches",
      matches({ detail: { items: { b: [1], c: [{ exists: false }] } } }),
      true,
    ],
    [
      "alternatives beside other fields",
      matches({ source: ["aws.s3"], $or: [{ detail: { empty: [0] } }, { "detail-type": ["Object Created"] }] }),
      true,
    ],
    ["alternatives, none of which matches", matches({ $or: [{ source: ["a"] }, { source: ["b"] }] }), false],
    ["a path of dots through a list", matches({ "detail.items.b": [2] }), true],
    ["an IP address of the other version", key({ cidr: "::/1" }), false],
  ])("understands %s", (_, actual, expected) => expect(actual).toBe(expected));

  it.each<[unknown, string]>([
    [["a"], "Filter is not an object (at the top)"],
    [{ a: {} }, "Empty objects are not allowed (at a)"],
    [{ a: { b: "text" } }, '"b" must be an object or an array (at a.b)'],
    [{ a: [["b"]] }, "Match value must be String, number, true, false, or null (at a)"],
    [{ a: [{}] }, "Match expression name not found"],
    [{ a: [{ prefix: "a", suffix: "b" }] }, "Only one key allowed in match expression"],
    [{ a: [{ exists: "yes" }] }, "exists match pattern must be either true or false."],
    [{ a: [{ constructor: "x" }] }, "Unrecognized match type constructor"],
    [{ a: [{ "anything-but": { numeric: ["=", 1] } }] }, "Unsupported anything-but pattern: numeric"],
    [{ a: [{ "anything-but": ["a", 1] }] }, "mixed type is not supported"],
    [{ a: [{ "anything-but": [] }] }, "mixed type is not supported"],
    [{ a: [{ wildcard: "a\\b" }] }, "Invalid escape character at pos 1"],
    [{ a: [{ numeric: [] }] }, "Invalid member in numeric match"],
    [{ a: [{ numeric: ["<", 1, "<", 2] }] }, "Too many elements in numeric expression"],
    [{ a: [{ numeric: [">", 1, "<", 2, "<", 3] }] }, "Too many terms in numeric range expression"],
    [{ a: [{ numeric: [">", 2, "<", 2] }] }, "Bottom must be less than top"],
    [{ a: [{ numeric: ["==", 2] }] }, "Unrecognized numeric range operator: =="],
    [{ a: [{ cidr: "10.0.0.0/32" }] }, "IPv4 mask bits must be < 32"],
    [{ a: [{ cidr: "::/-1" }] }, "mask bits must not be negative"],
    [{ $or: { a: ["b"] } }, "It must be an Array followed with $or. (at $or)"],
    [{ $or: [{ a: ["b"] }] }, "There must have at least 2 Objects in $or relationship."],
    [{ $or: [{ a: ["b"] }, "c"] }, "Only JSON object is allowed in array of $or relationship."],
    [{ $or: [{ a: ["b"] }, {}] }, "Empty objects are not allowed (at $or[1])"],
    [{ $or: [{ a: ["b"] }, { prefix: ["c"] }] }, "prefix is Ruler reserved fieldName"],
  ])("refuses, with the reason and the place: %j", (pattern, message) => {
    expect(() => compileEventPattern(pattern)).toThrow(EventPatternError);
    expect(() => compileEventPattern(pattern)).toThrow(message);
  });
});
