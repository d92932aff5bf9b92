import { describe, expect, it } from "vitest";
import { compileFilterPolicy } from "./filter-policy.ts";

describe("a filter policy", () => {
  it.each<[string, string, "MessageAttributes" | "MessageBody", string]>([
    ["no JSON", "{", "MessageAttributes", "failed to parse JSON"],
    ["no object", '["a"]', "MessageAttributes", "must be an object"],
    ["nested where attributes are looked at", '{"a":{"b":["c"]}}', "MessageAttributes", "does not support nested"],
    [
      "with an operator that is not served",
      '{"ip":[{"cidr":"10.0.0.0/8"}]}',
      "MessageAttributes",
      "cidr is not served",
    ],
    ["with alternatives", '{"a":{"$or":[]}}', "MessageBody", "$or is not served"],
  ])("is refused if it is %s", (_, policy, scope, message) => {
    expect(() => compileFilterPolicy(policy, scope)).toThrow(message);
  });

  it("by body matches objects alone, also where it asks for what is not there", () => {
    const matches = compileFilterPolicy('{"draft":[{"exists":false}]}', "MessageBody");
    expect(["{}", '{"draft":1}', "text", '"text"', "[]"].map((message) => matches(message, {}))).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it("by attributes sees no binary ones, and compares numbers as numbers", () => {
    const matches = compileFilterPolicy('{"size":[100],"raw":[{"exists":false}]}', "MessageAttributes");
    const raw = { DataType: "Binary", BinaryValue: "AA==" };
    expect(matches("x", { size: { DataType: "Number.int", StringValue: "1e2" }, raw })).toBe(true);
    expect(matches("x", { size: { DataType: "String", StringValue: "100" } })).toBe(false);
  });
});
