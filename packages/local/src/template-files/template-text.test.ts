import { describe, expect, it } from "vitest";
import { parseTemplateText } from "./template-text.ts";

const parsed = (yaml: string) => parseTemplateText(`V: ${yaml}`, "template.yaml").V;

describe("short forms mean their functions", () => {
  it.each([
    ["!Ref Bucket", { Ref: "Bucket" }],
    ["!Condition IsProd", { Condition: "IsProd" }],
    ["!GetAtt Bucket.Arn", { "Fn::GetAtt": ["Bucket", "Arn"] }],
    ["!GetAtt Nested.Outputs.Arn", { "Fn::GetAtt": ["Nested", "Outputs.Arn"] }],
    ["!GetAtt [Bucket, Arn]", { "Fn::GetAtt": ["Bucket", "Arn"] }],
    [`!Sub 'arn:\${A}'`, { "Fn::Sub": `arn:\${A}` }],
    [`!Sub ['\${a}', { a: !Ref B }]`, { "Fn::Sub": [`\${a}`, { a: { Ref: "B" } }] }],
    ["!Join ['-', [a, !Sub b]]", { "Fn::Join": ["-", ["a", { "Fn::Sub": "b" }]] }],
    ["!If [C, !Ref A, !Ref AWS::NoValue]", { "Fn::If": ["C", { Ref: "A" }, { Ref: "AWS::NoValue" }] }],
    ["!Not [!Equals [!Ref A, '']]", { "Fn::Not": [{ "Fn::Equals": [{ Ref: "A" }, ""] }] }],
    ["!Select [0, !GetAZs '']", { "Fn::Select": [0, { "Fn::GetAZs": "" }] }],
    ["!Transform { Name: AWS::Include }", { "Fn::Transform": { Name: "AWS::Include" } }],
    ["{ Fn::Base64: !Sub x }", { "Fn::Base64": { "Fn::Sub": "x" } }],
  ])("%s", (yaml, value) => {
    expect(parsed(yaml)).toEqual(value);
  });
});

describe("values are CloudFormation's", () => {
  it.each([
    ["012345678901", "012345678901"],
    ["2012-10-17", "2012-10-17"],
    ["12:30", "12:30"],
    ["yes", true],
    ["OFF", false],
    ["y", "y"],
    ["30", 30],
    ["'30'", "30"],
    ["~", null],
  ])("%s", (yaml, value) => {
    expect(parsed(yaml)).toBe(value);
  });

  it("keys are text, and merge keys and anchors are followed", () => {
    const text = "A: &a { x: 1 }\nB: { <<: *a, on: !Ref Q, 012345678901: z }";
    expect(parseTemplateText(text, "t").B).toEqual({ x: 1, on: { Ref: "Q" }, "012345678901": "z" });
  });

  it("JSON may be indented by tabs", () => {
    expect(parseTemplateText('{\n\t"A": [1]\n}', "t.json")).toEqual({ A: [1] });
  });
});

describe("a template that cannot be read is refused with file, line and column", () => {
  it.each([
    ["an unknown tag", "A: !Reff x", /^template\.yaml: Unresolved tag: !Reff at line 1, column 4/],
    ["a key twice", "A: 1\nA: 2", /^template\.yaml: the key "A" is there twice: again at line 2, column 1\./],
    [
      "a key twice, once as a number",
      "A: { 1: a, '1': b }",
      /the key "1" is there twice: again at line 1, column 12\./,
    ],
    ["broken YAML", "A: [1", /^template\.yaml: .* at line 1/],
    ["a list", "- 1", /^template\.yaml: a template must be an object/],
  ])("%s", (_, yaml, message) => {
    expect(() => parseTemplateText(yaml, "template.yaml")).toThrow(message);
  });
});
