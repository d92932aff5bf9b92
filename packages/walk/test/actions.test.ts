import { systemHost } from "@longhaul/core/parts";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { copyObject } from "../src/actions/copy-object.ts";
import { deleteWork } from "../src/actions/delete-work.ts";
import { eachWork } from "../src/actions/each-work.ts";
import { objectAction } from "../src/actions/object-action.ts";
import { ActionHealth } from "../src/actions/object-retries.ts";
import type { ObjectTries } from "../src/actions/try-object.ts";
import type { ObjectFilter } from "../src/filter/object-filter.ts";
import { pageFilter } from "../src/filter/page-filter.ts";
import { reportAction } from "../src/report/report-action.ts";
import { Semaphore } from "../src/semaphore.ts";
import { type LocalBuckets, startLocalBuckets } from "./local-bucket.ts";

const SPECIAL = [
  " leading and trailing ",
  "!'()*~._-",
  "a+b&c=d?e#f%20g%2F;:@,",
  "a//b///c/",
  "/slash first",
  "./../dots/../x",
  "back\\slash",
  "line\r\nbreak\ttab",
  "control\u0001\u001f",
  "quote\"<xml>&amp;'",
  "é/写真/😀",
  "\u{10ffff}\ufffd",
];

const tries: ObjectTries = { tries: 3, timeoutMs: 60_000, health: new ActionHealth(), host: systemHost };
const output = { bucket: "results", prefix: "walks/" };

let s3: LocalBuckets;
beforeAll(async () => {
  s3 = await startLocalBuckets("results");
});
afterAll(() => s3.stop());
beforeEach(() => {
  delete s3.hooks.isDenied;
  s3.operations.length = 0;
});

let buckets = 0;
async function newBucket(): Promise<string> {
  const name = `bucket-${buckets++}`;
  await s3.aws.s3.createBucket(name);
  return name;
}

const everything = (filter: ObjectFilter = {}) => pageFilter(filter, Date.now());

function copying(bucket: string, target: { bucket: string; prefix: string }, isDryRun = false) {
  const work = eachWork({
    name: "copy",
    semaphore: new Semaphore(8),
    tries,
    work: (object, signal) => copyObject({ client: s3.client, bucket, prefix: "", target }, object, signal),
  });
  return objectAction({ name: "copy", work, passing: everything(), isDryRun, client: s3.client, output });
}

function deleting(bucket: string, filter: ObjectFilter = {}, isDryRun = false) {
  const work = deleteWork({ client: s3.client, bucket, semaphore: new Semaphore(4), tries });
  return objectAction({ name: "delete", work, passing: everything(filter), isDryRun, client: s3.client, output });
}

describe("copy", () => {
  it("copies every object with its content and metadata, whatever its key", async () => {
    const [from, to] = [await newBucket(), await newBucket()];
    for (const key of SPECIAL) await s3.put(from, key, `body of ${key}`, { ContentType: "text/x-special" });
    const { result } = await s3.walk(from, copying(from, { bucket: to, prefix: "kept/" }));
    expect(result).toMatchObject({ action: "copy", isDryRun: false, objects: SPECIAL.length, failed: 0 });
    expect((await s3.keys(to)).sort()).toEqual(SPECIAL.map((key) => `kept/${key}`).sort());
    for (const key of SPECIAL) expect(await s3.text(to, `kept/${key}`)).toBe(`body of ${key}`);
  });

  it("only counts in a dry run", async () => {
    const [from, to] = [await newBucket(), await newBucket()];
    await s3.put(from, "a", "12345");
    const { result } = await s3.walk(from, copying(from, { bucket: to, prefix: "" }, true));
    expect(result).toMatchObject({ isDryRun: true, objects: 1, bytes: 5, failed: 0 });
    expect(await s3.keys(to)).toEqual([]);
  });

  it("ends the walk if nothing of a whole page can be copied", async () => {
    const from = await newBucket();
    for (let i = 0; i < 12; i++) await s3.put(from, `k${i}`);
    await expect(s3.walk(from, copying(from, { bucket: "no-such-bucket", prefix: "" }))).rejects.toMatchObject({
      code: "ACTION_FAILS",
      message: expect.stringMatching(/^copy failed for each of 12 objects, first for "k\d+": NoSuchBucket/),
    });
  });
});

describe("delete", () => {
  it("deletes what passes the filter, whatever its key, and nothing else", async () => {
    const bucket = await newBucket();
    for (const key of SPECIAL) await s3.put(bucket, key, "x");
    await s3.put(bucket, "kept", "xx");
    const { result } = await s3.walk(bucket, deleting(bucket, { maxBytes: 1 }));
    expect(result).toMatchObject({ objects: SPECIAL.length, failed: 0 });
    expect(await s3.keys(bucket)).toEqual(["kept"]);
  });

  it("only counts in a dry run", async () => {
    const bucket = await newBucket();
    await s3.put(bucket, "a", "12345");
    expect((await s3.walk(bucket, deleting(bucket, {}, true))).result).toMatchObject({ isDryRun: true, objects: 1 });
    expect(await s3.keys(bucket)).toEqual(["a"]);
  });

  it("in requests of 1,000, while it is listed", async () => {
    const bucket = await newBucket();
    s3.aws.s3.loadKeys(
      bucket,
      Array.from({ length: 2_500 }, (_, i) => ({ key: `k${i}`, size: 1 })),
    );
    expect((await s3.walk(bucket, deleting(bucket))).result).toMatchObject({ objects: 2_500, bytes: 2_500, failed: 0 });
    expect(s3.operations.filter((operation) => operation === "DeleteObjects")).toHaveLength(3);
    expect(await s3.keys(bucket)).toEqual([]);
  });

  it.each(["b", "b, which no XML can hold: \u0001"])(
    "keeps an object that was replaced since it was listed, and names it; one that is gone is no failure (%j)",
    async (replaced) => {
      const bucket = await newBucket();
      for (const key of ["a", replaced, "c"]) await s3.put(bucket, key, "listed");
      const action = deleting(bucket);
      const { work } = action;
      const { summary } = await s3.walk(bucket, {
        ...action,
        async work(slice, signal) {
          await s3.put(bucket, replaced, "replaced meanwhile");
          await s3.walk(bucket, deleting(bucket, { suffix: "c" }));
          await work?.(slice, signal);
        },
      });
      expect(summary).toMatchObject({
        objects: 3,
        failed: 1,
        failures: [{ key: replaced, code: "PreconditionFailed" }],
      });
      expect(await s3.keys(bucket)).toEqual([replaced]);
      expect(await s3.text(bucket, replaced)).toBe("replaced meanwhile");
    },
  );

  it("may be done again, as after a crash", async () => {
    const bucket = await newBucket();
    for (const key of SPECIAL) await s3.put(bucket, key);
    const action = deleting(bucket);
    const { work } = action;
    const { summary } = await s3.walk(bucket, {
      ...action,
      async work(slice, signal) {
        await work?.(slice, signal);
        await work?.(slice, signal);
      },
    });
    expect(summary).toEqual({ objects: SPECIAL.length, bytes: 0, failed: 0, failures: [] });
  });
});

describe("what an action came to", () => {
  it("stands in the output bucket, with the failures by name", async () => {
    const [from, to] = [await newBucket(), await newBucket()];
    for (const key of ["a", "b", "c"]) await s3.put(from, key, "x");
    s3.hooks.isDenied = (operation, key) => operation === "CopyObject" && key === "b";
    const { result } = await s3.walk(from, copying(from, { bucket: to, prefix: "" }));
    const { summary } = result as { summary: { bucket: string; key: string } };
    expect(summary.key).toMatch(/^walks\/w-[0-9a-f]{12}\/copy\.json$/);
    expect(JSON.parse(await s3.text(summary.bucket, summary.key))).toEqual({
      version: 1,
      walk: "w",
      bucket: from,
      prefix: "",
      action: "copy",
      isDryRun: false,
      objects: 3,
      bytes: 3,
      failed: 1,
      failures: [{ key: "b", code: "AccessDenied", message: expect.any(String) }],
    });
    expect(await s3.keys(to)).toEqual(["a", "c"]);
  });
});

describe("report", () => {
  it("stands in the output bucket as JSON, CSV and HTML, the same however often it is finished", async () => {
    const bucket = await newBucket();
    for (const key of SPECIAL) await s3.put(bucket, key, key);
    const action = reportAction({
      client: s3.client,
      output,
      passing: everything(),
      prefix: "",
      depth: 1,
      maxPrefixes: 100,
    });
    const { result, summary } = await s3.walk(bucket, action);
    const { report } = result as { report: { bucket: string; json: string; csv: string; html: string } };
    const files = () => Promise.all([report.json, report.csv, report.html].map((key) => s3.text(report.bucket, key)));
    const [json = "", csv, html] = await files();
    expect(JSON.parse(json)).toMatchObject({ objects: SPECIAL.length, bytes: Buffer.byteLength(SPECIAL.join("")) });
    expect(csv).toContain(`total,s3://${bucket}/,${SPECIAL.length},`);
    expect(html).toContain("写真");
    await action.finish(summary, { id: "w", bucket, prefix: "", startedAtMs: 0 });
    expect(await files()).toEqual([json, csv, html]);
  });
});
