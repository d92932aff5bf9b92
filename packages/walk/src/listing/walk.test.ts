import { describe, expect, it } from "vitest";
import { SimulatedBucket } from "../../test/simulated-bucket.ts";
import { pageOf } from "./listed-page.ts";
import type { PageSlice } from "./open-range.ts";
import { type ListAfter, Walk, type WalkOptions } from "./walk.ts";

const ranges = [{ after: "", through: null }];
const keys = Array.from({ length: 600 }, (_, i) => `k${String(i).padStart(4, "0")}`);

function makeWalk(bucket: SimulatedBucket, options: Partial<WalkOptions> = {}) {
  const seen: string[] = [];
  const account = ({ page, count }: PageSlice) => {
    for (let i = 0; i < count; i++) seen.push(page.key(i));
  };
  const walk = new Walk({ list: bucket.list, ranges, account, pageKeys: 10, concurrency: 8, ...options });
  return { walk, seen };
}

async function toTheEnd(walk: Walk): Promise<void> {
  while (await walk.advance());
}

describe("a walk", () => {
  it("accounts for every key, once", async () => {
    const bucket = new SimulatedBucket(keys, { pageKeys: 10 });
    const { walk, seen } = makeWalk(bucket);
    await bucket.until(toTheEnd(walk));
    expect(seen.sort()).toEqual(keys);
    expect(walk.ranges()).toEqual([]);
  });

  it("of an empty bucket is over after one request", async () => {
    const bucket = new SimulatedBucket([]);
    const { walk, seen } = makeWalk(bucket);
    await bucket.until(toTheEnd(walk));
    expect([seen, bucket.requests]).toEqual([[], 1]);
  });

  it("of nothing is over at once", async () => {
    expect(await makeWalk(new SimulatedBucket(keys), { ranges: [] }).walk.advance()).toBe(false);
  });

  it("goes on where another one was stopped, with what that one had not accounted for", async () => {
    const bucket = new SimulatedBucket(keys, { pageKeys: 10 });
    const first = makeWalk(bucket);
    await bucket.until(
      (async () => {
        while (first.seen.length < 200) await first.walk.advance();
      })(),
    );
    const left = first.walk.ranges();
    first.walk.stop();
    const soFar = [...first.seen];
    const second = makeWalk(bucket, { ranges: left });
    await bucket.until(toTheEnd(second.walk));
    expect(first.seen).toEqual(soFar);
    expect([...soFar, ...second.seen].sort()).toEqual(keys);
  });

  it("works on several pages at once, and counts none of them as walked before it is worked on", async () => {
    const bucket = new SimulatedBucket(keys, { pageKeys: 10 });
    const open: (() => void)[] = [];
    let atOnce = 0;
    const { walk, seen } = makeWalk(bucket, {
      work: () => {
        const { promise, resolve } = Promise.withResolvers<void>();
        open.push(resolve);
        atOnce = Math.max(atOnce, open.length);
        return promise;
      },
    });
    const over = toTheEnd(walk);
    let turns = 0;
    const working = (async () => {
      while (walk.ranges().length > 0) {
        await new Promise(setImmediate);
        const isCounted = (key: string) =>
          walk.ranges().every(({ after, through }) => key <= after || (through !== null && key > through));
        expect(seen.every(isCounted)).toBe(true);
        if (turns++ % 20 === 19) open.shift()?.();
      }
      await over;
    })();
    await bucket.until(working);
    expect(seen.sort()).toEqual(keys);
    expect(atOnce).toBeGreaterThan(2);
    expect(atOnce).toBeLessThanOrEqual(8);
  });
});

describe("a page", () => {
  it("is there while it is accounted for, and not longer", async () => {
    const bucket = new SimulatedBucket(keys, { pageKeys: 10 });
    const list: ListAfter = async (request) => {
      const page = await bucket.list(request);
      let isReleased = false;
      const key = (index: number) => {
        if (isReleased) throw new ReferenceError("The page was released.");
        return page.key(index);
      };
      const release = () => {
        isReleased = true;
      };
      return { ...page, key, release };
    };
    const { walk, seen } = makeWalk(bucket, { list });
    await bucket.until(toTheEnd(walk));
    expect(seen.sort()).toEqual(keys);
  });

  it("is released when it is accounted for", async () => {
    const bucket = new SimulatedBucket(keys, { pageKeys: 10 });
    let held = 0;
    const list: ListAfter = async (request) => {
      const page = await bucket.list(request);
      held++;
      return { ...page, release: () => held-- };
    };
    const { walk, seen } = makeWalk(bucket, { list });
    await bucket.until(toTheEnd(walk));
    expect([seen.length, held]).toEqual([600, 0]);
  });
});

describe("a page whose objects are worked on", () => {
  const taking = (one: PageSlice) => Array.from({ length: one.count }, (_, i) => one.page.key(i));

  it("is accounted for some objects at a time, in order, and released after the last", async () => {
    const bucket = new SimulatedBucket(keys.slice(0, 25), { pageKeys: 25 });
    const order: string[] = [];
    const list: ListAfter = async (request) => ({
      ...(await bucket.list(request)),
      release: () => void order.push("release"),
    });
    const working = new Map<string, () => void>();
    const { walk } = makeWalk(bucket, {
      list,
      pageKeys: 25,
      workKeys: 10,
      work(slice, _, onStarted) {
        onStarted();
        const { promise, resolve } = Promise.withResolvers<void>();
        working.set(slice.page.key(0), resolve);
        return promise;
      },
      account: (slice) => void order.push(taking(slice).join()),
    });
    const over = bucket.until(toTheEnd(walk));
    while (working.size < 3) await new Promise(setImmediate);
    working.get("k0020")?.();
    working.get("k0010")?.();
    for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
    expect([order, walk.ranges()]).toEqual([[], [{ after: "", through: null }]]);
    working.get("k0000")?.();
    await over;
    expect(order).toEqual([...[0, 10, 20].map((from) => keys.slice(from, Math.min(from + 10, 25)).join()), "release"]);
  });

  it("leaves what is not done to the next walk, by the key where that begins", async () => {
    const bucket = new SimulatedBucket(["k\u0001", ...keys.slice(0, 30)], { pageKeys: 100 });
    const { walk, seen } = makeWalk(bucket, {
      pageKeys: 100,
      workKeys: 10,
      work: async (slice, _, onStarted) => {
        onStarted();
        if (slice.page.key(0) > "k0015") await new Promise(() => {});
      },
    });
    await bucket.until(walk.advance());
    for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
    const left = walk.ranges();
    expect(left).toEqual([{ after: seen.at(-1), through: null }]);
    walk.stop();
    const second = makeWalk(bucket, { ranges: left, pageKeys: 100 });
    await bucket.until(toTheEnd(second.walk));
    expect([...seen, ...second.seen]).toEqual(bucket.keys);
  });
});

describe("a walk ends", () => {
  it("with the error of a request", async () => {
    const list: ListAfter = () => Promise.reject(new Error("SlowDown"));
    await expect(makeWalk(new SimulatedBucket(keys), { list }).walk.advance()).rejects.toThrow("SlowDown");
  });

  it("with the error of a request, and accounts for no page that is answered after it", async () => {
    const denied = new Error("AccessDenied");
    const answers: (() => void)[] = [];
    const bucket = new SimulatedBucket(keys, { pageKeys: 10 });
    let requests = 0;
    const list: ListAfter = async (place) => {
      if (requests++ === 1) throw denied;
      await new Promise<void>((resolve) => answers.push(resolve));
      return bucket.pageAt(place);
    };
    const ranges = [
      { after: "", through: "k0300" },
      { after: "k0300", through: null },
    ];
    const { walk, seen } = makeWalk(bucket, { list, ranges, concurrency: 2 });
    await expect(walk.advance()).rejects.toBe(denied);
    for (const answer of answers) answer();
    for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
    expect(seen).toEqual([]);
    expect(walk.ranges()).toEqual(ranges);
  });

  it("with the signal's reason, and accounts for no objects whose work ends after it", async () => {
    const controller = new AbortController();
    const bucket = new SimulatedBucket(keys, { pageKeys: 10 });
    const working: (() => void)[] = [];
    const work = () => new Promise<void>((resolve) => working.push(resolve));
    const { walk, seen } = makeWalk(bucket, { work, signal: controller.signal });
    const advancing = bucket.until(walk.advance());
    while (working.length === 0) await new Promise(setImmediate);
    const reason = new Error("the hop is over");
    controller.abort(reason);
    await expect(advancing).rejects.toBe(reason);
    for (const end of working) end();
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    expect([seen, walk.ranges()[0]?.after]).toEqual([[], ""]);
  });

  it("with the error of the work, and accounts for nothing more", async () => {
    const bucket = new SimulatedBucket(keys, { pageKeys: 10 });
    const work = () => Promise.reject(new Error("no room"));
    const { walk, seen } = makeWalk(bucket, { work });
    await expect(bucket.until(walk.advance())).rejects.toThrow("no room");
    expect(seen).toEqual([]);
  });

  it.each([
    ["before", true],
    ["after", false],
  ])("with the signal's reason, aborted %s it began", async (_, isBefore) => {
    const controller = new AbortController();
    const reason = new Error("the hop is over");
    if (isBefore) controller.abort(reason);
    const bucket = new SimulatedBucket(keys, { pageKeys: 10 });
    const { walk } = makeWalk(bucket, { signal: controller.signal });
    const advancing = walk.advance();
    controller.abort(reason);
    await expect(bucket.until(advancing)).rejects.toBe(reason);
  });

  it("aborts its requests", async () => {
    const signals: AbortSignal[] = [];
    const list: ListAfter = ({ signal }) => {
      signals.push(signal);
      return new Promise(() => {});
    };
    const { walk } = makeWalk(new SimulatedBucket(keys), { list });
    const advancing = walk.advance();
    walk.stop();
    await expect(advancing).rejects.toMatchObject({ name: "AbortError" });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });
});

describe("pages that hold fewer keys than were asked for, though more follow", () => {
  it("are gone on from: every key is accounted for, once", async () => {
    const bucket = new SimulatedBucket(keys, { pageKeys: 10 });
    let pages = 0;
    const list: ListAfter = async (request) => {
      const page = await bucket.list(request);
      // Every fifth page holds nothing but a token, which says where it was asked.
      const isEmpty = pages++ % 5 === 0 && request.token === undefined;
      const length = isEmpty ? 0 : Math.min(page.length, 1 + (pages % 7));
      const isTruncated = page.isTruncated || length < page.length;
      return { ...page, length, isTruncated, nextToken: isTruncated ? `after ${request.startAfter}` : undefined };
    };
    const { walk, seen } = makeWalk(bucket, { list });
    await bucket.until(toTheEnd(walk));
    expect(seen.sort()).toEqual(keys);
    expect(walk.ranges()).toEqual([]);
  });
});

describe("stores that are not like S3", () => {
  const object = { size: 0, lastModified: "", etag: "", storageClass: "STANDARD" };

  it("are refused if they do not know StartAfter", async () => {
    const list: ListAfter = async () => pageOf([{ key: "a", ...object }], undefined, true);
    const { walk } = makeWalk(new SimulatedBucket([]), { list });
    await expect(toTheEnd(walk)).rejects.toMatchObject({ code: "LISTING_ORDER" });
  });

  it("are refused if they list in another order", async () => {
    const page = pageOf(
      ["b", "a"].map((key) => ({ key, ...object })),
      undefined,
      true,
    );
    const { walk } = makeWalk(new SimulatedBucket([]), { list: async () => page });
    await expect(toTheEnd(walk)).rejects.toMatchObject({ code: "LISTING_ORDER" });
  });

  it("may answer with an empty page and a token", async () => {
    const list: ListAfter = async ({ token }) =>
      token === "t" ? pageOf([{ key: "a", ...object }]) : pageOf([], "t", true);
    const { walk, seen } = makeWalk(new SimulatedBucket([]), { list });
    await toTheEnd(walk);
    expect(seen).toEqual(["a"]);
  });
});
