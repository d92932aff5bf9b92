import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatTraceHeader, parseTraceHeader } from "./trace-header.ts";

const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));
const trace = fc.record({
  root: fc.option(
    fc.tuple(hex(8), hex(24)).map(([time, id]) => `1-${time}-${id}`),
    { nil: undefined },
  ),
  parent: fc.option(hex(16), { nil: undefined }),
  sampled: fc.option(fc.constantFrom("0", "1", "?"), { nil: undefined }),
  lineage: fc
    .array(fc.tuple(hex(8), fc.integer({ min: 0, max: 99_999_999 })), { maxLength: 8 })
    .map((entries) => new Map(entries)),
});

describe("a trace header", () => {
  it("is read back as it was written", () => {
    fc.assert(
      fc.property(trace, (written) => {
        expect(parseTraceHeader(formatTraceHeader(written))).toEqual(written);
      }),
    );
  });

  it("is read whatever a function sends, and its counts are whole and not negative", () => {
    const noise = fc.oneof(
      fc.string(),
      fc
        .array(fc.constantFrom("Lineage=", "Root=", "|", ":", ";", "1", "a8", "=", "é"), { maxLength: 30 })
        .map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(noise, (text) => {
        for (const [hash, count] of parseTraceHeader(text).lineage) {
          expect(hash).toMatch(/^[0-9a-f]+$/);
          expect(Number.isSafeInteger(count) && count >= 0).toBe(true);
        }
      }),
    );
  });

  it("loses nothing to parts it does not know", () => {
    const part = fc.tuple(fc.stringMatching(/^[A-Z][a-z]{1,8}$/), fc.stringMatching(/^[0-9a-z-]{0,12}$/));
    fc.assert(
      fc.property(trace, fc.array(part, { maxLength: 4 }), (written, extra) => {
        const unknown = extra.filter(
          ([name]) => !["root", "parent", "sampled", "lineage"].includes(name.toLowerCase()),
        );
        const text = [...unknown.map(([name, value]) => `${name}=${value}`), formatTraceHeader(written)].join(";");
        expect(parseTraceHeader(text)).toEqual(written);
      }),
    );
  });
});
