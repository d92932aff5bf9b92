import { systemHost } from "@longhaul/core/parts";
import { describe, expect, it } from "vitest";
import { keepKeys } from "../../test/keep-keys.ts";
import { MemoryWalkRecords } from "../../test/memory-walk-records.ts";
import { SimulatedBucket } from "../../test/simulated-bucket.ts";
import type { PartResult } from "./join-walk.ts";
import type { PartState } from "./part-state.ts";
import type { WalkAction } from "./walk-action.ts";
import { type PartWork, walkPart } from "./walk-part.ts";

const pageKeys = 10;
const BEGINNING: PartState<string[]> = { ranges: [{ after: "", through: null }], summary: [], learned: [] };
const keysOf = (count: number) => Array.from({ length: count }, (_, i) => `k${String(i).padStart(4, "0")}`);

async function partOf(keys: readonly string[], giveAboveMs = 1e9) {
  const records = new MemoryWalkRecords();
  const claim = records.claim.bind(records);
  const claims: string[] = [];
  records.claim = async (walk, part, maxOpen) => {
    claims.push(part);
    await new Promise(setImmediate);
    return claim(walk, part, maxOpen);
  };
  const target = { id: "w", bucket: "b", prefix: "", startedAtMs: 0 };
  await records.open(target);
  const bucket = new SimulatedBucket(keys, { pageKeys });
  const worked: string[] = [];
  const started: string[] = [];
  let saved: () => PartState<string[]> = () => BEGINNING;
  let nowMs = 0;
  const action: WalkAction<string[]> = {
    ...keepKeys,
    async work({ page, count }) {
      for (let i = 0; i < count; i++) worked.push(page.key(i));
    },
  };
  const work: PartWork<string[]> = {
    ...{ target, part: "0", token: 1, action, records },
    list: bucket.listAtOnce,
    settings: { maxRuns: 8, concurrency: 1, giveAboveMs, pageKeys },
    host: { ...systemHost, now: () => nowMs++ },
    startChild: async (child) => void started.push(child),
    signal: new AbortController().signal,
    usableMs: 1e6,
    onPersist: (persist) => {
      saved = persist;
    },
    progress: () => {},
  };
  return {
    records,
    claims,
    bucket,
    worked,
    started,
    saved: () => saved(),
    work,
    /** A hop from a state to the part's end, or only so many safe points far. */
    async hop(state: PartState<string[]>, safePoints = Number.POSITIVE_INFINITY): Promise<PartResult | undefined> {
      const hop = walkPart(JSON.parse(JSON.stringify(state)) as PartState<string[]>, work);
      for (let i = 0; i < safePoints; i++) {
        const step = await hop.next();
        if (step.done) return step.value;
      }
      await hop.return(undefined as never);
      return undefined;
    },
  };
}

describe("a part that is done", () => {
  it("is neither listed nor worked on again, however old the state is with which it comes once more", async () => {
    const { records, bucket, worked, hop } = await partOf(keysOf(100));
    const result = await hop(BEGINNING);
    expect(result).toEqual({ walk: "w", part: "0", isLast: true, result: keysOf(100) });
    const before = [bucket.requests, worked.length, await records.log("w", "0")];
    expect(await hop(BEGINNING)).toEqual(result);
    expect([bucket.requests, worked.length, await records.log("w", "0")]).toEqual(before);
  });
});

describe("a hop that goes on from what was saved last", () => {
  it("lists and works on what is left, once", async () => {
    const { bucket, worked, saved, hop } = await partOf(keysOf(100));
    await hop(BEGINNING, 4);
    const left = saved();
    expect(left.summary.length).toBeGreaterThanOrEqual(3 * pageKeys);
    expect(left.summary).toEqual(worked.slice(0, left.summary.length));
    const [requests, already] = [bucket.requests, worked.length];
    expect(await hop(left)).toMatchObject({ result: keysOf(100) });
    // The page that was under way is lost.
    expect(bucket.requests - requests).toBeLessThanOrEqual((100 - left.summary.length) / pageKeys + 2);
    expect(worked.slice(already).sort()).toEqual(keysOf(100).slice(left.summary.length));
  });

  it("leaves to others what was given away meanwhile, and starts who has it", async () => {
    const { records, worked, started, saved, hop } = await partOf(keysOf(400), 1);
    const first = saved();
    await hop(first, 6);
    const [given = []] = (await records.log("w", "0")).flatMap((entry) =>
      entry.kind === "gave" ? [entry.ranges] : [],
    );
    const behind = given[0]?.after ?? "";
    expect(behind).toMatch(/^k/);
    const already = worked.length;
    started.length = 0;
    expect(await hop(first)).toMatchObject({ isLast: false });
    expect(worked.slice(already).filter((key) => key > behind)).toEqual([]);
    expect(started).toContain("0.1");
  });
});

describe("a part that has nothing to give though it takes long", () => {
  it("keeps no place for a child", async () => {
    const { records, claims, hop } = await partOf(keysOf(25), 1);
    await hop({ ...BEGINNING, ranges: [{ after: "", through: "k0024" }] }, 2);
    expect(claims).toEqual(["0.1"]);
    expect(records.walks.get("w")?.open).toEqual(["0"]);
  });
});

describe("a part whose gift waits for a throttled table", () => {
  async function waiting(safePoints: number) {
    const part = await partOf(keysOf(400), 1);
    const { promise: isWritten, resolve: write } = Promise.withResolvers<void>();
    const append = part.records.append.bind(part.records);
    const given: unknown[] = [];
    part.records.append = async (walk, id, index, entry) => {
      if (entry.kind === "gave") {
        given.push(...entry.ranges);
        await isWritten;
      }
      return append(walk, id, index, entry);
    };
    const steps = walkPart(BEGINNING, part.work);
    for (let i = 0; i < safePoints; i++) await steps.next();
    return { ...part, steps, given, write };
  }

  // It takes milliseconds, or hangs.
  it("goes on and can be saved while its gift waits: what it gives counts as open until then", {
    timeout: 15_000,
  }, async () => {
    const { saved, given, worked, steps, write, records } = await waiting(12);
    expect(given).toHaveLength(1);
    expect(worked.length).toBeGreaterThan(100);
    expect(saved().ranges).toEqual(expect.arrayContaining(given));
    write();
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    expect((await records.log("w", "0")).map(({ kind }) => kind)).toContain("gave");
    expect(saved().ranges).not.toEqual(expect.arrayContaining(given));
    await steps.return(undefined as never);
  });

  it("ends when its gift is written down, and no earlier", async () => {
    const { steps, write, records, started } = await waiting(1);
    const over = (async () => {
      for (;;) if ((await steps.next()).done) return;
    })();
    for (let turn = 0; turn < 300; turn++) await new Promise(setImmediate);
    expect((await records.log("w", "0")).map(({ kind }) => kind)).toEqual(["began"]);
    write();
    await over;
    const kinds = (await records.log("w", "0")).map(({ kind }) => kind);
    expect([kinds[1], kinds.at(-1)]).toEqual(["gave", "done"]);
    expect(started).toContain("0.1");
  });
});
