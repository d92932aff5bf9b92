import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type BenchFinding, type BenchResults, benchMethods, benchmarksPage } from "./benchmarks.ts";
import { WORKSPACE } from "./places.ts";

const MACHINE = {
  date: "2026-11-30",
  node: "24.21.0",
  system: "linux 6",
  processors: "2 x CPU",
  memoryGb: 24,
  load: 0.1,
  versions: { esbuild: "1" },
};

function pageOf(name: string, finding: BenchFinding): string {
  const methods = new Map([[name, { measured: "one thing", against: "another" }]]);
  return benchmarksPage({ [name]: { machine: MACHINE, findings: [finding] } }, methods);
}

describe("the page of benchmarks", () => {
  it("names the machine, the command that repeats each bench, and whether its bar is met", () => {
    const finding = { what: "one yield", figure: "89 ns", bar: "at most 500 ns", isMet: true };
    const page = pageOf("safe-point", finding);
    expect(page).toContain("Measured: one thing.\n\nAgainst: another.");
    expect(page).toContain("Measured on 2026-11-30, at a load average of 0.1");
    expect(page).toContain("Measured on 2 x CPU, 24 GB, linux 6, Node 24.21.0");
    expect(page).toContain("npm run bench -- safe-point");
    expect(page).toContain("**One yield:** 89 ns. The bar is at most 500 ns. It is met.");
  });

  it("says a missed bar plainly", () => {
    const finding = { what: "a walk", figure: "20 times", bar: "30 times", isMet: false };
    expect(pageOf("walk", finding)).toContain("**It is missed.**");
  });

  it("shows every round, and says the medians in words", () => {
    const finding = {
      what: "splitting",
      figure: "2 times",
      rounds: { ours: [1, 2, 3], "node:readline": [4, 5, 6] },
      unit: "MB/s",
    };
    const page = pageOf("splitter", finding);
    expect(page.match(/<circle /g)).toHaveLength(6);
    expect(page).toContain('aria-label="splitting: ours 2 MB/s, node:readline 5 MB/s"');
  });
});

describe("the methods", () => {
  it("are those of bench/README.md, for each bench that has a result", () => {
    const methods = benchMethods(readFileSync(join(WORKSPACE, "bench", "README.md"), "utf8"));
    expect(methods.get("safe-point")?.against).toContain("`for await`");
    const results: BenchResults = JSON.parse(readFileSync(join(WORKSPACE, "bench", "results.json"), "utf8"));
    expect(Object.keys(results).filter((name) => !methods.has(name))).toEqual([]);
  });

  it("have to be there", () => {
    const result = { machine: MACHINE, findings: [] };
    expect(() => benchmarksPage({ unknown: result }, new Map())).toThrow("does not say how unknown measures");
  });
});
