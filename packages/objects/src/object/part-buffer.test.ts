import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PartBuffer } from "./part-buffer.ts";
import { partAt } from "./part-plan.ts";

describe("a text is encoded into a part, or not at all", () => {
  it("a text that may not fit is not taken, be it of two, three or four bytes a character", () => {
    for (const text of ["aaa", "ééé", "€€€", "🚀🚀"]) {
      const part = new PartBuffer(partAt(0, 8), 0);
      expect(part.appendText(text), text).toBeUndefined();
      expect(part.end).toBe(0);
    }
  });

  it("one that is taken is there whole, whatever it is", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), fc.string({ unit: "binary", maxLength: 30 }), (before, text) => {
        const part = new PartBuffer(partAt(0, 64), 0);
        part.append(Buffer.alloc(before, "x"), 0);
        const bytes = part.appendText(text.toWellFormed());
        if (bytes === undefined) expect(part.end).toBe(before);
        else expect(part.view().subarray(before).toString()).toBe(text.toWellFormed());
      }),
    );
  });
});
