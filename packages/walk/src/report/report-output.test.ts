import { describe, expect, it } from "vitest";
import { pageFilter } from "../filter/page-filter.ts";
import { pageOf } from "../listing/listed-page.ts";
import { walkPrefix } from "./output-place.ts";
import { reportCsv } from "./report-csv.ts";
import { reportHtml } from "./report-html.ts";
import { countPage, emptySummary } from "./report-summary.ts";
import { reportOf, type WalkReport } from "./walk-report.ts";

const HOSTILE = [
  "<script>alert(1)</script>/x",
  "\"><img src=x onerror=alert(1)>/'quoted'&amp;/x",
  '=HYPERLINK("http://example.com")/a,b\r\nc/x',
  "safe\u202etxt.exe/x",
  "line\nbreak\u0000nul/x",
  "写真/😀/x",
  ...["@SUM(1)/x", "+1/x", "-1/x", "\t=1/x", "\r=1/x", "\n=1/x"],
];

function reportOn(keys: readonly string[], prefix = ""): WalkReport {
  const objects = keys.map((key, i) => ({
    key,
    size: i * 1_000,
    lastModified: `2026-11-${10 + i}T08:00:00.000Z`,
    etag: "",
    storageClass: i % 2 ? "<GLACIER>" : "STANDARD",
  }));
  const page = pageOf(objects);
  const summary = emptySummary(2);
  countPage(summary, page, pageFilter({}, 0)({ page, count: page.length }), { base: "", maxPrefixes: 100 });
  return reportOf(summary, { id: "<u>walk</u>", bucket: "photos", prefix }, 2);
}

describe("the page", () => {
  const page = reportHtml(reportOn(HOSTILE, "<b>"));

  it("shows keys as text, whatever is in them", () => {
    const tags = [...page.matchAll(/<\/?([a-zA-Z][\w-]*)/g)].map(([, tag]) => tag);
    const ours =
      "html head meta title style body header p h1 dl div dt dd small section h2 i svg g line text rect table thead tbody tr th td";
    expect([...new Set(tags)].filter((tag) => !ours.split(" ").includes(tag ?? ""))).toEqual([]);
    for (const part of ["<b>", "<GLACIER>", "\u202e", "\u0000"]) expect(page).not.toContain(part);
    expect(page).toContain("&#60;script&#62;alert(1)&#60;/script&#62;");
    expect(page).toContain("写真/😀/");
  });

  it("loads nothing, and runs nothing", () => {
    const attributes = [...page.matchAll(/<[a-z][^>]*>/g)].flatMap(([tag]) => [...tag.matchAll(/ ([\w-]+)="/g)]);
    const names = [...new Set(attributes.map(([, name]) => name))];
    expect(names.filter((name) => /^(on.*|src|srcset|href|style|action|data.*|xlink.*)$/.test(name ?? ""))).toEqual([]);
    expect(page).not.toMatch(/url\(|@import/);
  });

  it("says so if there is nothing", () => {
    const nothing = reportHtml(reportOn([]));
    expect(nothing).toContain("No object passed.");
    expect(nothing).not.toMatch(/NaN|Infinity|undefined/);
  });

  it("holds no number that is none, if all objects are empty", () => {
    expect(reportHtml(reportOn(["a"]))).not.toMatch(/NaN|Infinity|undefined/);
  });
});

describe("the table", () => {
  it("has four columns in every row, whatever the keys, and no formulas", () => {
    const rows = parseCsv(reportCsv(reportOn(HOSTILE)));
    expect(rows[0]).toEqual(["section", "name", "objects", "bytes"]);
    for (const row of rows) expect(row).toHaveLength(4);
    expect(rows).toContainEqual(["total", "s3://photos/", "12", "66000"]);
    expect(rows).toContainEqual(
      ["prefix", "'=HYPERLINK(\"http:/", "1", "2000"].map((cell) => cell.replace("http:/", "http://")),
    );
    expect(rows.filter(([, name]) => /^[=+@\t\r\n-]/.test(name ?? ""))).toEqual([]);
  });

  it("names sizes by the least and the most", () => {
    const sizes = parseCsv(reportCsv(reportOn(["a", "b", "c"]))).filter(([section]) => section === "size");
    expect(sizes.map(([, name, objects]) => [name, objects]).filter(([, objects]) => objects !== "0")).toEqual([
      ["0", "1"],
      ["512 to 1023", "1"],
      ["1024 to 2047", "1"],
    ]);
  });
});

describe("results stand under a name made from the walk's", () => {
  const place = { bucket: "b", prefix: "walks/" };
  it.each(["request:1-2", "../../etc", "a/b", "s3:b/k@v", "é".repeat(600), ""])("%s", (id) => {
    const prefix = walkPrefix(place, id);
    expect(prefix).toMatch(/^walks\/[A-Za-z0-9_-][A-Za-z0-9._-]*\/$/);
    expect(prefix.length).toBeLessThan(160);
  });

  it("and differ where these differ", () => {
    expect(walkPrefix(place, "a:b")).not.toBe(walkPrefix(place, "a-b"));
  });
});

function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  const cell = /("(?:[^"]|"")*"|[^,\r\n]*)(,|\r\n)/g;
  let row: string[] = [];
  for (const [, value = "", end] of text.matchAll(cell)) {
    row.push(value.startsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value);
    if (end === "\r\n") {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}
