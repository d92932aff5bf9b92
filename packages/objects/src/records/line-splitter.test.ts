import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LineSplitter, type LineSplitterOptions } from "./line-splitter.ts";

function split(chunks: readonly Uint8Array[], options?: LineSplitterOptions): unknown[] {
  const splitter = new LineSplitter(options);
  const lines: unknown[] = [];
  for (const chunk of chunks) for (const batch of splitter.push(chunk)) lines.push(...batch);
  for (const batch of splitter.end()) lines.push(...batch);
  return lines;
}

describe("splitting lines", () => {
  it("gives the lines that node:readline gives", async () => {
    // Without U+2028 and U+2029, which readline takes for line ends, and which JSON allows in strings.
    const part = fc.constantFrom("a", "bc", "é", "😀", "\n", "\r\n", "\r", " ");
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 30 }), fc.integer({ min: 1, max: 9 }), async (parts, size) => {
        const bytes = Buffer.from(parts.join(""));
        const chunks: Buffer[] = [];
        for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
        const expected: string[] = [];
        const input = Readable.from(chunks, { objectMode: false });
        for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) expected.push(line);
        expect(split(chunks, { maxRecords: 3 })).toEqual(expected);
      }),
    );
  });

  it("keeps U+2028 within a line", () => {
    expect(split([Buffer.from("a\u2028b\nd")])).toEqual(["a\u2028b", "d"]);
  });

  it("drops empty and blank lines when asked to", () => {
    expect(split([Buffer.from("\n1\n\r\n2\n \t\n \t3\r \r")], { keepsEmptyLines: false, maxRecords: 1 })).toEqual([
      1, 2, 3,
    ]);
  });

  it("refuses a chunk while batches of the one before are not taken", () => {
    const splitter = new LineSplitter({ maxRecords: 1, from: { record: 1, byte: 2 } });
    splitter.push(Buffer.from("a\nb\n")).next();
    expect(() => splitter.push(Buffer.from("c\n"))).toThrow(/must all be taken/);
  });

  it("says where each line stands, and where to go on", () => {
    const splitter = new LineSplitter({ from: { record: 5, byte: 100 } });
    const [batch] = [...splitter.push(Buffer.from("ab\ncd")), ...splitter.end()];
    expect(batch?.place(1)).toEqual({ record: 6, byte: 103, endByte: 105 });
    expect(batch?.end).toEqual({ record: 7, byte: 105 });
  });
});
