import { Readable } from "node:stream";
import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { AT_ONCE, FaultyS3, s3Error } from "../../test/faulty-s3.ts";
import { PositionBeyondEndError } from "../records/errors.ts";
import { download } from "./download.ts";
import { ObjectAccessDeniedError, ObjectChangedError, ObjectNotFoundError, ObjectReadError } from "./errors.ts";
import { rangeBytes } from "./range-bytes.ts";
import { readRange } from "./read-range.ts";

const SIZE = 10_000;
const content = Buffer.from(Array.from({ length: SIZE }, (_, i) => (i * 7 + (i >> 8)) % 256));
const reset = (): Error => Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });

function bucket() {
  const s3 = new FaultyS3();
  const { etag } = s3.put("k", content);
  const source = { client: s3.connect().client, bucket: "b", key: "k", etag, size: SIZE };
  return { s3, source };
}

/** Lets everything under way take its next steps. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function all(slices: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const held: Uint8Array[] = [];
  for await (const slice of slices) held.push(Buffer.from(slice)); // its memory may be used again
  return Buffer.concat(held);
}

describe("a range is received whole, however often the connection breaks", () => {
  it("goes on from the last byte received, never from the beginning", async () => {
    const { s3, source } = bucket();
    const cuts = [1500, 700, 0, 0];
    s3.faults.bodyBreak = ({ count }, bytes) =>
      count > cuts.length ? undefined : { bytes: bytes.subarray(0, cuts[count - 1]), error: reset() };
    const options = { calls: { ...AT_ONCE, attempts: 5 } };
    expect(
      (await all(rangeBytes(source, { start: 100, end: 9000 }, options))).equals(content.subarray(100, 9000)),
    ).toBe(true);
    const ranges = s3.calls.map(({ input }) => input.Range);
    expect(ranges).toEqual([
      "bytes=100-8999",
      "bytes=1600-8999",
      "bytes=2300-8999",
      "bytes=2300-8999",
      "bytes=2300-8999",
    ]);
    expect(s3.calls.every(({ input }) => input.IfMatch === source.etag)).toBe(true);
  });

  it("notices a body that ends early without an error", async () => {
    const { s3, source } = bucket();
    const answer = source.client.send.bind(source.client) as (
      command: unknown,
      options: unknown,
    ) => Promise<{ Body: object }>;
    let count = 0;
    const short = {
      send: async (command: unknown, options: unknown) => {
        const got = await answer(command, options);
        async function* some(): AsyncGenerator<Uint8Array> {
          yield content.subarray(0, 10);
        }
        return ++count === 1 ? { ...got, Body: some() } : got;
      },
    } as unknown as typeof source.client;
    const bytes = await all(rangeBytes({ ...source, client: short }, { start: 0, end: SIZE }, { calls: AT_ONCE }));
    expect(bytes.equals(content)).toBe(true);
    expect(s3.calls.map(({ input }) => input.Range)).toEqual(["bytes=0-9999", "bytes=10-9999"]);
  });

  it("gives up on bodies that are always empty", async () => {
    const { s3, source } = bucket();
    const answer = source.client.send.bind(source.client) as (command: unknown, options: unknown) => Promise<object>;
    const empty = {
      send: async (command: unknown, options: unknown) => ({
        ...(await answer(command, options)),
        Body: Readable.from([]),
      }),
    } as unknown as typeof source.client;
    const reading = all(rangeBytes({ ...source, client: empty }, { start: 0, end: SIZE }, { calls: AT_ONCE }));
    await expect(reading).rejects.toThrow(ObjectReadError);
    expect(s3.calls.length).toBe(3);
  });

  it("drops a connection that brings nothing any more", async () => {
    const { s3, source } = bucket();
    s3.faults.bodyBreak = ({ count }, bytes) =>
      count === 1 ? { bytes: bytes.subarray(0, 3000), error: "stall" } : undefined;
    const bytes = await all(rangeBytes(source, { start: 0, end: SIZE }, { calls: AT_ONCE, idleMs: 20 }));
    expect(bytes.equals(content)).toBe(true);
    expect(s3.calls.at(-1)!.input.Range).toBe("bytes=3000-9999");
  });

  it("gives up after the tries allowed without progress, saying how far it came", async () => {
    const { s3, source } = bucket();
    s3.faults.bodyBreak = ({ count }, bytes) => ({ bytes: bytes.subarray(0, count === 1 ? 2000 : 0), error: reset() });
    const reading = all(rangeBytes(source, { start: 0, end: SIZE }, { calls: AT_ONCE }));
    await expect(reading).rejects.toThrow(ObjectReadError);
    await expect(reading).rejects.toMatchObject({ code: "OBJECT_READ", atByte: 2000 });
    expect(s3.calls.length).toBe(3);
  });

  it("tries again when throttled", async () => {
    const { s3, source } = bucket();
    s3.faults.before = ({ count }) => {
      if (count < 3) throw s3Error("SlowDown", 503);
    };
    expect((await all(rangeBytes(source, { start: 0, end: 10 }, { calls: AT_ONCE }))).length).toBe(10);
  });

  it.each([
    ["the object was replaced", (s3: FaultyS3) => void s3.put("k", Buffer.from("new")), ObjectChangedError],
    ["it was deleted", (s3: FaultyS3) => void s3.objects.clear(), ObjectNotFoundError],
  ])("says so at once when %s in the middle", async (_case, change, type) => {
    const { s3, source } = bucket();
    s3.faults.bodyBreak = ({ count }, bytes) => {
      if (count > 1) return undefined;
      change(s3);
      return { bytes: bytes.subarray(0, 500), error: reset() };
    };
    await expect(all(rangeBytes(source, { start: 0, end: SIZE }, { calls: AT_ONCE }))).rejects.toThrow(type);
    expect(s3.calls.length).toBe(2);
  });

  it("says which permission is missing, and that a position is beyond the end", async () => {
    const { s3, source } = bucket();
    s3.faults.before = () => {
      throw s3Error("AccessDenied", 403);
    };
    await expect(all(rangeBytes(source, { start: 0, end: 1 }, { calls: AT_ONCE }))).rejects.toThrow(
      ObjectAccessDeniedError,
    );
    s3.faults = {};
    await expect(all(rangeBytes(source, { start: SIZE, end: SIZE + 1 }, { calls: AT_ONCE }))).rejects.toThrow(
      PositionBeyondEndError,
    );
    await expect(all(readRange(source, SIZE + 1))).rejects.toThrow(PositionBeyondEndError);
  });
});

describe("an object is read window by window", () => {
  it("from any position, with any window, slice and number of them ahead, over broken connections", async () => {
    const size = fc.integer({ min: 50, max: 6000 });
    await fc.assert(
      fc.asyncProperty(
        fc.nat(SIZE),
        fc.nat(SIZE),
        size,
        fc.nat(3),
        size,
        fc.nat(5),
        fc.boolean(),
        async (from, to, windowBytes, ahead, sliceBytes, every, reusesSlices) => {
          const { s3, source } = bucket();
          s3.faults.bodyBreak = ({ count }, bytes) =>
            every > 1 && count % every === 0 ? { bytes: bytes.subarray(0, 40), error: reset() } : undefined;
          const slices = readRange(source, from, {
            toByte: to,
            windowBytes,
            aheadBytes: ahead * sliceBytes,
            sliceBytes,
            reusesSlices,
            calls: { ...AT_ONCE, attempts: 9 },
          });
          expect((await all(slices)).equals(content.subarray(from, Math.max(from, to)))).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("receives no more than it may ahead of the reader, and asks for the next window only then", async () => {
    const { s3, source } = bucket();
    const slices = readRange(source, 0, { windowBytes: 1000, aheadBytes: 2000, sliceBytes: 1000 });
    await slices.next();
    await turn();
    expect(s3.calls.length).toBe(3);
    await slices.next();
    await turn();
    expect(s3.calls.length).toBe(4);
    await slices.return(undefined);
    await turn();
    expect(s3.calls.length).toBe(4);
  });

  it("and drops what is under way when the reader stops", async () => {
    const { s3, source } = bucket();
    s3.faults.bodyBreak = ({ count }, bytes) =>
      count > 1 ? { bytes: bytes.subarray(0, 10), error: "stall" } : undefined;
    const slices = readRange(source, 0, { windowBytes: 1000, sliceBytes: 1000 });
    await slices.next();
    await turn();
    await slices.return(undefined);
    await turn();
    expect(s3.bodies.map(({ destroyed }) => destroyed)).toEqual([true, true]);
  });

  it("in the same few buffers from beginning to end, if the reader lets go of each slice", async () => {
    const { source } = bucket();
    const options = { windowBytes: 3000, aheadBytes: 2000, sliceBytes: 1000 };
    const buffersOf = async (reusesSlices: boolean): Promise<number> => {
      const buffers = new Set<unknown>();
      for await (const slice of readRange(source, 0, { ...options, reusesSlices })) buffers.add(slice.buffer);
      return buffers.size;
    };
    expect(await buffersOf(true)).toBeLessThanOrEqual(4);
    expect(await buffersOf(false)).toBe(Math.ceil(SIZE / 1000));
  });

  it("a reader that takes long with what it has breaks no connection off", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const { s3, source } = bucket();
      const slices = readRange(source, 0, { windowBytes: SIZE, aheadBytes: 1, sliceBytes: 1000, idleMs: 5 });
      await slices.next();
      await turn();
      vi.advanceTimersByTime(50);
      await all(slices);
      expect(s3.calls.length).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it("stops with the signal's reason", async () => {
    const { source } = bucket();
    const controller = new AbortController();
    const slices = readRange(source, 0, { windowBytes: 1000, signal: controller.signal });
    await slices.next();
    controller.abort(new Error("hop ends"));
    await expect(all(slices)).rejects.toThrow("hop ends");
  });
});

describe("a download", () => {
  it("writes every byte to its place, whatever the pieces and how many at a time", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 300, max: 20_000 }),
        fc.integer({ min: 1, max: 6 }),
        async (pieceBytes, concurrency) => {
          const { source } = bucket();
          const file = Buffer.alloc(SIZE);
          let written = 0;
          const sink = {
            write: async (bytes: Uint8Array, position: number) => {
              file.set(bytes, position);
              written += bytes.length;
            },
          };
          await download(source, sink, { pieceBytes, concurrency });
          expect(file.equals(content)).toBe(true);
          expect(written).toBe(SIZE);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("stops all its requests at the first failure, and passes that on", async () => {
    const { s3, source } = bucket();
    const sink = {
      write: async (_bytes: Uint8Array, position: number) => {
        if (position === 2000) throw Object.assign(new Error("full"), { code: "ENOSPC" });
      },
    };
    await expect(download(source, sink, { pieceBytes: 1000, concurrency: 2 })).rejects.toMatchObject({
      code: "ENOSPC",
    });
    expect(s3.calls.length).toBeLessThan(8);
  });

  it("stops with the signal's reason", async () => {
    const { source } = bucket();
    const controller = new AbortController();
    const sink = { write: async () => controller.abort(new Error("hop ends")) };
    await expect(download(source, sink, { pieceBytes: 1000, signal: controller.signal })).rejects.toThrow("hop ends");
  });
});
