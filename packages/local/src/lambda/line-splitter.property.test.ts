import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLineSplitter } from "./line-splitter.ts";

describe("createLineSplitter", () => {
  it("gives the same lines however the bytes are cut", () => {
    const line = fc.string({ unit: "grapheme", minLength: 1 }).map((text) => text.replaceAll("\n", " "));
    fc.assert(
      fc.property(fc.array(line), fc.boolean(), fc.array(fc.nat({ max: 20 })), (lines, endsInNewline, cuts) => {
        const bytes = Buffer.from(lines.join("\n") + (endsInNewline ? "\n" : ""), "utf8");
        const seen: string[] = [];
        const splitter = createLineSplitter((one) => seen.push(one));
        let from = 0;
        for (const size of cuts) {
          splitter.push(bytes.subarray(from, from + size));
          from = Math.min(bytes.length, from + size);
        }
        splitter.push(bytes.subarray(from));
        splitter.end();
        expect(seen).toEqual(lines);
      }),
    );
  });

  it("hands on a line that is too long in pieces", () => {
    const seen: string[] = [];
    const splitter = createLineSplitter((one) => seen.push(one), 4);
    for (const text of ["ab", "cde", "f\n", "gh\n"]) splitter.push(Buffer.from(text));
    splitter.end();
    expect(seen).toEqual(["abcde", "f", "gh"]);
  });
});
