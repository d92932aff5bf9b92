import { describe, expect, it } from "vitest";
import { expirationHeader } from "./lifecycle.ts";

const rule = (id: string, prefix: string, expirationDays: number | undefined, isEnabled = true) => ({
  ...{ id, prefix, expirationDays, isEnabled, abortIncompleteUploadDays: undefined },
});
const putAtMs = Date.parse("2026-03-01T10:00:00Z");
const header = (...lifecycleRules: readonly ReturnType<typeof rule>[]) =>
  expirationHeader({ lifecycleRules: [...lifecycleRules] }, "logs/a", putAtMs);

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html - days end at midnight UTC
describe("an object that a lifecycle rule expires says so in x-amz-expiration", () => {
  it("with the date and the rule that comes first", () => {
    expect(header(rule("late", "", 9), rule("my rule", "logs/", 1))).toEqual({
      "x-amz-expiration": 'expiry-date="Tue, 03 Mar 2026 00:00:00 GMT", rule-id="my%20rule"',
    });
  });

  it.each([
    ["no rule is of its prefix", rule("a", "other/", 1)],
    ["the rule is disabled", rule("a", "", 1, false)],
    ["the rule expires nothing", rule("a", "", undefined)],
  ])("and nothing if %s", (_, only) => {
    expect(header(only)).toEqual({});
  });
});
