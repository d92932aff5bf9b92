import { describe, expect, it } from "vitest";
import { benchmarksPage } from "./benchmarks.ts";

const MACHINE = {
  node: "24.21.0",
  system: "linux 6",
  processors: "2 x CPU",
  memoryGb: 24,
  load: 0.1,
  versions: { esbuild: "1" },
};

describe("the page of benchmarks", () => {
  it("names the machine, the command that repeats each bench, and whether its bar is met", () => {
    const finding = { what: "one yield", figure: "89 ns", bar: "at most 500 ns", isMet: true };
    const page = benchmarksPage({ machine: MACHINE, results: { "safe-point": [finding] } });
    expect(page).toContain("Measured on 2 x CPU, 24 GB, linux 6, Node 24.21.0");
    expect(page).toContain("npm run bench -- safe-point");
    expect(page).toContain("**One yield:** 89 ns. The bar is at most 500 ns. It is met.");
  });

  it("says a missed bar plainly", () => {
    const finding = { what: "a walk", figure: "20 times", bar: "30 times", isMet: false };
    expect(benchmarksPage({ machine: MACHINE, results: { walk: [finding] } })).toContain("**It is missed.**");
  });

  it("shows every round, and says the medians in words", () => {
    const finding = {
      what: "splitting",
      figure: "2 times",
      rounds: { ours: [1, 2, 3], "node:readline": [4, 5, 6] },
      unit: "MB/s",
    };
    const page = benchmarksPage({ machine: MACHINE, results: { splitter: [finding] } });
    expect(page.match(/<circle /g)).toHaveLength(6);
    expect(page).toContain('aria-label="splitting: ours 2 MB/s, node:readline 5 MB/s"');
  });
});
