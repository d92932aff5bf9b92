import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Story } from "../story.ts";

/** Packages whose READMEs have examples that compile as they stand. */
const WITH_EXAMPLES = ["core", "objects", "walk", "fleet", "local", "cli"] as const;

/** A program that uses the packages, with nothing installed but what it and they declare. */
export const packageStories: readonly Story[] = [
  {
    name: "packages",
    promise: "every entry can be imported and compiled against, the READMEs' examples compile, and a stack runs",
    on: ["node22", "node24"],
    folder: (stranger, node) => stranger.installed("published/consumer", "consumer", node),
    steps: [
      {
        does: "looks for what comes with each package",
        async with(folder) {
          const names = (await readdir(join(folder, "node_modules/@longhaul"))).map((name) => `@longhaul/${name}`);
          for (const name of ["longhaul", ...names]) {
            const file = (path: string) => readFile(join(folder, "node_modules", name, path), "utf8");
            const { version } = JSON.parse(await file("package.json")) as { version: string };
            assert.ok(
              (await file("CHANGELOG.md")).includes(`\n## ${version}\n`),
              `${name} has no changes of ${version}`,
            );
            assert.ok((await file("README.md")).length > 0 && (await file("LICENSE")).length > 0);
          }
          assert.ok(names.length >= 6, names.join());
        },
      },
      {
        does: "copies the examples of the READMEs",
        async with(folder, { workspace }) {
          for (const name of WITH_EXAMPLES) {
            const readme = await readFile(join(workspace, "packages", name, "README.md"), "utf8");
            for (const [index, [, code = ""]] of [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].entries()) {
              await writeFile(join(folder, `readme-${name}-${index + 1}.ts`), code);
            }
          }
        },
      },
      { type: ["npx", "tsc", "-p", "."] },
      { type: ["node", "--test", "--test-reporter=spec"], expect: { stdout: /fail 0/ } },
    ],
  },
];
