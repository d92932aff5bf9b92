// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation writes ${...} in plain texts.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { resolve, type Scope } from "./intrinsics.ts";
import type { Json } from "./json.ts";

const values: Readonly<Record<string, string>> = { A: "alpha", B: "", C: "${A}" };
const scope: Scope = {
  ref: (name) => values[name],
  attribute: (logicalId, name) => (Object.hasOwn(values, logicalId) ? `${values[logicalId]}.${name}` : undefined),
  condition: (name) => name === "Yes",
  mapping: () => undefined,
  importValue: () => undefined,
};

const name = fc.constantFrom("A", "B", "C");
/** A value with functions in it, beside what it must come to. */
const expression: fc.Arbitrary<{ json: Json; is: Json }> = fc.letrec<{ node: { json: Json; is: Json } }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(fc.string(), fc.integer(), fc.boolean()).map((json) => ({ json, is: json })),
    name.map((of) => ({ json: { Ref: of }, is: values[of] ?? "" })),
    name.map((of) => ({ json: { "Fn::GetAtt": [of, "Arn"] }, is: `${values[of]}.Arn` })),
    fc
      .tuple(name, name)
      .map(([a, b]) => ({ json: { "Fn::Sub": `\${${a}}/\${${b}.X}` }, is: `${values[a]}/${values[b]}.X` })),
    fc.array(tie("node"), { maxLength: 3 }).map((nodes) => ({
      json: nodes.map(({ json }) => json),
      is: nodes.map(({ is }) => is),
    })),
    fc.dictionary(fc.constantFrom("x", "y", "z"), tie("node"), { maxKeys: 3 }).map((nodes) => ({
      json: Object.fromEntries(Object.entries(nodes).map(([key, { json }]) => [key, json])),
      is: Object.fromEntries(Object.entries(nodes).map(([key, { is }]) => [key, is])),
    })),
    fc.tuple(fc.boolean(), tie("node")).map(([isYes, { json, is }]) => ({
      json: { "Fn::If": isYes ? ["Yes", json, { Ref: "Nothing" }] : ["No", { Ref: "Nothing" }, json] },
      is,
    })),
  ),
})).node;

describe("resolving", () => {
  it("replaces every function, however deep, and changes nothing else", () => {
    fc.assert(
      fc.property(expression, ({ json, is }) => {
        expect(resolve(json, scope, "T")).toEqual(is);
      }),
    );
  });

  it("undoes Fn::Split by Fn::Join", () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1, maxLength: 2 }), (text, separator) => {
        const split = { "Fn::Split": [separator, text] };
        expect(resolve({ "Fn::Join": [separator, split] }, scope, "T")).toBe(text);
      }),
    );
  });
});
