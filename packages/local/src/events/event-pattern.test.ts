import { describe, expect, it } from "vitest";
import { compileEventPattern, EventPatternError } from "./event-pattern.ts";

const event = {
  source: "aws.s3",
  "detail-type": "Object Created",
  detail: { bucket: { name: "b" }, object: { key: "in/a*b.json", size: 10 }, tags: ["x", "y"], empty: null },
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

  it.each<[object, string]>([
    [{ $or: [{ a: ["b"] }] }, "$or is not served"],
    [{ detail: { ip: [{ cidr: "10.0.0.0/8" }] } }, "Event pattern, detail.ip: the operator cidr is not served"],
    [{ a: "text" }, "a field must hold a list"],
    [{ a: [] }, "the list of values is empty"],
    [{ a: [{ wildcard: "a**b" }] }, "two * in a row"],
    [{ a: [{ numeric: [">"] }] }, "numeric needs"],
  ])("names what is not served: %j", (pattern, message) => {
    expect(() => compileEventPattern(pattern)).toThrow(EventPatternError);
    expect(() => compileEventPattern(pattern)).toThrow(message);
  });
});
