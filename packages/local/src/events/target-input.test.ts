import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileTargetInput, type TargetInput } from "./target-input.ts";

const event = {
  version: "0",
  id: "e1",
  "detail-type": "order placed",
  source: "shop",
  detail: { id: "o-1", lines: [{ sku: "a" }, { sku: "b" }], note: 'say "hi"' },
};
const facts = { ruleArn: "arn:aws:events:eu-central-1:000000000000:rule/shop/orders", ingestedAtMs: 0 };
const made = (target: TargetInput, of: object = event) => compileTargetInput(target, "t")(JSON.stringify(of), facts);
const transformed = (template: string, paths: Readonly<Record<string, string>>) =>
  made({ inputTransformer: { template, paths } });

describe("a target is given what its rule says of an event", () => {
  it("the event as it is, without more", () => {
    expect(made({})).toBe(JSON.stringify(event));
  });

  it("a constant text", () => {
    expect(made({ input: "run!" })).toBe("run!");
  });

  it.each([
    ["$", event],
    ["$.detail", event.detail],
    ["$.detail-type", "order placed"],
    ["$.detail.lines[1].sku", "b"],
  ])("the part at %s, as JSON", (inputPath, part) => {
    expect(JSON.parse(made({ inputPath }))).toEqual(part);
  });

  it("a text, in which other values are JSON without quotes, and a missing one is nothing", () => {
    const paths = { id: "$.detail.id", lines: "$.detail.lines", gone: "$.detail.gone" };
    expect(transformed('"<id>: <lines><gone>"', paths)).toBe('"o-1: [{sku:a},{sku:b}]"');
  });

  it("JSON, in which a value outside of quotes is JSON, too", () => {
    const paths = { id: "$.detail.id", lines: "$.detail.lines", note: "$.detail.note", gone: "$.detail.gone" };
    const template = '{"id": <id>, "path": "orders/<id>", "lines": <lines>, "note": "<note>!", "gone": <gone>}';
    expect(JSON.parse(transformed(template, paths))).toEqual({
      id: "o-1",
      path: "orders/o-1",
      lines: event.detail.lines,
      note: 'say "hi"!',
      gone: "",
    });
  });

  it("the rule and the time, by AWS's own variables", () => {
    const template = '"<aws.events.rule-name> <aws.events.rule-arn> <aws.events.event.ingestion-time>"';
    expect(transformed(template, {})).toBe(`"orders ${facts.ruleArn} 1970-01-01T00:00:00Z"`);
  });
});

describe("an input that has no meaning is refused", () => {
  it.each<[string, TargetInput, string]>([
    ["two of the kinds", { input: "a", inputPath: "$" }, "Only one of Input, InputPath, or InputTransformer"],
    ["a variable that is not known", { inputTransformer: { paths: {}, template: '"<a>"' } }, "invalid placeholder a."],
    ["a path of another kind", { inputPath: "$..sku" }, "The path $..sku of target t is not served"],
    ["a path of no event", { inputPath: "detail" }, "The path detail of target t is not served"],
  ])("when its rule is made: %s", (_, target, message) => {
    expect(() => compileTargetInput(target, "t")).toThrow(message);
  });

  it.each<[string, TargetInput]>([
    ["a part that the event lacks", { inputPath: "$.detail.gone" }],
    ["a template that makes no JSON", { inputTransformer: { paths: { id: "$.detail.id" }, template: "<id> it is" } }],
    ["a list between quotes", { inputTransformer: { paths: { l: "$.detail.lines" }, template: '{"l": "<l>"}' } }],
  ])("when the event comes: %s", (_, target) => {
    expect(() => made(target)).toThrow(expect.objectContaining({ code: "TargetInput" }));
  });

  it("whatever the path is, nothing but the event is reached", () => {
    fc.assert(
      fc.property(fc.constantFrom("__proto__", "constructor", "toString", "length"), (name) => {
        expect(() => made({ inputPath: `$.detail.${name}` })).toThrow("The event has nothing at");
      }),
    );
  });
});
