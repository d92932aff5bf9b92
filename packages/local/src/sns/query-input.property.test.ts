import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { QueryInput } from "./query-input.ts";

const character = fc.constantFrom(...' +%&=;#?\n\0\u0085\uFFFF\\"<ü€🚀a1');

describe("parameters of the query protocol", () => {
  it("come as texts, of any characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: character }), (value) => {
        const body = new URLSearchParams({ Action: "Publish", Message: value }).toString();
        expect(QueryInput.parse(body).text("Message")).toBe(value);
      }),
    );
  });
});
