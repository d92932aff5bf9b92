import { describe, expect, it } from "vitest";
import { type Installed, missingThings } from "../src/named-things.ts";
import { treeOf } from "../src/tree.ts";

const installed: Installed = {
  commands: new Set(["vitest", "cdk"]),
  helpOf: (bin, verb) => (bin === "longhaul" && verb === "run" ? "  -i, --input FILE\n      --json" : undefined),
};

const files = {
  "package.json": JSON.stringify({
    name: "root",
    scripts: {
      demo: "node demo/demo.ts",
      bench: "npm run bench -w the-bench --",
      test: "node scripts/tasks.ts test",
    },
  }),
  "demo/demo.ts": "parseArgs({ options: { json: { type: 'boolean' } } }); // --full-speed",
  "scripts/tasks.ts": "",
  "bench/package.json": JSON.stringify({ name: "the-bench", scripts: { bench: "node src/main.ts" } }),
  "bench/src/main.ts": "// --quick",
  "packages/app/package.json": JSON.stringify({ name: "app", scripts: { soak: "vitest run soak" } }),
  "packages/app/src/work.ts": "",
  "docs/guarantees.md": "# Guarantees",
};

function problemsOf(text: string, path = "packages/app/README.md"): string[] {
  return missingThings(treeOf({ ...files, [path]: text }), installed).map(
    ({ place, message }) => `${place}: ${message}`,
  );
}

describe("what a page names is there", () => {
  it.each([
    "`npm run demo -- --json`, `npm run demo -- --full-speed`, `npm test -- --force`",
    "`npm run bench -- --quick`",
    "`npm run soak`, `npm run soak -w app`, `npm run soak -w packages/app`",
    "```sh\nnpm ci && npm run demo # the demo\nLONGHAUL_SEED=7 npx vitest run src\nnpx longhaul run . --input FILE --json\n```",
    "`npx longhaul VERB`, `npm run NAME`, `src/NAME.ts`, `packages/*/test/x.ts`",
    "`src/work.ts`, `packages/app/src/work.ts`, [the guarantees](../../docs/guarantees.md#one)",
    "`in/a.csv`, [elsewhere](https://example.com/x.md), [of the site](/reference/errors.html)",
    "```ts\nnpm run nothing\n```",
  ])("%s", (text) => {
    expect(problemsOf(text)).toEqual([]);
  });
});

describe("what a page names and is not there is found", () => {
  it.each([
    ["an npm script", "`npm run deploy`", 'There is no script "deploy": npm run deploy.'],
    ["a script of a package", "`npm run demo -w app`", 'There is no script "demo" of app: npm run demo.'],
    ["an option of a script", "`npm run demo -- --slower`", "npm run demo has no option --slower."],
    ["an option behind two scripts", "`npm run bench -- --slow`", "npm run bench has no option --slow."],
    ["an option that npm would take", "`npm run demo --json`", 'npm takes --json for itself: put "--" before it.'],
    ["a command", "`npx longhual run`", "npx longhual: no package of the workspace has this command."],
    ["a verb", "`npx longhaul resume RUN`", 'longhaul has no verb "resume".'],
    ["a verb without npx", "`longhaul resume RUN`", 'longhaul has no verb "resume".'],
    ["an option of a verb", "`npx longhaul run . --jso`", "longhaul run has no option --jso."],
    ["a program", "`node scripts/task.ts`", "There is no file scripts/task.ts."],
    ["a file", "`src/works.ts`", "There is no file src/works.ts."],
    [
      "the target of a link",
      "[the guarantees](../../docs/guarantee.md)",
      "The link leads nowhere: ../../docs/guarantee.md.",
    ],
  ])("%s", (_, text, message) => {
    expect(problemsOf(text)).toEqual([`packages/app/README.md:1: ${message}`]);
  });

  it("in the commands of a block, with its line", () => {
    expect(problemsOf("# App\n\n```sh\nnpm ci\nnpm run it\n```")).toEqual([
      'packages/app/README.md:5: There is no script "it": npm run it.',
    ]);
  });

  it("in a recorded session", () => {
    expect(problemsOf("$ npm run it\nnpm run that\n", "docs/samples/it.shell")).toEqual([
      'docs/samples/it.shell:1: There is no script "it": npm run it.',
    ]);
  });
});
