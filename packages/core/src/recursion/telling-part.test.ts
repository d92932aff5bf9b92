import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tellingPart } from "./telling-part.ts";

const long = "x".repeat(500);

describe("a state is shown by the part that says how far the run is", () => {
  it.each<[string, unknown, string]>([
    ["a number", 30, "30"],
    ["a short text", "2026/1.jpg", '"2026/1.jpg"'],
    ["a short object, whole", { next: 7, done: [1, 2] }, '{"next":7,"done":[1,2]}'],
    [
      "a batch of an object",
      {
        bucket: "in",
        key: "2026/11/29/a-file.ndjson",
        etag: `"${"e".repeat(32)}"`,
        read: { byte: 51_200, record: 30, line: 31 },
        written: 30,
        rejected: 0,
        output: { uploadId: long, parts: [{ etag: long }] },
      },
      'record: 30, line: 31, key: "2026/11/29/a-file.ndjson", byte: 51200, written: 30, rejected: 0, bucket: "in"',
    ],
    ["a walk", { ranges: [[long, long]], learned: [], keys: 12_000 }, "keys: 12000"],
    ["a long text, by its length", long, "a text of 500 characters"],
    ["a long list, by its length", Array.from({ length: 400 }, (_, i) => i), "a list of 400"],
    ["what has no telling part, by its size", { blob: long }, "511 characters of JSON"],
  ])("%s", (_, state, shown) => {
    expect(tellingPart(state)).toBe(shown);
  });

  it("always on one line of at most 120 characters, each value whole", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (state) => {
        const shown = tellingPart(state);
        expect(shown.length).toBeLessThanOrEqual(120);
        expect(shown).not.toContain("\n");
        const whole = JSON.stringify(state);
        if (whole.length <= 120) expect(shown).toBe(whole);
      }),
      { numRuns: 500 },
    );
  });
});
