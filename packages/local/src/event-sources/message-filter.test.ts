import { describe, expect, it } from "vitest";
import { newMessage } from "../sqs/message.ts";
import { compileMessageFilter } from "./message-filter.ts";
import { sqsRecord } from "./sqs-event.ts";

function passes(patterns: readonly object[], body: string): boolean {
  const attributes = { kind: { DataType: "String", StringValue: "file" } };
  const message = newMessage("id", { body, attributes, senderId: "me" }, 0);
  const matches = compileMessageFilter(patterns.map((pattern) => JSON.stringify(pattern)));
  return matches(sqsRecord(message, "arn:aws:sqs:us-east-1:000000000000:q"));
}

describe("filter criteria of a queue", () => {
  it.each<[string, readonly object[], string, boolean]>([
    ["no pattern lets all pass", [], "anything", true],
    ["a field of a JSON body", [{ body: { city: ["Bern"] } }], '{"city":"Bern"}', true],
    ["another value in it", [{ body: { city: ["Bern"] } }], '{"city":"Thun"}', false],
    ["one of several patterns", [{ body: { a: [1] } }, { body: { b: [{ exists: true }] } }], '{"b":2}', true],
    ["plain text for a JSON pattern", [{ body: { city: [{ exists: false }] } }], "Bern", false],
    ["plain text", [{ body: ["Bern"] }], "Bern", true],
    ["JSON for a plain-text pattern", [{ body: [{ prefix: "{" }] }], '{"city":"Bern"}', false],
    ["a message attribute", [{ messageAttributes: { kind: { stringValue: ["file"] } } }], "x", true],
  ])("%s", (_, patterns, body, expected) => {
    expect(passes(patterns, body)).toBe(expected);
  });

  it.each<[string, readonly string[], string]>([
    ["no JSON", ["{"], "Invalid filter pattern definition."],
    ["too few alternatives", ['{"body":{"$or":[]}}'], "Invalid filter pattern definition."],
    ["more than five", Array(6).fill('{"body":["x"]}'), "6 filters; 5 are allowed"],
  ])("are refused: %s", (_, patterns, message) => {
    expect(() => compileMessageFilter(patterns)).toThrow(message);
  });

  // LocalStack's recording of AWS, test_lambda_integration_sqs.py::TestSQSEventSourceMapping::test_sqs_invalid_event_filter.
  it.each(["null", "simple string", '{"eventSource":"aws:sqs"}', '{"eventSource":[]}'])(
    "are refused: %s",
    (pattern) => {
      expect(() => compileMessageFilter([pattern])).toThrow(/^Invalid filter pattern definition\.$/);
    },
  );

  it("keep the reason of a refusal as its cause", () => {
    const refused = () => compileMessageFilter(['{"body":{"$or":[]}}']);
    expect(refused).toThrow(
      expect.objectContaining({ cause: expect.objectContaining({ message: expect.stringContaining("at least 2") }) }),
    );
  });
});
