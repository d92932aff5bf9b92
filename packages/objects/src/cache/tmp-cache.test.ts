import * as fsPromises from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TmpFileDamagedError, TmpFillError } from "./errors.ts";
import { type FillTmp, TmpCache, type TmpCacheOptions, type TmpUnavailable } from "./tmp-cache.ts";
import type { TmpFileSystem } from "./tmp-directory.ts";
import type { TmpFile } from "./tmp-file.ts";
import { partFileName, tmpFileName, tmpName } from "./tmp-names.ts";

let directory: string;
beforeEach(async () => {
  directory = await fsPromises.mkdtemp(join(tmpdir(), "tmp-cache-test-"));
});
afterEach(async () => {
  await fsPromises.rm(directory, { recursive: true });
});

const object = (key: string, bytes = 10, etag = "1") => ({ bucket: "b", key, etag, bytes });
const cacheOf = (options: TmpCacheOptions = {}): TmpCache => new TmpCache({ directory, maxBytes: 100, ...options });
const files = async (): Promise<string[]> => (await fsPromises.readdir(directory)).sort();

/** Fills a file with its letter and counts how often it was asked to. */
function filler(bytes = 10, letter = "x"): { fill: FillTmp; count: () => number } {
  let fills = 0;
  return {
    fill: async (sink) => {
      fills++;
      const half = Math.floor(bytes / 2);
      // In any order, at once: as a parallel download does.
      await Promise.all([
        sink.write(Buffer.alloc(bytes - half, letter), half),
        sink.write(Buffer.alloc(half, letter), 0),
      ]);
    },
    count: () => fills,
  };
}

async function acquired(answer: Promise<TmpFile | TmpUnavailable>): Promise<TmpFile> {
  const file = await answer;
  if ("unavailable" in file) throw new Error(`unavailable: ${file.unavailable}`);
  return file;
}

async function contentOf(file: TmpFile, from = 0): Promise<string> {
  const slices: Uint8Array[] = [];
  for await (const slice of file.read(from, { sliceBytes: 3 })) slices.push(slice);
  return Buffer.concat(slices).toString();
}

/** A disk whose calls can be made to fail. */
function faultyDisk(faults: {
  write?: (path: string, written: number) => string | undefined;
  freeBytes?: () => number;
  mkdir?: string;
}): TmpFileSystem {
  const failure = (code: string): Error => Object.assign(new Error(code), { code });
  let written = 0;
  return {
    ...fsPromises,
    mkdir: (async (...args: Parameters<typeof fsPromises.mkdir>) => {
      if (faults.mkdir !== undefined) throw failure(faults.mkdir);
      return fsPromises.mkdir(...args);
    }) as typeof fsPromises.mkdir,
    statfs: (async () => ({ bavail: faults.freeBytes?.() ?? 1e9, bsize: 1 })) as unknown as typeof fsPromises.statfs,
    open: async (path, flags, mode) => {
      const handle = await fsPromises.open(path, flags, mode);
      const write = handle.write.bind(handle) as (...args: unknown[]) => unknown;
      return Object.assign(handle, {
        write: async (...args: unknown[]) => {
          const code = faults.write?.(String(path), written);
          if (code !== undefined) throw failure(code);
          written += Number(args[2]);
          return write(...args);
        },
      });
    },
  };
}

describe("an object is downloaded once and read from its file", () => {
  it("fills a file, finds it again, and reads it from any byte", async () => {
    const cache = cacheOf();
    const { fill, count } = filler(10, "a");
    const first = await acquired(cache.acquire(object("k"), fill));
    expect([first.outcome, first.bytes, await contentOf(first)]).toEqual(["filled", 10, "aaaaaaaaaa"]);
    const second = await acquired(cache.acquire(object("k"), fill));
    expect([second.outcome, await contentOf(second, 8)]).toEqual(["held", "aa"]);
    expect(count()).toBe(1);
    expect(await contentOf(second, 10)).toBe("");
    await Promise.all([first.release(), second.release()]);
    expect(await files()).toEqual([tmpFileName(tmpName(object("k")), 10)]);
  });

  it("keeps versions of one key apart", async () => {
    const cache = cacheOf();
    const one = await acquired(cache.acquire(object("k", 10, "1"), filler(10, "a").fill));
    const two = await acquired(cache.acquire(object("k", 10, "2"), filler(10, "b").fill));
    expect([await contentOf(one), await contentOf(two)]).toEqual(["aaaaaaaaaa", "bbbbbbbbbb"]);
    await Promise.all([one.release(), two.release()]);
  });

  it("is filled once for runs that ask at the same time", async () => {
    const cache = cacheOf();
    const { fill, count } = filler();
    const both = await Promise.all([1, 2, 3].map(() => acquired(cache.acquire(object("k"), fill))));
    expect(count()).toBe(1);
    await Promise.all(both.map((file) => file.release()));
  });

  it("passes the failure of a download on, and leaves nothing behind", async () => {
    const cache = cacheOf();
    await expect(cache.acquire(object("k"), () => Promise.reject(new Error("412")))).rejects.toThrow("412");
    await expect(cache.acquire(object("k"), filler(9).fill)).rejects.toThrow(TmpFillError);
    expect(await files()).toEqual([]);
    expect(await cache.usedBytes()).toBe(0);
  });

  it("stops a download when nobody waits for it any more", async () => {
    const cache = cacheOf();
    const controller = new AbortController();
    let stopped: Promise<unknown> | undefined;
    const fill: FillTmp = (_sink, signal) => {
      stopped = new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
      });
      controller.abort(new Error("hop ends"));
      return stopped as Promise<void>;
    };
    await expect(cache.acquire(object("k"), fill, { signal: controller.signal })).rejects.toThrow("hop ends");
    await expect(stopped).rejects.toThrow("hop ends");
  });

  it("stores a file whose size is not known before", async () => {
    const cache = cacheOf({ maxBytes: 20 });
    const file = await acquired(
      cache.acquire({ bucket: "b", key: "k", etag: "1", variant: "gunzip" }, filler(20).fill),
    );
    expect(file.bytes).toBe(20);
    expect(await cache.usedBytes()).toBe(20);
    await file.release();
  });
});

describe("files stay within the budget", () => {
  it("evicts the least recently used, never one in use", async () => {
    const cache = cacheOf({ maxBytes: 30 });
    const pinned = await acquired(cache.acquire(object("a"), filler().fill));
    for (const key of ["b", "c"]) await (await acquired(cache.acquire(object(key), filler().fill))).release();
    await (await acquired(cache.acquire(object("b"), filler().fill))).release();
    await (await acquired(cache.acquire(object("d"), filler().fill))).release();
    const kept = ["a", "b", "d"].map((key) => tmpFileName(tmpName(object(key)), 10)).sort();
    expect(await files()).toEqual(kept);
    expect(await contentOf(pinned)).toBe("xxxxxxxxxx");
    await pinned.release();
  });

  it("evicts the least recently used, never one that is being written", async () => {
    const cache = cacheOf({ maxBytes: 30 });
    let go = (): void => {};
    const halfway = new Promise<void>((resolve) => {
      go = resolve;
    });
    let begun = (): void => {};
    const writing = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const first = cache.acquire(object("a", 20), async (sink) => {
      await sink.write(Buffer.alloc(10, "a"), 0);
      begun();
      await halfway;
      await sink.write(Buffer.alloc(10, "a"), 10);
    });
    await writing;
    expect(await cache.acquire(object("b", 20), filler(20).fill)).toEqual({ unavailable: "budget" });
    go();
    const file = await acquired(first);
    expect(await contentOf(file)).toBe("a".repeat(20));
    await file.release();
  });

  it("says so when an object does not fit, also if that shows only while it grows", async () => {
    const cache = cacheOf({ maxBytes: 30 });
    const pinned = await acquired(cache.acquire(object("a", 25), filler(25).fill));
    const { fill, count } = filler();
    expect(await cache.acquire(object("b"), fill)).toEqual({ unavailable: "budget" });
    expect(count()).toBe(0);
    expect(await cache.acquire({ bucket: "b", key: "c", etag: "1" }, filler(10).fill)).toEqual({
      unavailable: "budget",
    });
    expect(await files()).toEqual([tmpFileName(tmpName(object("a")), 25)]);
    await pinned.release();
    await (await acquired(cache.acquire(object("b"), fill))).release();
    expect(await cache.usedBytes()).toBe(10);
  });

  it("says so when an object would not fit even alone, so that nobody tries again", async () => {
    const cache = cacheOf({ maxBytes: 30 });
    expect(await cache.acquire(object("known", 31), filler(31).fill)).toEqual({ unavailable: "too-large" });
    const growing = { bucket: "b", key: "growing", etag: "1" };
    expect(await cache.acquire(growing, filler(31).fill)).toEqual({ unavailable: "too-large" });
    expect(await files()).toEqual([]);
  });

  it.each([
    ["whose signal was aborted", true],
    ["whose fence is not live any more", false],
  ])("gives back what a hop that never closed it uses, %s", async (_case, bySignal) => {
    const cache = cacheOf({ maxBytes: 10 });
    const controller = new AbortController();
    const fence = { isLive: true };
    const stuck = await acquired(cache.acquire(object("a"), filler().fill, { signal: controller.signal, fence }));
    expect(await cache.acquire(object("b"), filler().fill)).toEqual({ unavailable: "budget" });

    if (bySignal) controller.abort(new Error("hop ends"));
    else fence.isLive = false;
    const next = await acquired(cache.acquire(object("b"), filler(10, "y").fill));
    expect(await files()).toEqual([tmpFileName(tmpName(object("b")), 10)]);
    await expect(contentOf(stuck)).rejects.toThrow();
    await stuck.release({ remove: true });
    expect(await contentOf(next)).toBe("yyyyyyyyyy");
    await next.release();
  });

  it("keeps a file in use that a hop which is over shares with one that goes on", async () => {
    const cache = cacheOf({ maxBytes: 10 });
    const fence = { isLive: true };
    await acquired(cache.acquire(object("a"), filler().fill, { fence }));
    const live = await acquired(cache.acquire(object("a"), filler().fill, { fence: { isLive: true } }));
    fence.isLive = false;
    expect(await cache.acquire(object("b"), filler().fill)).toEqual({ unavailable: "budget" });
    expect(await contentOf(live)).toBe("xxxxxxxxxx");
    await live.release();
  });

  it("still removes a file on request when its use was given back before", async () => {
    const cache = cacheOf({ maxBytes: 20 });
    const file = await acquired(cache.acquire(object("a"), filler().fill));
    await file.release();
    await file.release({ remove: true });
    expect(await files()).toEqual([]);
  });

  it("removes a file on request, once the last run that uses it is done", async () => {
    const cache = cacheOf();
    const one = await acquired(cache.acquire(object("k"), filler().fill));
    const two = await acquired(cache.acquire(object("k"), filler().fill));
    await one.release({ remove: true });
    await one.release({ remove: true });
    expect(await contentOf(two)).toBe("xxxxxxxxxx");
    expect(await files()).toHaveLength(1);
    await two.release();
    expect(await files()).toEqual([]);
    expect(await cache.usedBytes()).toBe(0);
  });
});

describe("a full disk is an answer, never an error", () => {
  it("evicts and tries once more", async () => {
    let full = false;
    const cache = cacheOf({ files: faultyDisk({ write: () => (full ? "ENOSPC" : undefined) }) });
    await (await acquired(cache.acquire(object("old"), filler().fill))).release();
    full = true;
    const fill: FillTmp = async (sink) => {
      try {
        await sink.write(Buffer.alloc(10, "y"), 0);
      } catch (error) {
        full = false; // room was made by what was evicted
        throw error;
      }
    };
    const file = await acquired(cache.acquire(object("new"), fill));
    expect(await contentOf(file)).toBe("yyyyyyyyyy");
    expect(await files()).toEqual([tmpFileName(tmpName(object("new")), 10)]);
    await file.release();
  });

  it.each(["ENOSPC", "EDQUOT"])("gives up on %s that eviction does not mend, and leaves no half file", async (code) => {
    const cache = cacheOf({ files: faultyDisk({ write: (_path, written) => (written >= 14 ? code : undefined) }) });
    await (await acquired(cache.acquire(object("old"), filler().fill))).release();
    expect(await cache.acquire(object("new"), filler().fill)).toEqual({ unavailable: "disk-full" });
    expect(await files()).toEqual([]);
    expect(await cache.usedBytes()).toBe(0);
  });

  it("tries no more than twice, though others free the disk meanwhile", async () => {
    let free = 100;
    const cache = cacheOf({ files: faultyDisk({ write: () => "ENOSPC", freeBytes: () => free++ }) });
    const { fill, count } = filler();
    expect(await cache.acquire(object("k"), fill)).toEqual({ unavailable: "disk-full" });
    expect(count()).toBe(2);
  });

  it("does not begin a download that the disk has no room for, after evicting what it may", async () => {
    let free = 100;
    const cache = cacheOf({ files: faultyDisk({ freeBytes: () => free }) });
    await (await acquired(cache.acquire(object("old"), filler().fill))).release();
    free = 5;
    const { fill, count } = filler();
    expect(await cache.acquire(object("new"), fill)).toEqual({ unavailable: "disk-full" });
    expect(count()).toBe(0);
    expect(await files()).toEqual([]);
  });

  it.each(["EROFS", "EACCES"])("says so when the directory cannot be written (%s)", async (code) => {
    const cache = cacheOf({ files: faultyDisk({ mkdir: code }) });
    expect(await cache.acquire(object("k"), filler().fill)).toEqual({ unavailable: "unwritable" });
    expect(await cache.usedBytes()).toBe(0);
  });
});

describe("what an earlier process left", () => {
  it("is used if it is whole, in the order of its last use", async () => {
    const before = cacheOf({ now: () => 1_000_000 });
    await (await acquired(before.acquire(object("a"), filler().fill))).release();
    const later = cacheOf({ now: () => 2_000_000 });
    await (await acquired(later.acquire(object("b"), filler().fill))).release();

    const after = cacheOf({ maxBytes: 20, now: () => 3_000_000 });
    const { fill, count } = filler();
    const adopted = await acquired(after.acquire(object("b"), fill));
    expect([adopted.outcome, count()]).toEqual(["held", 0]);
    await (await acquired(after.acquire(object("c"), filler().fill))).release();
    const kept = ["b", "c"].map((key) => tmpFileName(tmpName(object(key)), 10)).sort();
    expect(await files()).toEqual(kept);
    await adopted.release();
  });

  it("is removed if it is damaged or over the budget; what is not ours stays", async () => {
    await fsPromises.writeFile(join(directory, tmpFileName(tmpName(object("short")), 10)), "12345");
    await fsPromises.writeFile(join(directory, tmpFileName(tmpName(object("big")), 11)), "12345678901");
    await fsPromises.writeFile(join(directory, "notes.txt"), "mine");
    const cache = cacheOf({ maxBytes: 10 });
    expect(await cache.usedBytes()).toBe(0);
    expect(await files()).toEqual(["notes.txt"]);
  });

  it("half-written files go if their process is gone or idle, and stay while it writes", async () => {
    const deadPid = 4_194_305; // above the largest process id Linux gives out
    await fsPromises.writeFile(join(directory, partFileName(deadPid, "dead")), "1");
    await fsPromises.writeFile(join(directory, partFileName(process.pid, "live")), "2");
    await fsPromises.writeFile(join(directory, partFileName(process.pid, "idle")), "3");
    const now = Date.now();
    await fsPromises.utimes(join(directory, partFileName(process.pid, "idle")), now / 1000 - 600, now / 1000 - 600);
    await cacheOf({ now: () => now }).usedBytes();
    expect(await files()).toEqual([partFileName(process.pid, "live")]);
  });

  it("that somebody deleted or cut short meanwhile is noticed", async () => {
    const cache = cacheOf();
    const { fill, count } = filler();
    const file = await acquired(cache.acquire(object("k"), fill));
    await fsPromises.truncate(file.path, 4);
    await expect(contentOf(file)).rejects.toThrow(TmpFileDamagedError);
    await file.release();
    await fsPromises.rm(file.path);
    const again = await acquired(cache.acquire(object("k"), fill));
    expect([again.outcome, count()]).toEqual(["filled", 2]);
    await again.release();
  });

  it("takes nine tenths of the free disk if no budget is given", async () => {
    const cache = new TmpCache({ directory, files: faultyDisk({ freeBytes: () => 100 }) });
    expect(await cache.acquire(object("k", 91), filler(91).fill)).toEqual({ unavailable: "too-large" });
    await (await acquired(cache.acquire(object("k", 90), filler(90).fill))).release();
  });
});
