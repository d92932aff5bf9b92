import { ConfigError, FencedError } from "@longhaul/core";
import { describe, expect, it } from "vitest";
import { FaultyS3, s3Error } from "../../test/faulty-s3.ts";
import { failing, kept, openSmall as open, PLACE, textOf, turn } from "../../test/small-outputs.ts";
import { ObjectAccessDeniedError } from "./errors.ts";
import { abortOutput, openOutput, warmTails } from "./open-output.ts";
import { OutputClosedError, OutputMarkError } from "./output-errors.ts";
import { persistOutput } from "./output-mark.ts";
import type { OutputState } from "./output-state.ts";

describe("an output within one invocation", () => {
  it("that is small is written in one call, with the run in its metadata", async () => {
    const s3 = new FaultyS3();
    const out = await open(s3);
    await out.write("hello");
    expect(await out.complete()).toMatchObject({ bytes: 5, parts: 0, wasComplete: false });
    expect(s3.calls.map(({ name }) => name)).toEqual(["PutObject"]);
    expect(textOf(s3)).toBe("hello");
    expect(s3.objects.get(PLACE.key)!.metadata["longhaul-run"]).toBe("run-1");
  });

  it("to which nothing was written is an empty object", async () => {
    const s3 = new FaultyS3();
    expect(await (await open(s3)).complete()).toMatchObject({ bytes: 0 });
    expect(textOf(s3)).toBe("");
  });

  it("is one multipart upload; the last part is as long as it is", async () => {
    const s3 = new FaultyS3();
    const out = await open(s3);
    for (const text of ["0123", "456789abc", "defghij", "k", ""]) await out.write(text);
    expect(await out.complete()).toMatchObject({ bytes: 21, parts: 3 });
    expect(textOf(s3)).toBe("0123456789abcdefghijk");
    const sizes = s3.calls.filter(({ name }) => name === "UploadPart").map(({ input }) => input.ContentLength);
    expect(sizes).toEqual([10, 10, 1]);
  });

  it("that ends at a part's end has no empty part", async () => {
    const s3 = new FaultyS3();
    const out = await open(s3);
    await out.write("0123456789abcdefghij");
    expect(await out.complete()).toMatchObject({ bytes: 20, parts: 2 });
  });

  it("holds the writer back while uploads are behind", async () => {
    const s3 = new FaultyS3();
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    s3.faults.before = ({ name }) => (name === "UploadPart" ? held : undefined);
    const out = await open(s3);
    await out.write("0".repeat(20));
    let isFree = false;
    const third = out.write("0".repeat(10)).then(() => {
      isFree = true;
    });
    await turn();
    expect([isFree, s3.count("UploadPart")]).toEqual([false, 2]);
    release();
    await third;
    expect((await out.complete()).bytes).toBe(30);
  });

  it("answers a second completion with the first, and takes no more bytes", async () => {
    const s3 = new FaultyS3();
    const out = await open(s3);
    await out.write("x");
    expect(await out.complete()).toBe(await out.complete());
    await expect(out.write("y")).rejects.toThrow(OutputClosedError);
    expect(s3.calls.length).toBe(1);
  });

  it("that is given up leaves nothing", async () => {
    const s3 = new FaultyS3();
    const out = await open(s3);
    await out.write("0123456789abcdef");
    await out.persist();
    expect([s3.uploads.size, kept(s3).length]).toEqual([1, 1]);
    await out.abort();
    expect([s3.uploads.size, s3.objects.size]).toEqual([0, 0]);
    await expect(out.complete()).rejects.toThrow(OutputClosedError);
  });

  it("fails as its upload fails, on the next write, safe point and completion", async () => {
    const s3 = new FaultyS3();
    s3.faults = failing("UploadPart", s3Error("AccessDenied", 403));
    const out = await open(s3);
    await out.write("0123456789");
    await turn();
    await turn();
    await expect(out.write("x")).rejects.toThrow(ObjectAccessDeniedError);
    await expect(out.persist()).rejects.toThrow("needs s3:PutObject on b/*");
    await expect(out.complete()).rejects.toThrow(ObjectAccessDeniedError);
    expect(s3.objects.size).toBe(0);
  });
});

describe("the last mark can be persisted, whatever was written after it", () => {
  it("also when its part was filled, uploaded and left behind by many more", async () => {
    const s3 = new FaultyS3();
    const out = await open(s3);
    await out.write("0123");
    const mark = out.mark();
    await out.write("-".repeat(46));
    await turn();
    const state = await persistOutput(mark, "handoff");
    expect(state).toMatchObject({ bytes: 4, tail: { bytes: 4 } });
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    const next = await open(s3, state);
    await next.write("456789abcdef");
    await next.complete();
    expect(textOf(s3)).toBe("0123456789abcdef");
  });

  it("also at a part's boundary that was left behind", async () => {
    const s3 = new FaultyS3();
    const out = await open(s3);
    await out.write("0123456789");
    const mark = out.mark();
    await out.write("-".repeat(25));
    await turn();
    const state = await out.persist(mark);
    expect(state.tail).toBeUndefined();
    const next = await open(s3, state);
    await next.write("ab");
    await next.complete();
    expect(textOf(s3)).toBe("0123456789ab");
  });

  it("also after the output was closed, as a generator's finally does", async () => {
    const s3 = new FaultyS3();
    const out = await open(s3);
    await out.write("0123456789abc");
    const mark = out.mark();
    await out.write("-".repeat(20));
    await out.close();
    const next = await open(s3, await persistOutput(mark, "handoff"));
    await next.write("d");
    await next.complete();
    expect(textOf(s3)).toBe("0123456789abcd");
  });

  it("also when the part is filled and its memory used again while the tail is still on its way", async () => {
    const s3 = new FaultyS3();
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const out = await open(s3);
    await out.write("0123456789abc");
    s3.faults.before = ({ name }) => (name === "PutObject" ? held : undefined);
    const persisting = out.persist();
    for (let part = 0; part < 4; part++) {
      await out.write("-".repeat(10));
      out.mark();
      await turn();
    }
    release();
    const next = await open(s3, await persisting);
    await next.write("d");
    await next.complete();
    expect(textOf(s3)).toBe("0123456789abcd");
  });

  it("but not one before it whose bytes were let go", async () => {
    const s3 = new FaultyS3();
    const out = await open(s3);
    await out.write("0123");
    const first = out.mark();
    await out.write("-".repeat(30));
    out.mark();
    await turn();
    await expect(out.persist(first)).rejects.toThrow(OutputMarkError);
  });

  it("at the price of nothing if nothing was written since it was resumed", async () => {
    const s3 = new FaultyS3();
    const out = await open(s3);
    await out.write("0123456789abc");
    const state = await out.suspend();
    const next = await open(s3, state);
    const before = s3.calls.length;
    expect(await next.persist(next.mark())).toEqual(state);
    expect(s3.calls.length).toBe(before);
    expect(await persistOutput(state, "handoff")).toBe(state);
  });

  it("and a tiny tail travels in the state, without a call", async () => {
    const s3 = new FaultyS3();
    const out = await open(s3);
    await out.write("ab");
    const state = await out.suspend();
    expect(state.tail).toMatchObject({ bytes: 2, inline: "YWI=" });
    expect(s3.calls.length).toBe(0);
  });
});

describe("after a hand-off", () => {
  it("the old hop writes no more: not to the output, not in the background", async () => {
    const s3 = new FaultyS3();
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const out = await open(s3);
    await out.write("0123");
    const mark = out.mark();
    s3.faults.before = ({ name }) => (name === "UploadPart" ? held : undefined);
    void out.write("-".repeat(40)).catch(() => {});
    await turn();
    const suspended = out.suspend(mark);
    release();
    const state = await suspended;
    await expect(out.write("late")).rejects.toThrow(OutputClosedError);
    const uploads = s3.count("UploadPart");
    await turn();
    expect(s3.count("UploadPart")).toBe(uploads);
    expect(state.bytes).toBe(4);
  });

  it("a hop whose fence refuses makes no call that writes", async () => {
    const s3 = new FaultyS3();
    let isLive = true;
    const fence = {
      assert: () => {
        if (!isLive) throw new FencedError("run-1", 3);
      },
    };
    const out = await open(s3, undefined, { fence });
    await out.write("0123456789");
    await turn();
    isLive = false;
    await out.write("abcdefghijkl").catch(() => {});
    await expect(out.persist()).rejects.toThrow(FencedError);
    await expect(out.complete()).rejects.toThrow(FencedError);
    expect(s3.count("UploadPart")).toBe(1);
    expect(s3.objects.size).toBe(0);
    const small = await open(s3, undefined, { fence });
    await expect(small.complete()).rejects.toThrow(FencedError);
  });

  it("a hop whose fence refuses writes no tail either", async () => {
    const s3 = new FaultyS3();
    const fence = {
      assert: () => {
        throw new FencedError("run-1", 3);
      },
    };
    const out = await open(s3, undefined, { fence, inlineMaxBytes: 0 });
    await out.write("0123");
    await expect(out.persist()).rejects.toThrow(FencedError);
    expect([s3.objects.size, s3.count("PutObject")]).toEqual([0, 0]);
  });

  /** An output of whose parts those of some numbers hang. Tells which are still under way. */
  async function openHanging(s3: FaultyS3, numbers: readonly number[], also: FaultyS3["faults"] = {}) {
    const underWay = new Set<number>();
    s3.faults = {
      before(call) {
        const number = Number(call.input.PartNumber);
        if (call.name === "UploadPart" && numbers.includes(number)) {
          underWay.add(number);
          return new Promise(() => {});
        }
        return also.before?.(call);
      },
    };
    const timers = new Set<number>();
    let ids = 0;
    // A try that is under way has a timer for its limit.
    const timer = () => {
      const id = ++ids;
      timers.add(id);
      return () => timers.delete(id);
    };
    const out = await open(s3, undefined, { calls: { attempts: 1, host: { timer, random: () => 0 } } });
    return { out, timers, underWay };
  }

  it("nothing that was written after the last mark is uploaded any more, be it a single part", async () => {
    const s3 = new FaultyS3();
    const { out, timers, underWay } = await openHanging(s3, [2]);
    await out.write("0123456789");
    out.mark();
    void out.write("abcdefghijkl").catch(() => {});
    await turn();
    expect([...underWay]).toEqual([2]);
    await out.close();
    expect(timers.size).toBe(0);
  });

  it("an output of which a part failed has no request under way once it is closed", async () => {
    const s3 = new FaultyS3();
    const { out, timers } = await openHanging(s3, [1], {
      before({ name, input }) {
        if (name === "UploadPart" && input.PartNumber === 2) throw new TypeError("no");
      },
    });
    await out.write("0123456789abcdefghij").catch(() => {});
    await turn();
    await out.write("klm").catch(() => {});
    const saving = out.persist().catch((error: unknown) => error);
    await turn();
    await out.close();
    expect(await saving).toBeInstanceOf(TypeError);
    expect(timers.size).toBe(0);
  });

  it("a warm container brings the tail without a request, unless its copy is damaged", async () => {
    const s3 = new FaultyS3();
    const warm = warmTails(100);
    const out = await open(s3, undefined, { warm });
    await out.write("0123456");
    const state = await out.suspend();
    await open(s3, state, { warm });
    expect(s3.count("GetObject")).toBe(0);
    (warm.get(state.tail!.sha256) as Uint8Array).fill(0);
    const next = await open(s3, state, { warm });
    expect(s3.count("GetObject")).toBe(1);
    await next.complete();
    expect(textOf(s3)).toBe("0123456");
  });
});

describe("openOutput", () => {
  const target = { ...PLACE, client: new FaultyS3().connect().client };

  it.each([
    { partBytes: 5 * 1024 * 1024 - 1 },
    { partBytes: 6_000_000.5 },
    { partBytes: 6 * 1024 ** 3 },
    { uploadsInFlight: 0 },
    { inlineMaxBytes: -1 },
  ])("refuses %o", async (options) => {
    await expect(openOutput({ ...target, ...options })).rejects.toThrow(ConfigError);
  });

  it("refuses a mark that was handed off without being persisted", async () => {
    const out = await openOutput(target);
    const state = JSON.parse(JSON.stringify(out.mark())) as OutputState;
    await expect(openOutput({ ...target, state })).rejects.toThrow("persistOutput");
  });

  it("keeps the part size an output began with", async () => {
    const s3 = new FaultyS3();
    const out = await open(s3);
    await out.write("0123456789abc");
    const next = await open(s3, await out.suspend(), { partBytes: 7 });
    await next.write("defghijkl");
    await next.complete();
    expect(textOf(s3)).toBe("0123456789abcdefghijkl");
  });
});

describe("abortOutput", () => {
  it("gives up what a stopped run left, and does so twice without harm", async () => {
    const s3 = new FaultyS3();
    const out = await open(s3);
    await out.write("0123456789abcdef");
    const state = await out.suspend();
    const target = { ...PLACE, client: s3.connect().client };
    await abortOutput(target, state);
    await abortOutput(target, state);
    await abortOutput(target, undefined);
    expect([s3.uploads.size, s3.objects.size]).toEqual([0, 0]);
  });
});

describe("what is kept for earlier hops is deleted", () => {
  /** Hops of three bytes; each makes one checkpoint, then hands off. */
  async function handedOff(s3: FaultyS3, isLatestState: boolean, hops: number): Promise<OutputState[]> {
    const states: OutputState[] = [];
    for (let hop = 0; hop < hops; hop++) {
      const out = await open(s3, states.at(-1), { isLatestState, inlineMaxBytes: 0 });
      for (let turns = 0; turns < 10; turns++) await turn();
      await out.write("abc");
      states.push(await out.persist(out.mark()));
      await out.write("def");
      states.push(await out.suspend());
    }
    return states;
  }

  it("when a hop begins under a lease: one tail for each checkpoint since stays, however many hops there were", async () => {
    const s3 = new FaultyS3();
    const states = await handedOff(s3, true, 8);
    const ends = kept(s3).map((key) => Number(/tail-(\d+)-/.exec(key)![1]));
    expect(ends.sort((a, b) => a - b)).toEqual([42, 45, 48]);
    const next = await open(s3, states.at(-1));
    await next.complete();
    expect(textOf(s3)).toBe("abcdef".repeat(8));
    expect(kept(s3)).toEqual([]);
  });

  it("so that a takeover from the state it began with, or from any of its checkpoints, finds its tail", async () => {
    const s3 = new FaultyS3();
    const [began, checkpoint] = (await handedOff(s3, true, 5)).slice(-3);
    for (const state of [began!, checkpoint!]) {
      const taker = await open(s3, state, { isLatestState: true });
      await taker.write("xyz");
      expect((await taker.suspend()).bytes).toBe(state.bytes + 3);
    }
  });

  it("but only if the caller says that no older state will be asked for", async () => {
    const s3 = new FaultyS3();
    const states = await handedOff(s3, false, 4);
    for (const state of states) await (await open(s3, state)).close();
  });

  it("but an output that cannot be opened deletes nothing: nobody would end that", async () => {
    const s3 = new FaultyS3();
    const states = await handedOff(s3, false, 3);
    s3.faults = failing("GetObject", s3Error("AccessDenied", 403));
    await expect(open(s3, states.at(-1), { isLatestState: true })).rejects.toThrow();
    await turn();
    expect([s3.count("ListObjectsV2"), s3.count("DeleteObjects")]).toEqual([0, 0]);
  });

  it("and a hop goes on, and ends in time, if that fails or hangs", async () => {
    const s3 = new FaultyS3();
    const states = await handedOff(s3, false, 2);
    const hangs = (): Promise<never> => new Promise(() => {});
    for (const before of [
      ({ name }: { name: string }) => {
        if (name === "ListObjectsV2") throw s3Error("AccessDenied", 403);
      },
      ({ name }: { name: string }) => (name === "ListObjectsV2" ? hangs() : undefined),
    ]) {
      s3.faults.before = before;
      const out = await open(s3, states.at(-1), { isLatestState: true });
      await out.suspend();
    }
  });
});
