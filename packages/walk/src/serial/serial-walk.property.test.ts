import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nastyKey, nastyKeys } from "../../test/nasty-keys.ts";
import { isRefused as isStartAfterRefused } from "../../test/simulated-bucket.ts";
import { compareKeys } from "../listing/key-order.ts";
import { pageOf } from "../listing/listed-page.ts";
import type { WalkAction } from "../runs/walk-action.ts";
import { BEGINNING, type SerialState, serialState } from "./serial-state.ts";
import { type ListNext, type SerialResult, serialWalk } from "./serial-walk.ts";

const target = { id: "w", bucket: "b", prefix: "", startedAtMs: 0 };
const { signal } = new AbortController();
const badRequest = Object.assign(new Error("The continuation token provided is incorrect"), {
  name: "InvalidArgument",
  $metadata: { httpStatusCode: 400 },
});

/** Remembers the keys themselves. */
const remembering: WalkAction<{ keys: string[] }> = {
  empty: () => ({ keys: [] }),
  account(summary, { page, count }) {
    for (let i = 0; i < count; i++) summary.keys.push(page.key(i));
  },
  merge: (into, other) => void into.keys.push(...other.keys),
  finish: async (summary) => summary.keys,
};

/** A bucket whose tokens are places in it, and of which some are refused, as are `StartAfter` values that are no plain text. */
function bucketOf(keys: readonly string[], pageKeys: number, isRefused: () => boolean = () => false) {
  const sorted = keys.toSorted(compareKeys);
  const asked: ("token" | "key" | "start")[] = [];
  // No token is like another, as S3 has it.
  let tokens = 0;
  const list: ListNext = async ({ token, startAfter }) => {
    asked.push(token !== undefined ? "token" : startAfter ? "key" : "start");
    if (token === undefined ? isStartAfterRefused(startAfter ?? "") : isRefused()) throw badRequest;
    const after = token?.replace(/^page \d+ behind /, "") ?? startAfter;
    const from = !after ? 0 : sorted.filter((key) => compareKeys(key, after) <= 0).length;
    const page = sorted.slice(from, from + pageKeys);
    const isTruncated = from + page.length < sorted.length;
    const objects = page.map((key) => ({ key, size: key.length, lastModified: "", etag: "", storageClass: "" }));
    return pageOf(objects, isTruncated ? `page ${tokens++} behind ${page.at(-1)}` : undefined, isTruncated);
  };
  return { list, asked, sorted };
}

/** Refuses some tokens at random. */
function refusing(random: Iterator<boolean>): () => boolean {
  let left = 5;
  return () => left > 0 && Boolean(random.next().value) && left-- > 0;
}

/** Drives a walk; `isKilled` says after which states the walk is begun anew from the last state that was saved. */
async function drive(list: ListNext, entry: SerialState, isKilled: () => boolean): Promise<SerialResult> {
  let saved = entry;
  for (;;) {
    const walk = serialWalk(saved, { list, action: remembering, target, signal, progress: () => {} });
    for (;;) {
      const step = await walk.next();
      if (step.done) return step.value;
      const checked = serialState["~standard"].validate(JSON.parse(JSON.stringify(step.value)));
      if (checked instanceof Promise || checked.issues)
        throw new Error(`The state is refused: ${JSON.stringify(checked)}`);
      expect(checked.value).toEqual(step.value);
      saved = checked.value;
      if (isKilled()) break;
    }
  }
}

describe("[S1.2] a serial walk meets every object once", () => {
  it("wherever it is stopped, and whichever tokens are refused", async () => {
    await fc.assert(
      fc.asyncProperty(
        nastyKeys.map((keys) => keys.slice(0, 40)),
        fc.integer({ min: 1, max: 6 }),
        fc.infiniteStream(fc.boolean()),
        fc.infiniteStream(fc.boolean()),
        async (all, pageKeys, kills, refusals) => {
          const keys = [...new Set(all)];
          const { list, sorted } = bucketOf(keys, pageKeys, refusing(refusals));
          const result = await drive(list, BEGINNING, () => kills.next().value as boolean);
          expect(result).toEqual({
            objects: keys.length,
            bytes: keys.reduce((sum, key) => sum + key.length, 0),
            result: sorted,
          });
        },
      ),
    );
  });
});

describe("[S1.1] a serial walk whose hops alternate with those of a handler that only counts", () => {
  it("lists every object once, and its result is on those that it does not tell apart", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(40),
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.boolean()),
        async (count, pageKeys, cast) => {
          const keys = Array.from({ length: count }, (_, i) => `k${i}`);
          const { list, sorted } = bucketOf(keys, pageKeys);
          let state: SerialState = BEGINNING;
          for (const isOurs of cast) {
            if (!isOurs) {
              // As the Python handler does: one page, and a new state of three fields.
              const { objects, bytes, continuationToken } = state;
              const page = await list({ token: continuationToken, startAfter: undefined }, signal);
              if (page.nextToken === undefined) break;
              const size = Array.from({ length: page.length }, (_, i) => page.size(i)).reduce((a, b) => a + b, 0);
              state = { objects: objects + page.length, bytes: bytes + size, continuationToken: page.nextToken };
              continue;
            }
            const walk = serialWalk(state, { list, action: remembering, target, signal, progress: () => {} });
            const step = await walk.next();
            if (step.done) break;
            state = JSON.parse(JSON.stringify(step.value)) as SerialState;
          }
          const { objects, bytes, countedElsewhere = 0, result } = await drive(list, state, () => true);
          expect([objects, bytes]).toEqual([count, keys.reduce((sum, key) => sum + key.length, 0)]);
          expect(result).toEqual(sorted.slice(countedElsewhere));
        },
      ),
    );
  });
});

describe("[S1.2] a token that expired or is refused", () => {
  const keys = ["a", "b", "c", "d"];

  it("is replaced by the last key", async () => {
    const { list, asked } = bucketOf(keys, 2, () => true);
    expect((await drive(list, BEGINNING, () => false)).result).toEqual(keys);
    expect(asked).toEqual(["start", "token", "key"]);
  });

  it("ends the run if the state is not ours and has no last key, with what to do", async () => {
    const { list } = bucketOf(keys, 2, () => true);
    const foreign = { objects: 2, bytes: 2, continuationToken: "b" };
    await expect(drive(list, foreign, () => false)).rejects.toMatchObject({
      code: "TOKEN_REFUSED",
      message: expect.stringContaining("CURRENT_STATE.lastKey"),
      cause: badRequest,
    });
  });

  it("and comes for ever, where no StartAfter leads on, is an error", async () => {
    const { list, asked } = bucketOf(["k\u00011", "k\u00012", "k\u00013"], 1, () => true);
    const entry = { objects: 2, bytes: 6, continuationToken: "t", lastKey: "k\u00012" };
    await expect(drive(list, entry, () => false)).rejects.toMatchObject({ code: "LISTING_ENDLESS" });
    expect(asked.length).toBeLessThan(30);
  });

  it("is not what any other error is taken for", async () => {
    const denied = Object.assign(new Error("no"), { name: "AccessDenied", $metadata: { httpStatusCode: 403 } });
    let asked = 0;
    const list: ListNext = () => {
      asked++;
      return Promise.reject(denied);
    };
    const entry = { objects: 0, bytes: 0, continuationToken: "t", lastKey: "k" };
    await expect(drive(list, entry, () => false)).rejects.toBe(denied);
    expect(asked).toBe(1);
  });
});

describe("[S1.2] each page of a serial walk", () => {
  it("is worked on before it is accounted for, told of, and released", async () => {
    const { list } = bucketOf(["a", "b", "c"], 2);
    const done: string[] = [];
    const action: typeof remembering = {
      ...remembering,
      async work({ page, count }) {
        await new Promise(setImmediate);
        done.push(`work on ${count} from ${page.key(0)}`);
      },
      account: (_, { count }) => void done.push(`account ${count}`),
    };
    const walk = serialWalk(BEGINNING, {
      list: async (place, abort) => ({ ...(await list(place, abort)), release: () => void done.push("release") }),
      ...{ action, target, signal },
      progress: ({ records, bytes }) => void done.push(`${records} objects, ${bytes} bytes`),
    });
    for (;;) if ((await walk.next()).done) break;
    expect(done).toEqual([
      ...["work on 2 from a", "account 2", "release", "2 objects, 2 bytes"],
      ...["work on 1 from c", "account 1", "release", "3 objects, 3 bytes"],
    ]);
  });

  it("that cannot be worked on ends the hop before it is accounted for", async () => {
    const { list } = bucketOf(["a", "b", "c"], 2);
    let pages = 0;
    const action: typeof remembering = {
      ...remembering,
      work: () => (pages++ === 0 ? Promise.resolve() : Promise.reject(new Error("no luck"))),
    };
    const walk = serialWalk(BEGINNING, { list, action, target, signal, progress: () => {} });
    expect((await walk.next()).value).toMatchObject({ objects: 2, summary: { keys: ["a", "b"] } });
    await expect(walk.next()).rejects.toThrow("no luck");
  });
});

describe("[S1.2] a listing that says that more follows, but not where,", () => {
  it("is gone on with behind its last key", async () => {
    const { list } = bucketOf(["a", "b", "c"], 2);
    const withoutTokens: ListNext = async (place, signal) => {
      const { length, key, isTruncated } = await list(place, signal);
      const keys = Array.from({ length }, (_, i) => key(i));
      return pageOf(
        keys.map((key) => ({ key, size: 1, lastModified: "", etag: "", storageClass: "" })),
        undefined,
        isTruncated,
      );
    };
    expect((await drive(withoutTokens, BEGINNING, () => true)).result).toEqual(["a", "b", "c"]);
  });

  it.each([undefined, "t"])("and has no keys, is refused: it would come for ever (token %s)", async (token) => {
    const list: ListNext = async () => pageOf([], token, true);
    await expect(drive(list, { ...BEGINNING, lastKey: "k" }, () => false)).rejects.toMatchObject({
      code: "LISTING_ENDLESS",
    });
  });

  it("and has no keys but a token is followed by what that leads to", async () => {
    const object = { key: "a", size: 1, lastModified: "", etag: "", storageClass: "" };
    const list: ListNext = async ({ token }) => (token === "t" ? pageOf([object]) : pageOf([], "t"));
    expect((await drive(list, BEGINNING, () => true)).result).toEqual(["a"]);
  });
});

describe("[S1.1] a state that is a text", () => {
  const stateOf = (state: string) => {
    const checked = serialState["~standard"].validate(state);
    if (checked instanceof Promise || checked.issues) throw new Error(`It is refused: ${JSON.stringify(checked)}`);
    return checked.value;
  };

  it("is the key that was walked last: the walk goes on behind it, wherever it is stopped, whatever the keys", async () => {
    await fc.assert(
      fc.asyncProperty(
        nastyKeys.map((keys) => keys.slice(0, 40)),
        fc.option(nastyKey),
        fc.integer({ min: 1, max: 6 }),
        fc.infiniteStream(fc.boolean()),
        fc.infiniteStream(fc.boolean()),
        async (all, other, pageKeys, kills, refusals) => {
          const keys = [...new Set(all)];
          // A key of the bucket, or one that is none.
          const last = other ?? keys[keys.length >> 1] ?? "";
          const { list, sorted } = bucketOf(keys, pageKeys, refusing(refusals));
          const { objects, result } = await drive(list, stateOf(last), () => kills.next().value as boolean);
          const behind = sorted.filter((key) => compareKeys(key, last) > 0);
          expect([objects, result]).toEqual([behind.length, behind]);
        },
      ),
    );
  });

  it("is never a token", async () => {
    const { list, asked } = bucketOf(["k053", "k054", "k055"], 10);
    expect((await drive(list, stateOf("k054"), () => false)).result).toEqual(["k055"]);
    expect(asked).toEqual(["key"]);
  });

  it("is the beginning if it is empty", () => {
    expect(stateOf("")).toEqual(BEGINNING);
  });

  it("and cannot be a StartAfter costs one page more than one that can", async () => {
    const keys = Array.from({ length: 20 }, (_, i) => `k\u0001${String(i).padStart(2, "0")}`);
    const { list, asked } = bucketOf([...keys, "k9"], 5);
    expect((await drive(list, stateOf("k\u000117"), () => true)).result).toEqual([...keys.slice(18), "k9"]);
    expect(asked).toEqual(["key", "token", "token", "token", "token"]);
  });
});

describe("[S1.1] a state", () => {
  it("of a handler that only counts is gone on from, and its objects are told apart", async () => {
    const { list } = bucketOf(["a", "b", "c", "d", "e"], 2);
    const result = await drive(list, { objects: 1_002, bytes: 5, continuationToken: "b" }, () => true);
    expect(result).toEqual({ objects: 1_005, bytes: 8, countedElsewhere: 1_002, result: ["c", "d", "e"] });
  });

  it.each([
    [7, "must be an object, or the key"],
    [["k054"], "must be an object, or the key"],
    ["a\ud800", "must be a text of Unicode"],
    [{ bytes: 0 }, "CURRENT_STATE.objects"],
    [{ objects: -1, bytes: 0 }, "CURRENT_STATE.objects"],
    [{ objects: 0, bytes: "0" }, "CURRENT_STATE.bytes"],
    [{ objects: 0, bytes: 0, continuationToken: 7 }, "CURRENT_STATE.continuationToken"],
    [{ objects: 0, bytes: 0, lastKey: "" }, "CURRENT_STATE.lastKey"],
    [{ objects: 0, bytes: 0, summary: "x" }, "CURRENT_STATE.summary"],
  ])("that cannot be used is refused by name: %j", (state, message) => {
    expect(serialState["~standard"].validate(state)).toEqual({
      issues: [{ message: expect.stringContaining(message) }],
    });
  });

  it("that was yielded does not change any more", async () => {
    const { list } = bucketOf(["a", "b", "c"], 1);
    const walk = serialWalk(BEGINNING, { list, action: remembering, target, signal, progress: () => {} });
    const first = (await walk.next()).value;
    const asYielded = JSON.stringify(first);
    for (;;) if ((await walk.next()).done) break;
    expect(JSON.stringify(first)).toBe(asYielded);
  });
});
