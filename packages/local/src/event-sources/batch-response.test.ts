import { describe, expect, it } from "vitest";
import { batchVerdict } from "./batch-response.ts";

const batch = new Set(["a", "b", "c"]);
const failing = (...ids: unknown[]) =>
  JSON.stringify({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) });

describe("a function that reports failures message by message", () => {
  it("names those that are to come again", () => {
    expect(batchVerdict(failing("a", "c"), batch)).toEqual({ failed: new Set(["a", "c"]) });
    expect(batchVerdict(failing("a", "a"), batch)).toEqual({ failed: new Set(["a"]) });
  });

  it.each([
    ["null", "null"],
    ["nothing", undefined],
    ["an empty object", "{}"],
    ["an empty list", failing()],
    ["no list", '{"batchItemFailures":null}'],
  ])("succeeds with all if it answers %s", (_, payload) => {
    expect(batchVerdict(payload, batch)).toEqual({ failed: new Set() });
  });

  it.each([
    ["text", '"a"'],
    ["a list", '["a"]'],
    ["no JSON", "{"],
    ["failures that are no list", '{"batchItemFailures":"a"}'],
    ["an empty identifier", failing("a", "")],
    ["no identifier", failing("a", null)],
    ["an identifier under another name", '{"batchItemFailures":[{"messageId":"a"}]}'],
    ["an identifier of no message", failing("a", "elsewhere")],
    ["bare identifiers", '{"batchItemFailures":["a"]}'],
  ])("fails with all if it answers %s", (_, payload) => {
    expect(batchVerdict(payload, batch)).toBe("all failed");
  });
});
