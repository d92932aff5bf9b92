import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ReportResult } from "../src/report/report-action.ts";
import type { WalkReport } from "../src/report/walk-report.ts";
import { beginAction } from "../src/request/begin-action.ts";
import { parseWalkRequest } from "../src/request/walk-request.ts";
import { type LocalBuckets, startLocalBuckets } from "./local-bucket.ts";
import { requestRules } from "./request-rules.ts";

let s3: LocalBuckets;
beforeAll(async () => {
  s3 = await startLocalBuckets("photos", "archive", "results");
  for (const key of ["2025/a.jpg", "2026/10/b.jpg", "2026/11/c.jpg"]) await s3.put("photos", key, key);
});
afterAll(() => s3.stop());

async function walked(event: object) {
  const defaults = { bucket: "photos", mode: "parallel", action: "report", filter: {}, depth: 2 } as const;
  const request = parseWalkRequest(event, requestRules(defaults, s3.client));
  const action = beginAction(request, { id: "w", startedAtMs: Date.now() });
  return (await s3.walk("photos", action)).result;
}

describe("copy", () => {
  it.each([
    ["all", {}, ["all2025/a.jpg", "all2026/10/b.jpg", "all2026/11/c.jpg"]],
    ["november/", { filter: { prefix: "2026/11/" } }, ["november/2026/11/c.jpg"]],
    ["year/", { prefix: "2026/", filter: { prefix: "2026/11/" } }, ["year/11/c.jpg"]],
    ["small/", { filter: { maxBytes: 10 } }, ["small/2025/a.jpg"]],
  ])("to %s puts its prefix in the place of the event's, whatever the filter %j", async (prefix, event, copies) => {
    const target = { bucket: "archive", prefix };
    expect(await walked({ ...event, action: "copy", target, dryRun: false })).toMatchObject({ failed: 0 });
    expect((await s3.keys("archive")).filter((key) => key.startsWith(prefix))).toEqual(copies);
  });
});

describe("an action that is not told to change anything", () => {
  it.each(["copy", "delete"])("only counts: %s", async (action) => {
    const before = await Promise.all(["photos", "archive"].map((bucket) => s3.keys(bucket)));
    const target = { bucket: "archive", prefix: "dry/" };
    expect(await walked({ action, ...(action === "copy" && { target }) })).toMatchObject({
      isDryRun: true,
      objects: 3,
    });
    expect(await Promise.all(["photos", "archive"].map((bucket) => s3.keys(bucket)))).toEqual(before);
  });
});

describe("a report", () => {
  it.each<[{ readonly depth: number; readonly prefix?: string }, string[]]>([
    [{ depth: 1 }, ["2025/", "2026/"]],
    [{ depth: 2 }, ["2025/", "2026/10/", "2026/11/"]],
    [{ depth: 1, prefix: "2026/" }, ["2026/10/", "2026/11/"]],
    [{ depth: 1, prefix: "2026/1" }, ["2026/10/", "2026/11/"]],
    [{ depth: 0, prefix: "2026/" }, ["2026/"]],
  ])("has totals by prefix behind what all keys begin with: %j", async (event, prefixes) => {
    const { report } = (await walked({ ...event, filter: { prefix: event.prefix } })) as ReportResult;
    const { prefixes: named } = JSON.parse(await s3.text(report.bucket, report.json)) as WalkReport;
    expect(named.map(({ prefix }) => prefix).sort()).toEqual(prefixes);
  });
});
