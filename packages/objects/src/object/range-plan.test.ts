import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseContentRange, piecesOf, rangeHeader } from "./range-plan.ts";
import { slicesOf } from "./slices.ts";

describe("ranges", () => {
  it("are cut into pieces that lie end to end and are none too long", () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), fc.integer({ min: 1, max: 300 }), (start, length, pieceBytes) => {
        const range = { start, end: start + length };
        const pieces = [...piecesOf(range, pieceBytes)];
        let at = start;
        for (const piece of pieces) {
          expect(piece.start).toBe(at);
          expect(piece.end - piece.start).toBeGreaterThan(0);
          expect(piece.end - piece.start).toBeLessThanOrEqual(pieceBytes);
          at = piece.end;
        }
        expect(at).toBe(range.end);
        expect(pieces.length).toBe(Math.ceil(length / pieceBytes));
      }),
    );
  });

  it("are written and read as HTTP has them, the last byte counted in", () => {
    expect(rangeHeader({ start: 0, end: 1 })).toBe("bytes=0-0");
    expect(parseContentRange("bytes 10-19/100")).toEqual({ start: 10, end: 20, size: 100 });
    for (const none of [undefined, "", "bytes */100", "bytes 1-2/*"]) expect(parseContentRange(none)).toBeUndefined();
  });
});

describe("chunks are gathered into slices", () => {
  it("of the size asked for, the last one shorter, whatever the chunks", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 30 })),
        fc.integer({ min: 1, max: 40 }),
        async (chunks, sliceBytes) => {
          const whole = Buffer.concat(chunks);
          async function* source(): AsyncGenerator<Uint8Array> {
            yield* chunks;
          }
          const slices: Uint8Array[] = [];
          for await (const slice of slicesOf(source(), sliceBytes, whole.length)) slices.push(slice);
          expect(Buffer.concat(slices).equals(whole)).toBe(true);
          expect(slices.slice(0, -1).every(({ length }) => length === sliceBytes)).toBe(true);
          expect(slices.every(({ length }) => length > 0)).toBe(true);
        },
      ),
    );
  });

  it("and passed on short if the source ends early", async () => {
    async function* source(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("abc");
    }
    const slices: string[] = [];
    for await (const slice of slicesOf(source(), 10, 100)) slices.push(Buffer.from(slice).toString());
    expect(slices).toEqual(["abc"]);
  });
});
