import { describe, expect, it } from "vitest";
import { harmless, type Inputs, only, structure } from "../gateway/inputs.ts";
import { InvalidPropertyError, UnsupportedPropertyError } from "./deployment-error.ts";
import type { JsonObject } from "./json.ts";
import { PropertyReader } from "./property-reader.ts";

const address = { stack: "Stack", logicalId: "Queue", type: "AWS::SQS::Queue" };
const reader = (values: JsonObject, inputs: Inputs = {}) => new PropertyReader(address, values, inputs);

describe("a property nobody reads", () => {
  it("is refused with logical id, type and path", () => {
    const properties = reader({ Known: "x", Nested: { List: [{ Good: 1, Strange: 2 }] } });
    properties.text("Known");
    properties.nested("Nested")?.nestedList("List")[0]?.optionalNumber("Good");
    const finish = () => properties.finish();
    expect(finish).toThrow(UnsupportedPropertyError);
    expect(finish).toThrow(
      "Stack/Queue: the embedded AWS does not support the property Nested.List[0].Strange of AWS::SQS::Queue. Remove it, or deploy to an account.",
    );
  });

  it("is fine where its list calls it harmless, also inside a structure", () => {
    const inputs = { Tags: harmless("x"), Switch: only([false], "x"), In: structure({ Tags: harmless("x") }) };
    expect(() => reader({ Tags: [], Switch: false, In: { Tags: [] } }, inputs).finish()).not.toThrow();
  });
});

describe("values", () => {
  it("of numbers and truths may be written as text, as CloudFormation allows", () => {
    const properties = reader({ a: "60", b: "true", c: 5, d: false });
    expect(properties.optionalNumber("a")).toBe(60);
    expect(properties.optionalBoolean("b")).toBe(true);
    expect(properties.optionalText("c")).toBe("5");
    expect(properties.optionalBoolean("d")).toBe(false);
  });

  it.each<[string, (properties: PropertyReader) => unknown]>([
    ["Queue (AWS::SQS::Queue): missing is required", (properties) => properties.text("missing")],
    ["a must be a number", (properties) => properties.optionalNumber("a")],
    ["a must be true or false", (properties) => properties.optionalBoolean("a")],
    ["a must be an object", (properties) => properties.nested("a")],
    ["b must be a list", (properties) => properties.nestedList("b")],
  ])("of the wrong kind are named: %s", (message, read) => {
    const properties = reader({ a: "text", b: {} });
    expect(() => read(properties)).toThrow(InvalidPropertyError);
    expect(() => read(properties)).toThrow(message);
  });
});
