// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation writes ${...} in plain texts.
import { describe, expect, it } from "vitest";
import { evaluateCondition, resolve, type Scope } from "./intrinsics.ts";
import type { Json } from "./json.ts";

const scope: Scope = {
  ref: (name) => ({ Name: "value", List: ["a", "b"], "AWS::Region": "us-east-1" })[name],
  attribute: (logicalId, name) => (logicalId === "Table" && name === "Arn" ? "arn:table" : undefined),
  condition: (name) => ({ Yes: true, No: false })[name],
  mapping: (map, first, second) => (map === "Map" && first === "a" && second === "b" ? "mapped" : undefined),
  importValue: (name) => (name === "shared" ? "imported" : undefined),
};
const value = (json: Json) => resolve(json, scope, "Stack.Here");

describe("intrinsic functions", () => {
  it.each<[string, Json, Json]>([
    ["Ref", { Ref: "Name" }, "value"],
    ["Fn::GetAtt as a list", { "Fn::GetAtt": ["Table", "Arn"] }, "arn:table"],
    ["Fn::GetAtt as a text", { "Fn::GetAtt": "Table.Arn" }, "arn:table"],
    ["Fn::Sub with references", { "Fn::Sub": "$-${Name}-${Table.Arn}-${AWS::Region}" }, "$-value-arn:table-us-east-1"],
    ["Fn::Sub with variables", { "Fn::Sub": ["${Own}${Name}", { Own: { Ref: "Name" } }] }, "valuevalue"],
    ["Fn::Sub with a literal", { "Fn::Sub": "${!Name}" }, "${Name}"],
    ["Fn::Join", { "Fn::Join": ["-", ["a", { Ref: "Name" }, 3]] }, "a-value-3"],
    ["Fn::Join of a list parameter", { "Fn::Join": [",", { Ref: "List" }] }, "a,b"],
    ["Fn::Select", { "Fn::Select": ["1", { Ref: "List" }] }, "b"],
    ["Fn::Split", { "Fn::Split": ["/", "a/b/c"] }, ["a", "b", "c"]],
    ["Fn::Select of Fn::Split", { "Fn::Select": [2, { "Fn::Split": ["/", "a/b/c"] }] }, "c"],
    ["Fn::If taken", { "Fn::If": ["Yes", 1, { Ref: "Nothing" }] }, 1],
    ["Fn::If not taken", { "Fn::If": ["No", { Ref: "Nothing" }, 2] }, 2],
    ["Fn::FindInMap", { "Fn::FindInMap": ["Map", "a", "b"] }, "mapped"],
    ["Fn::ImportValue", { "Fn::ImportValue": { "Fn::Sub": "shared" } }, "imported"],
    ["Fn::Base64", { "Fn::Base64": "ü" }, "w7w="],
  ])("%s", (_, json, expected) => expect(value(json)).toEqual(expected));

  it("AWS::NoValue takes the property or the item away", () => {
    const noValue = { "Fn::If": ["Yes", { Ref: "AWS::NoValue" }, 1] };
    expect(value({ a: noValue, b: [1, noValue] })).toEqual({ b: [1] });
    expect(value({ Ref: "AWS::NoValue" })).toBeUndefined();
  });

  it("an IAM statement's Condition is no function", () => {
    const statement = { Effect: "Allow", Condition: { StringEquals: { "aws:x": { Ref: "Name" } } } };
    expect(value(statement)).toEqual({ Effect: "Allow", Condition: { StringEquals: { "aws:x": "value" } } });
  });
});

describe("what cannot be evaluated is named with its place", () => {
  it.each<[Json, string]>([
    [{ a: [{ Ref: "Gone" }] }, "Stack.Here.a[0].Ref: there is no parameter or resource Gone."],
    [{ "Fn::GetAtt": ["Table", "Colour"] }, "Stack.Here.Fn::GetAtt: there is no attribute Colour of Table."],
    [{ "Fn::Transform": {} }, "Stack.Here.Fn::Transform: the function Fn::Transform is not supported."],
    [{ "Fn::If": ["Maybe", 1, 2] }, "Stack.Here.Fn::If: there is no condition Maybe."],
    [{ "Fn::Select": [5, ["a"]] }, "Stack.Here.Fn::Select: there is no item 5 in a list of 1."],
    [{ "Fn::ImportValue": "x" }, "Stack.Here.Fn::ImportValue: no stack deployed before this one exports x."],
  ])("%j", (json, message) => expect(() => value(json)).toThrow(message));
});

describe("conditions", () => {
  it.each<[Json, boolean]>([
    [{ "Fn::Equals": [{ Ref: "Name" }, "value"] }, true],
    [{ "Fn::Equals": [1, "1"] }, true],
    [{ "Fn::And": [{ Condition: "Yes" }, { Condition: "No" }] }, false],
    [{ "Fn::Or": [{ Condition: "Yes" }, { Condition: "No" }] }, true],
    [{ "Fn::Not": [{ Condition: "No" }] }, true],
  ])("%j is %s", (json, expected) => expect(evaluateCondition(json, scope, "Stack.Conditions.C")).toBe(expected));
});
