// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation writes ${...} in plain texts.
import { describe, expect, it } from "vitest";
import { dependencyOrder } from "./dependency-order.ts";
import { DependencyCycleError } from "./deployment-error.ts";
import type { Json, JsonObject } from "./json.ts";
import { parseTemplate } from "./template.ts";

function order(properties: Readonly<Record<string, JsonObject>>, dependsOn: Readonly<Record<string, Json>> = {}) {
  const Resources = Object.fromEntries(
    Object.entries(properties).map(([id, Properties]) => [
      id,
      { Type: "T", Properties, ...(dependsOn[id] !== undefined && { DependsOn: dependsOn[id] }) },
    ]),
  );
  const { resources } = parseTemplate({ Resources }, "Stack");
  const condition = (name: string) => ({ Yes: true, No: false })[name];
  return dependencyOrder("Stack", resources, condition).map(({ logicalId }) => logicalId);
}

describe("each resource comes after what it needs", () => {
  it.each<[string, JsonObject]>([
    ["Ref", { Ref: "Last" }],
    ["Fn::GetAtt", { "Fn::GetAtt": ["Last", "Arn"] }],
    ["Fn::GetAtt as text", { "Fn::GetAtt": "Last.Arn" }],
    ["Fn::Sub", { "Fn::Sub": "a${Last}" }],
    ["Fn::Sub of an attribute", { "Fn::Sub": ["${Last.Arn}", {}] }],
    ["Fn::Join, deep", { "Fn::Join": ["", ["a", { Ref: "Last" }]] }],
    ["the branch taken", { "Fn::If": ["Yes", { Ref: "Last" }, 1] }],
  ])("by %s", (_, value) => expect(order({ First: { a: [value] }, Last: {} })).toEqual(["Last", "First"]));

  it("by DependsOn", () => {
    expect(order({ A: {}, B: {}, C: {} }, { A: ["C", "B"] })).toEqual(["C", "B", "A"]);
  });

  it("and otherwise as written; a branch not taken and a variable of Fn::Sub count for nothing", () => {
    const properties = { a: { "Fn::If": ["No", { Ref: "B" }, 1] }, b: { "Fn::Sub": ["${B}", { B: "x" }] } };
    expect(order({ A: properties, B: {} })).toEqual(["A", "B"]);
  });
});

describe("a circle", () => {
  it("is named in full", () => {
    const circle = () => order({ A: { x: { Ref: "B" } }, B: { x: { Ref: "C" } }, C: { x: { Ref: "B" } } });
    expect(circle).toThrow(DependencyCycleError);
    expect(circle).toThrow("B -> C -> B");
  });

  it("is not the only thing refused: DependsOn must name a resource", () => {
    expect(() => order({ A: {} }, { A: "Gone" })).toThrow("Stack.Resources.A.DependsOn: there is no resource Gone.");
  });
});
