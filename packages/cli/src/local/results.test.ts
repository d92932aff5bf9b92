import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fileName } from "./results.ts";

describe("the name of a file that is made of a key", () => {
  it.each([
    ["cities.ndjson", "cities.ndjson"],
    ["a b/c.csv", "a b%2Fc.csv"],
    ["../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd"],
    ["..", "%2E."],
    [".hidden", "%2Ehidden"],
    ["写真.jpg", "%E5%86%99%E7%9C%9F.jpg"],
  ])("%s -> %s", (key, name) => expect(fileName(key)).toBe(name));

  it("is always one, whatever the key, and another for another key", () => {
    const key = fc.string({ unit: "binary", maxLength: 600 });
    fc.assert(
      fc.property(key, key, (a, b) => {
        const name = fileName(a);
        expect(name).not.toMatch(/[/\\\0]|^\.{0,2}$/);
        expect(Buffer.byteLength(name)).toBeLessThan(255);
        if (a !== b) expect(fileName(b)).not.toBe(name);
      }),
    );
  });
});
