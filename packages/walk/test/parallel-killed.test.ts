import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pageFilter } from "../src/filter/page-filter.ts";
import { pageOf } from "../src/listing/listed-page.ts";
import type { ReportResult } from "../src/report/report-action.ts";
import { countPage, emptySummary } from "../src/report/report-summary.ts";
import { reportOf, type WalkReport } from "../src/report/walk-report.ts";
import { childrenOf } from "../src/runs/part-log.ts";
import { KEY_SHAPES } from "./key-shapes.ts";
import { startWalkCloud, type WalkCloud } from "./walk-cloud.ts";

let cloud: WalkCloud;
beforeAll(async () => {
  cloud = await startWalkCloud();
});
afterAll(() => cloud.stop());

const KEYS = 6_000;
const shape = KEY_SHAPES["Unicode everywhere"];
const lastModified = "2026-11-21T08:00:00.000Z";
const objects = Array.from({ length: KEYS }, (_, i) => ({ key: shape(i), size: (i * 7_919) % 100_003 }));

async function bucketOf(
  name: string,
  all: readonly { readonly key: string; readonly size: number }[],
): Promise<string> {
  await cloud.aws.s3.createBucket(name);
  cloud.aws.s3.loadKeys(
    name,
    all.map((object) => ({ ...object, lastModifiedMs: Date.parse(lastModified) })),
  );
  return name;
}

/** The report, counted from the objects themselves. */
function recounted(walk: string, bucket: string): WalkReport {
  const summary = emptySummary(1);
  const page = pageOf(objects.map((object) => ({ ...object, lastModified, etag: "", storageClass: "STANDARD" })));
  const passing = pageFilter({}, 0)({ page, count: page.length });
  countPage(summary, page, passing, { base: "", maxPrefixes: 100 });
  return reportOf(summary, { id: walk, bucket, prefix: "" }, 1);
}

async function reported(walk: string): Promise<WalkReport> {
  const { result } = await cloud.untilOver(walk);
  return JSON.parse(await cloud.output((result as ReportResult).report.json)) as WalkReport;
}

async function partsOf(walk: string): Promise<string[]> {
  return [...(await cloud.records.outlines(walk))].flatMap(([part, outline]) => childrenOf(part, outline));
}

/** Kills a process; `false` if it was gone by itself. */
function isKilled(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, "SIGKILL");
  } catch {
    return false;
  }
}

async function until(is: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await is())) await delay(20);
}

/** On a busy machine a cold start takes seconds, and a lease that nobody gives back runs out in three. */
const PATIENCE = { timeout: 300_000 };

describe("the report of a walk equals a full recount", PATIENCE, () => {
  it("when functions are killed with SIGKILL again and again", async () => {
    const bucket = await bucketOf("killed-functions", objects);
    await cloud.walk("one", bucket);
    const begun = cloud.listings;
    let kills = 0;
    const killing = (async () => {
      while (kills < 2) {
        const before = cloud.listings;
        await until(() => cloud.listings > before + 15);
        if (isKilled(cloud.pids.at(-1))) kills++;
      }
    })();
    const report = await reported("one");
    await killing;
    expect(report).toEqual(recounted("one", bucket));
    expect((await partsOf("one")).length).toBeGreaterThan(0);
    expect(cloud.listings - begun).toBeGreaterThan(KEYS / 50);
  });

  it("when everything is killed with SIGKILL, the queue of events too, and started again", async () => {
    const bucket = await bucketOf("killed-everything", objects);
    await cloud.walk("two", bucket);
    const begun = cloud.listings;
    await until(async () => cloud.listings > begun + 30 && (await partsOf("two")).length > 0);
    await cloud.killCompute();
    expect((await cloud.records.get("two"))?.result).toBeUndefined();
    await cloud.startCompute();
    expect(await reported("two")).toEqual(recounted("two", bucket));
  });

  it("when the bucket is empty", async () => {
    const bucket = await bucketOf("empty", []);
    await cloud.walk("three", bucket);
    expect(await reported("three")).toMatchObject({ objects: 0, bytes: 0, prefixes: [] });
  });
});
