import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rejectsKey, resultKey } from "./result-key.ts";

const prefixes = { sourcePrefix: "in/", outputPrefix: "out/" };
const key = fc.string({ unit: "grapheme", minLength: 1, maxLength: 1_100 }).filter((text) => text.isWellFormed());

describe("the key of a result", () => {
  it("is the source's below the output prefix", () => {
    expect(resultKey(prefixes, "in/a/b.json")).toBe("out/a/b.json.ndjson");
    expect(rejectsKey(prefixes, "in/a/b.json")).toBe("out/a/b.json.rejects.ndjson");
    expect(resultKey(prefixes, "elsewhere/b.json")).toBe("out/elsewhere/b.json.ndjson");
  });

  it("is one S3 takes, whatever the source's, and never splits a character", () => {
    fc.assert(
      fc.property(key, (name) => {
        for (const result of [resultKey(prefixes, `in/${name}`), rejectsKey(prefixes, `in/${name}`)]) {
          expect(Buffer.byteLength(result)).toBeLessThanOrEqual(1024);
          expect(result.startsWith("out/") && result.endsWith(".ndjson") && result.isWellFormed()).toBe(true);
        }
      }),
    );
  });

  it("is another one for another source, also where it has to be cut", () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 500, 1_000), key, key, (length, a, b) => {
        fc.pre(a !== b);
        const common = "in/".padEnd(length, "x");
        expect(resultKey(prefixes, common + a)).not.toBe(resultKey(prefixes, common + b));
      }),
    );
  });
});
