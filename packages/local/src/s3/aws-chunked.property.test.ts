import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AwsChunkedDecoder } from "./aws-chunked.ts";

interface Frame {
  readonly chunks: readonly Uint8Array[];
  readonly trailers: readonly (readonly [name: string, value: string])[];
  readonly isSigned: boolean;
  readonly hasFinalLine: boolean;
}

const frame: fc.Arbitrary<Frame> = fc.record({
  chunks: fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 6 }),
  trailers: fc.array(fc.tuple(fc.constantFrom("x-amz-checksum-crc32", "x-amz-trailer-signature"), fc.base64String()), {
    maxLength: 2,
  }),
  isSigned: fc.boolean(),
  hasFinalLine: fc.boolean(),
});

function encode({ chunks, trailers, isSigned, hasFinalLine }: Frame): Buffer {
  const extension = isSigned ? `;chunk-signature=${"0".repeat(64)}` : "";
  const parts: Uint8Array[] = [];
  for (const chunk of chunks) {
    parts.push(Buffer.from(`${chunk.length.toString(16)}${extension}\r\n`), chunk, Buffer.from("\r\n"));
  }
  parts.push(Buffer.from(`0${extension}\r\n`));
  for (const [name, value] of trailers) parts.push(Buffer.from(`${name}:${value}\r\n`));
  if (hasFinalLine) parts.push(Buffer.from("\r\n"));
  return Buffer.concat(parts);
}

function decode(content: Buffer, cuts: readonly number[]): { payload: Buffer; decoder: AwsChunkedDecoder } {
  const decoder = new AwsChunkedDecoder();
  const payload: Buffer[] = [];
  let from = 0;
  for (const cut of [...cuts.map((each) => each % (content.length + 1)).sort((a, b) => a - b), content.length]) {
    payload.push(...decoder.push(content.subarray(from, cut)));
    from = cut;
  }
  decoder.end();
  return { payload: Buffer.concat(payload), decoder };
}

describe("aws-chunked content", () => {
  it("decodes to its payload and trailers, however it is cut into pieces", () => {
    fc.assert(
      fc.property(frame, fc.array(fc.nat(500), { maxLength: 40 }), (each, cuts) => {
        const { payload, decoder } = decode(encode(each), cuts);
        expect(payload.equals(Buffer.concat(each.chunks))).toBe(true);
        for (const [name, value] of new Map(each.trailers)) expect(decoder.trailers.get(name)).toBe(value);
        expect(decoder.isComplete).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it("that ends before its last chunk is incomplete, wherever it ends", () => {
    fc.assert(
      fc.property(frame, fc.nat(500), (each, at) => {
        const lastChunk =
          Buffer.concat(each.chunks).length === 0
            ? 0
            : encode({ ...each, trailers: [], hasFinalLine: false }).lastIndexOf("\r\n0");
        const end = lastChunk <= 0 ? 0 : at % lastChunk;
        expect(() => decode(encode(each).subarray(0, end), [])).toThrow(
          expect.objectContaining({ code: "IncompleteBody" }),
        );
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["a size that is no number", "xyz\r\n"],
    ["a size too large to be true", "fffffffffffffff\r\n"],
    ["a chunk longer than its size", "1\r\nab\r\n0\r\n\r\n"],
    ["a trailer without a name", "0\r\n:value\r\n\r\n"],
    ["a header line without end", "1".repeat(20_000)],
  ])("with %s is refused", (_, content) => {
    expect(() => decode(Buffer.from(content), [])).toThrow(expect.objectContaining({ code: "InvalidRequest" }));
  });
});
