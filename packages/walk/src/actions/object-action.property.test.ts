import { S3Client } from "@aws-sdk/client-s3";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pageFilter } from "../filter/page-filter.ts";
import { pageOf } from "../listing/listed-page.ts";
import { type ActionSummary, type ObjectWork, objectAction } from "./object-action.ts";

const hop = { signal: new AbortController().signal, usableMs: 1e6, onStarted: () => {} };
const failing = (key: string) => key.endsWith("!");
const action = objectAction({
  name: "each",
  work: async (objects) =>
    objects.filter(({ key }) => failing(key)).map(({ key }) => ({ key, code: "E", message: "why" })),
  passing: pageFilter({ minBytes: 1 }, 0),
  isDryRun: false,
  maxFailures: 3,
  client: new S3Client({ region: "us-east-1" }),
  output: { bucket: "b", prefix: "" },
});

const key = fc
  .tuple(fc.string({ unit: "binary", maxLength: 3 }), fc.boolean())
  .map(([text, fails]) => `${text}${fails ? "!" : ""}`);
const objects = fc.uniqueArray(fc.record({ key, size: fc.nat(3) }), { selector: ({ key }) => key, maxLength: 30 });

async function summaryOf(some: readonly { readonly key: string; readonly size: number }[]): Promise<ActionSummary> {
  const summary = action.empty();
  // Pages of five: one on which all fails is too short to end the walk.
  for (let at = 0; at < some.length; at += 5) {
    const page = pageOf(
      some.slice(at, at + 5).map((object) => ({ ...object, lastModified: "", etag: "", storageClass: "" })),
    );
    const slice = { page, count: page.length };
    await action.work?.(slice, hop);
    action.account(summary, slice);
  }
  return summary;
}

describe("what an action came to", () => {
  it("does not depend on how the objects were divided, and counts those that failed", async () => {
    await fc.assert(
      fc.asyncProperty(objects, fc.infiniteStream(fc.nat(3)), async (all, parts) => {
        const divided: (typeof all)[] = [[], [], [], []];
        for (const each of all) divided[parts.next().value as number]?.push(each);
        const merged = action.empty();
        for (const part of divided) action.merge(merged, await summaryOf(part));
        expect(merged).toEqual(await summaryOf(all));
        const passed = all.filter(({ size }) => size >= 1);
        expect(merged.objects).toBe(passed.length);
        expect(merged.failed).toBe(passed.filter(({ key }) => failing(key)).length);
        expect(merged.failures).toHaveLength(Math.min(3, merged.failed));
      }),
    );
  });

  it("is nothing that was not worked on", () => {
    const page = pageOf([{ key: "a", size: 1, lastModified: "", etag: "", storageClass: "" }]);
    expect(() => action.account(action.empty(), { page, count: 1 })).toThrow("was not worked on");
  });
});

describe("slices of pages", () => {
  const optionsOf = (work: ObjectWork) => ({
    ...{ name: "each", work, passing: pageFilter({}, 0), isDryRun: false },
    ...{ client: new S3Client({ region: "us-east-1" }), output: { bucket: "b", prefix: "" } },
  });
  const slice = () => ({
    page: pageOf([{ key: "a", size: 1, lastModified: "", etag: "", storageClass: "" }]),
    count: 1,
  });

  it("are begun with two at a time, so that most that are begun with are done before time is up; a failure makes room", async () => {
    let running = 0;
    let most = 0;
    const { work } = objectAction(
      optionsOf(async () => {
        most = Math.max(most, ++running);
        await new Promise(setImmediate);
        running--;
        throw new Error("no luck");
      }),
    );
    const worked = Array.from({ length: 6 }, () => work?.(slice(), hop));
    const ends = await Promise.allSettled(worked);
    expect(ends.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => "rejected"));
    expect(most).toBe(2);
  });

  it("are begun with while an object of another one hangs", async () => {
    let begun = 0;
    const { work } = objectAction(
      optionsOf((_, { onStarted }) => {
        begun++;
        onStarted();
        return new Promise(() => {});
      }),
    );
    let started = 0;
    const onStarted = () => {
      started++;
    };
    for (let i = 0; i < 6; i++) void work?.(slice(), { ...hop, onStarted });
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    expect([begun, started]).toEqual([6, 6]);
  });
});

describe("a walk", () => {
  const wide = objectAction({
    ...{ name: "each", work: async () => [], passing: pageFilter({}, 0), isDryRun: false },
    ...{ client: new S3Client({ region: "us-east-1" }), output: { bucket: "b", prefix: "" } },
  });
  const failures = (count: number, key: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => ({ key: key(i), code: "E", message: "why".repeat(100) }));

  function finishing() {
    const written: string[] = [];
    const client = new S3Client({ region: "us-east-1" });
    client.middlewareStack.add(
      () => async (args) => {
        written.push(String((args.input as { Body?: unknown }).Body));
        return { output: { $metadata: {} }, response: {} };
      },
      { step: "initialize" },
    );
    const work = async () => [];
    const { finish } = objectAction({
      ...{ name: "each", work, passing: pageFilter({}, 0), isDryRun: false },
      ...{ client, output: { bucket: "results", prefix: "" } },
    });
    return { written, finish };
  }
  const walk = { id: "w", bucket: "b", prefix: "", startedAtMs: 0 };

  it("has failed if every object did, and says why; the failures are written all the same", async () => {
    const { written, finish } = finishing();
    const summary = { objects: 2, bytes: 2, failed: 2, failures: failures(2, (i) => `k${i}`) };
    await expect(finish(summary, walk)).rejects.toMatchObject({
      code: "ACTION_FAILS",
      isPermanent: true,
      message: expect.stringMatching(/^each failed for each of 2 objects, first for "k0": E: why/),
    });
    expect(JSON.parse(written[0] ?? "")).toMatchObject(summary);
  });

  it("names in its result how many failed, and the first few reasons", async () => {
    const { finish } = finishing();
    const all = failures(50, (i) => `k${i}`);
    expect(await finish({ objects: 90, bytes: 9, failed: 50, failures: all }, walk)).toMatchObject({
      objects: 90,
      failed: 50,
      failures: all.slice(0, 3),
    });
  });

  it("keeps no failure behind one for which there was no room, though it is small", () => {
    const large = failures(12, (i) => `a${String(i).padStart(2, "0")}${"\u0001".repeat(1_000)}`);
    const summary = wide.empty();
    for (const some of [large, failures(1, () => "b")]) {
      wide.merge(summary, { objects: 0, bytes: 0, failed: some.length, failures: some });
    }
    expect(summary.failures).toEqual(large.slice(0, summary.failures.length));
    expect(summary.unnamedFrom).toBe(large[summary.failures.length]?.key);
  });

  it("keeps failures of at most 64 KiB, those whose keys sort first, however they come together", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ length: fc.constantFrom(1, 400, 1_000), part: fc.nat(3) }), {
          minLength: 60,
          maxLength: 90,
        }),
        (described) => {
          const all = described.map(({ length }, i) => ({
            key: `${String(i).padStart(2, "0")}${"\u0001".repeat(length)}`,
            ...{ code: "E", message: "why" },
          }));
          const summaryOf = (some: readonly (typeof all)[]) => {
            const summary = wide.empty();
            for (const failures of some) {
              wide.merge(summary, { objects: 0, bytes: 0, failed: failures.length, failures: [...failures] });
            }
            return summary;
          };
          const divided = [3, 1, 0, 2].map((part) => all.filter((_, i) => described[i]?.part === part));
          const merged = summaryOf(divided);
          expect(merged).toEqual(summaryOf([all]));
          expect(merged.failed).toBe(all.length);
          const { length } = merged.failures;
          expect(merged.failures).toEqual(all.slice(0, length));
          expect(merged.unnamedFrom).toBe(all[length]?.key);
          expect(Buffer.byteLength(JSON.stringify(merged.failures))).toBeLessThan(66_000);
        },
      ),
    );
  });
});
