import { S3Client } from "@aws-sdk/client-s3";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeSieve } from "../filter/passing-objects.ts";
import { pageOf } from "../walk/listed-page.ts";
import { type ActionSummary, objectAction } from "./object-action.ts";

const { signal } = new AbortController();
const failing = (key: string) => key.endsWith("!");
const action = objectAction({
  name: "each",
  work: async (objects) =>
    objects.filter(({ key }) => failing(key)).map(({ key }) => ({ key, code: "E", message: "why" })),
  sieve: makeSieve({ minBytes: 1 }, 0),
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
    await action.work?.(slice, signal);
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

describe("pages", () => {
  it("are worked on two at a time, so that some are done with before time is up; a failure makes room", async () => {
    let running = 0;
    let most = 0;
    const { work } = objectAction({
      name: "each",
      async work() {
        most = Math.max(most, ++running);
        await new Promise(setImmediate);
        running--;
        throw new Error("no luck");
      },
      sieve: makeSieve({}, 0),
      isDryRun: false,
      client: new S3Client({ region: "us-east-1" }),
      output: { bucket: "b", prefix: "" },
    });
    const page = pageOf([{ key: "a", size: 1, lastModified: "", etag: "", storageClass: "" }]);
    const worked = Array.from({ length: 6 }, () => work?.({ page, count: 1 }, signal));
    const ends = await Promise.allSettled(worked);
    expect(ends.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => "rejected"));
    expect(most).toBe(2);
  });
});
