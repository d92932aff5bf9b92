import { describe, expect, it } from "vitest";
import { compileFilterPolicy } from "./filter-policy.ts";

describe("a filter policy", () => {
  it.each<[string, string, "MessageAttributes" | "MessageBody", string]>([
    ["no JSON", "{", "MessageAttributes", "failed to parse JSON"],
    ["no object", '["a"]', "MessageAttributes", "Filter is not an object"],
    ["nested where attributes are looked at", '{"a":{"b":["c"]}}', "MessageAttributes", "does not support nested"],
    ["with an unknown operator", '{"ip":[{"near":"10.0.0.1"}]}', "MessageAttributes", "Unrecognized match type"],
    ["with too few alternatives", '{"a":{"$or":[]}}', "MessageBody", "at least 2 Objects in $or"],
  ])("is refused if it is %s", (_, policy, scope, message) => {
    expect(() => compileFilterPolicy(policy, scope)).toThrow(message);
  });

  it("may have alternatives, and ranges of IP addresses", () => {
    const policy = { $or: [{ kind: ["file"] }, { ip: [{ cidr: "10.0.0.0/8" }] }] };
    const matches = compileFilterPolicy(JSON.stringify(policy), "MessageAttributes");
    const attribute = (StringValue: string) => ({ DataType: "String", StringValue });
    expect(matches("", { kind: attribute("file") })).toBe(true);
    expect(matches("", { ip: attribute("10.1.2.3") })).toBe(true);
    expect(matches("", { kind: attribute("folder"), ip: attribute("11.1.2.3") })).toBe(false);
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
