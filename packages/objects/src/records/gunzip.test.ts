import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunked } from "../../test/samples.ts";
import { CorruptGzipError, type GzipSign, NotGzipError, PositionBeyondEndError, TruncatedGzipError } from "./errors.ts";
import { gunzip } from "./gunzip.ts";
import { readBatches } from "./read-batches.ts";

async function drained(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

const decompressed = (bytes: Uint8Array, skipBytes = 0, sizes: readonly number[] = [1 << 20]): Promise<Buffer> =>
  drained(gunzip(chunked(bytes, sizes, false), { name: "in/cities.ndjson.gz", skipBytes }));

describe("decompressing gzip", () => {
  it("gives what was compressed, from any offset, in any chunks, whether of one member or several", async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 3 }),
        sizes,
        fc.nat(),
        async (parts, sizes, at) => {
          const whole = Buffer.concat(parts);
          const skipBytes = at % (whole.length + 1);
          const compressed = Buffer.concat(parts.map((part) => gzipSync(part)));
          expect(await decompressed(compressed, skipBytes, sizes)).toEqual(whole.subarray(skipBytes));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("goes on from the position of any batch", async () => {
    const lines = Array.from({ length: 2_000 }, (_, i) => `line ${i}`);
    const compressed = gzipSync(lines.join("\n"));
    const bytes = (skipBytes: number) => gunzip([compressed], { name: "x.gz", skipBytes });
    for await (const { end } of readBatches(bytes(0), { format: "lines", maxRecords: 333 })) {
      const rest: unknown[] = [];
      for await (const batch of readBatches(bytes(end.byte), { format: "lines", from: end })) rest.push(...batch);
      expect(rest).toEqual(lines.slice(end.record));
    }
  });

  it("allows zeros after the end, as tapes and block devices leave them", async () => {
    expect((await decompressed(Buffer.concat([gzipSync("abc"), Buffer.alloc(600)]))).toString()).toBe("abc");
  });

  const good = gzipSync("hello ".repeat(1_000));
  const damaged = Buffer.from(good);
  damaged[damaged.length - 6]! ^= 1;
  const cases: readonly (readonly [string, Buffer, new (...args: never[]) => Error])[] = [
    ["empty", Buffer.alloc(0), NotGzipError],
    ["plain text", Buffer.from('{"a":1}\n'), NotGzipError],
    ["one byte of magic", good.subarray(0, 1), NotGzipError],
    ["cut in its header", good.subarray(0, 5), TruncatedGzipError],
    ["cut in its data", good.subarray(0, 30), TruncatedGzipError],
    ["cut in its check value", good.subarray(0, -3), TruncatedGzipError],
    ["cut in its second member", Buffer.concat([good, good.subarray(0, 15)]), TruncatedGzipError],
    ["wrong in its check value", damaged, CorruptGzipError],
    ["followed by something else", Buffer.concat([good, Buffer.from("more")]), CorruptGzipError],
    ["followed by zeros and more data", Buffer.concat([good, Buffer.alloc(9), good]), CorruptGzipError],
  ];
  it.each(cases)("refuses data that is %s, naming the object", async (_what, bytes, kind) => {
    for (const sizes of [[1 << 20], [1], [13]]) {
      const reading = decompressed(bytes, 0, sizes);
      await expect(reading).rejects.toThrow(kind);
      await expect(reading).rejects.toThrow("in/cities.ndjson.gz");
    }
  });

  it.each<[string, Buffer, string]>([
    ["a line feed", Buffer.from("\n"), '"\\n"'],
    ["a CRLF", Buffer.from("\r\n"), '"\\r\\n"'],
    ["several line ends", Buffer.from("\n\n\n\n"), '"\\n\\n\\n\\n"'],
    ["spaces", Buffer.from("   "), '"   "'],
    ["a text", Buffer.from("EOF marker by uploader"), '"EOF marker by uploader"'],
    ["Ctrl-Z", Buffer.from("\x1a"), '"\\u001a"'],
    ["the first byte of another member", Buffer.from([0x1f]), '"\\u001f"'],
    ["a byte of the magic and another", Buffer.from([0x1f, 0x8c]), "\\u001f"],
  ])("says that something follows its end, at which byte, and what: %s", async (_what, rest, shown) => {
    const member = gzipSync('{"a":1}\n');
    for (const sizes of [[1 << 20], [1], [7]]) {
      for (const whole of [member, Buffer.concat([member, member])]) {
        const reading = decompressed(Buffer.concat([whole, rest]), 0, sizes);
        await expect(reading).rejects.toMatchObject({ code: "CORRUPT_GZIP" });
        await expect(reading).rejects.toThrow(`something follows its end at byte ${whole.length}: `);
        await expect(reading).rejects.toThrow(shown);
      }
    }
  });

  it("says where what follows padding begins", async () => {
    const bytes = Buffer.concat([good, Buffer.alloc(9), Buffer.from("\n")]);
    await expect(decompressed(bytes)).rejects.toThrow(`follows the zeros after it, at byte ${good.length + 9}: "\\n"`);
  });

  it("says at which byte it ends, and in which part", async () => {
    await expect(decompressed(good.subarray(0, 30))).rejects.toThrow(
      "ends at byte 30, in the middle of its gzip data.",
    );
    await expect(decompressed(Buffer.concat([good, good.subarray(0, 15)]))).rejects.toThrow(
      `ends at byte ${good.length + 15}, in the middle of its gzip data (of the part that begins at byte ${good.length})`,
    );
  });

  it("says which check value is wrong", async () => {
    const crcAt = good.length - 8;
    await expect(decompressed(damaged)).rejects.toThrow(
      new RegExp(`its check value is wrong: it is 0x[0-9a-f]{8} at byte ${crcAt}`),
    );
    const size = Buffer.from(good);
    size[size.length - 1] = 1;
    await expect(decompressed(size)).rejects.toThrow(`it has 6000 bytes decompressed, and byte ${crcAt + 4} says`);
    const data = Buffer.from(good);
    data[12]! ^= 0xff;
    await expect(decompressed(data)).rejects.toMatchObject({ code: "CORRUPT_GZIP" });
  });

  it.each<[GzipSign | undefined, string | Buffer, RegExp]>([
    [undefined, '[{"a":1}]', /is not gzip although its name ends in \.gz: it begins with "\[\{.*Rename it/],
    [
      "content-encoding",
      '[{"a":1}]',
      /although its Content-Encoding header says so: it begins with .*without that header/,
    ],
    ["content-type", "id\n1\n", /although its content type says so: it begins with .*type of its content/],
    ["name", Buffer.from("28b52ffd0000", "hex"), /it is zstd data/],
    ["name", "", /it is empty/],
  ])("says what calls it gzip and what it is: %s", async (sign, content, message) => {
    await expect(drained(gunzip([Buffer.from(content)], { name: "x", sign }))).rejects.toThrow(message);
  });

  it("reads headers with all that they may hold, wherever they are cut into chunks", async () => {
    const plain = gzipSync("abc");
    const extra = Buffer.from([3, 0, 1, 2, 3]);
    const header = Buffer.concat([plain.subarray(0, 3), Buffer.from([0x1e]), plain.subarray(4, 10)]);
    const named = Buffer.concat([
      header,
      extra,
      Buffer.from("name\0comment\0"),
      Buffer.from([0, 0]),
      plain.subarray(10),
    ]);
    for (const size of [1, 2, 3, 5, 100]) {
      expect((await decompressed(named, 0, [size])).toString()).toBe("abc");
      for (let cut = 2; cut < named.length; cut++) {
        await expect(decompressed(named.subarray(0, cut), 0, [size])).rejects.toThrow(TruncatedGzipError);
      }
    }
  });

  it("refuses a header that gzip does not have", async () => {
    const other = Buffer.from(good);
    other[2] = 7;
    await expect(decompressed(other)).rejects.toThrow("byte 2 names compression method 7");
    other[2] = 8;
    other[3] = 0x80;
    await expect(decompressed(other)).rejects.toThrow("byte 3 has flags (128)");
  });

  it("refuses a position behind its end", async () => {
    expect(await decompressed(gzipSync("abc"), 3)).toEqual(Buffer.alloc(0));
    await expect(decompressed(gzipSync("abc"), 4)).rejects.toThrow(PositionBeyondEndError);
  });

  it("passes an error of the source through", async () => {
    async function* broken() {
      yield gzipSync("abc").subarray(0, 12);
      throw new Error("connection reset");
    }
    await expect(drained(gunzip(broken(), { name: "x.gz" }))).rejects.toThrow("connection reset");
  });

  it("takes a source that uses the memory of its chunks again", async () => {
    const content = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * i) % 251));
    const compressed = gzipSync(content);
    async function* reusing() {
      const chunk = Buffer.alloc(1000);
      for (let at = 0; at < compressed.length; at += chunk.length) {
        const bytes = compressed.copy(chunk, 0, at);
        yield chunk.subarray(0, bytes);
        chunk.fill(0);
      }
    }
    expect((await drained(gunzip(reusing(), { name: "x.gz" }))).equals(content)).toBe(true);
  });

  it("closes the source when the loop is left early", async () => {
    let closed = false;
    async function* source() {
      try {
        for (;;) yield gzipSync("line\n".repeat(100_000));
      } finally {
        closed = true;
      }
    }
    for await (const _ of gunzip(source(), { name: "x.gz" })) break;
    await expect.poll(() => closed, { timeout: 20_000 }).toBe(true);
  });
});
