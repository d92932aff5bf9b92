import { describe, expect, it } from "vitest";
import { wrongFigures } from "../src/quoted-figures.ts";
import { treeOf } from "../src/tree.ts";

const result = (findings: readonly object[]) => ({ machine: {}, findings });
const results = {
  splitter: result([{ what: "lines", figure: "6.6 x", isMet: true, values: { timesReadline: 6.6 } }]),
  walk: result([
    { what: "hex, requests", figure: "", isMet: true, values: { requestsPerPage: 1.02 } },
    { what: "dates, requests", figure: "", isMet: false, values: { requestsPerPage: 1.16 } },
    ...[{ timesFloor: 1.3, timesPaginator: 40 }, { processorUsPerKey: 1.2 }, { paginatorProcessorUsPerKey: 40 }].map(
      (values) => ({
        ...{ what: "", figure: "", values },
      }),
    ),
  ]),
};

function problemsOf(page: string, path = "README.md"): string[] {
  const tree = treeOf({ [path]: page, "bench/results.json": JSON.stringify(results) });
  return wrongFigures(tree).map(({ place, message }) => `${place}: ${message}`);
}

const requests = (figure: string) => `<!-- figure: walk.requestsPerPage -->${figure}<!-- /figure -->`;

describe("a quoted figure", () => {
  it("is that of the results, with the command that repeats it beside it", () => {
    expect(problemsOf(`At most ${requests("1.16")} a page (\`npm run bench -- walk\`).`)).toEqual([]);
  });

  it("that was changed is found", () => {
    expect(problemsOf(`At most\n${requests("1.05")} a page (\`npm run bench -- walk\`).`)).toEqual([
      'README.md:2: It says "1.05", and bench/results.json "1.16": npm run figures.',
    ]);
  });

  it("without its command is found; a command in another paragraph is not beside it", () => {
    expect(problemsOf(`At most ${requests("1.16")} a page.\n\n\`npm run bench -- walk\``)).toEqual([
      "README.md:1: Beside the figure walk.requestsPerPage there is no `npm run bench -- walk`.",
    ]);
  });

  it("of MDX is one in the comments of MDX", () => {
    const page = "{/* figure: walk.requestsPerPage */}1.2{/* /figure */} `npm run bench -- walk`";
    expect(problemsOf(page, "docs/src/content/docs/walk.mdx")).toHaveLength(1);
  });

  it("that nobody measured is found", () => {
    expect(problemsOf("<!-- figure: walk.dreams -->9<!-- /figure -->")).toEqual([
      'README.md:1: There is no figure "walk.dreams": add it to bench/src/quoted-figures.ts.',
    ]);
  });
});

describe("the table of measurements", () => {
  const table = [
    "<!-- figure: measured -->",
    "| | measured | bars | repeat it by |",
    "|---|---|---|---|",
    "| splitting lines | 6.6 times as fast as `node:readline` | met | `npm run bench -- splitter` |",
    "| listing a bucket of 1,000,000 keys at 50 ms a request, by the shape of the keys | 1.30 times pages x latency / concurrency, 40 times as fast as the SDK's paginator, 1.02 to 1.16 requests a page; 1.2 µs of processor time a key instead of 40 | 1 of 2 missed | `npm run bench -- walk` |",
    "<!-- /figure -->",
  ];

  it("has a row for each bench with a result, with its missed bars and its command", () => {
    expect(problemsOf(table.join("\n"))).toEqual([]);
  });

  it.each([
    ["a changed figure", 3, "6.6", "7.6"],
    ["a bar that was missed", 4, "1 of 2 missed", "met"],
    ["the command", 4, "bench -- walk", "bench -- splitter"],
  ])("%s is found in it", (_, at, is, planted) => {
    const changed = table.map((row, index) => (index === at ? row.replace(is, planted) : row));
    expect(problemsOf(changed.join("\n"))).toEqual([expect.stringContaining(`It says "${changed[at]}"`)]);
  });

  it("a row that is left out is found", () => {
    expect(problemsOf(table.toSpliced(3, 1).join("\n"))).toHaveLength(1);
  });
});

describe("a figure written by hand", () => {
  it.each([
    "89 ns",
    "2 µs a key",
    "240,000 records/s",
    "6.6 times as fast",
    "41 x the",
    "16.8 kB gzip",
    "about 160 MB",
  ])("is found in a README: %s", (figure) => {
    expect(problemsOf(`It takes ${figure}.`)).toHaveLength(1);
    expect(problemsOf(`It takes ${figure}.`, "packages/core/README.md")).toHaveLength(1);
  });

  it.each(["15 minutes", "parts of 8 MiB", "512 MB", "at most 40 times", "`89 ns`"])("is no setting: %s", (setting) => {
    expect(problemsOf(`It takes ${setting}.`)).toEqual([]);
  });

  it("may be in a page that is no README", () => {
    expect(problemsOf("It took 89 ns.", "docs/decisions/2026-11-29-x.md")).toEqual([]);
  });
});
