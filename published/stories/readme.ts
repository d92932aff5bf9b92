import assert from "node:assert/strict";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Step, Story } from "../story.ts";

/** Tools that a user has beside the package. */
const TOOLS = ["typescript@7.0.2", "@types/node@24.19.2", "esbuild@0.28.2", "webpack@5.113.0"] as const;

/** The example runs in virtual time, under the clock, the driver and the store of `simulate()`. */
const runs = (file: string): Step => ({
  type: ["node", file],
  // As the construct RunTable sets it.
  env: { LONGHAUL_RUN_TABLE: "runs" },
  expect: { stdout: "done in several hops with all steps\n", stderr: "" },
});

const esbuild = (entry: string, format: string, file: string): Step => {
  const options = ["--bundle", "--platform=node", "--external:@aws-sdk/*", "--log-level=warning"];
  return {
    type: ["npx", "esbuild", entry, ...options, `--format=${format}`, `--outfile=bundled/${file}`],
    expect: { stderr: "" },
  };
};

/** The example of core's README, in every way in which a package is used. */
export const readmeStories: readonly Story[] = [
  {
    name: "readme",
    promise: "the README's example compiles, is bundled and runs, by import and by require",
    on: ["node22", "node24"],
    async folder(stranger, node) {
      const folder = await stranger.emptyFolder("my function");
      await cp(join(stranger.workspace, "published/readme-example"), folder, { recursive: true });
      const run = await readFile(join(folder, "run.mts"), "utf8");
      await writeFile(join(folder, "run.cts"), run.replace("./readme.mjs", "./readme.cjs"));
      const readme = await readFile(join(stranger.workspace, "packages/core/README.md"), "utf8");
      const [, install = ""] = /^```sh\nnpm (install .+)\n/m.exec(readme) ?? [];
      const [, example = ""] = /^```ts\n([\s\S]*?)^```$/m.exec(readme) ?? [];
      for (const file of ["readme.mts", "readme.cts"]) await writeFile(join(folder, file), example);
      const { code, stderr } = await stranger.run(["npm", ...install.split(" ")] as ["npm", ...string[]], folder, node);
      assert.equal(code, 0, stderr);
      return folder;
    },
    steps: [
      { type: ["npm", "install", "--save-dev", ...TOOLS] },
      { type: ["npx", "tsc", "-p", "."] },
      { type: ["npx", "tsc", "-p", "tsconfig.bundler.json"] },
      ...["out/run.mjs", "out/run.cjs"].map(runs),
      {
        does: "looks for require() in what CommonJS became",
        async with(folder) {
          assert.match(await readFile(join(folder, "out/readme.cjs"), "utf8"), /require\("@longhaul\/core"\)/);
        },
      },
      ...[esbuild("run.mts", "esm", "esbuild.mjs"), esbuild("run.cts", "cjs", "esbuild.cjs")],
      { type: ["node", "bundle.mjs"] },
      ...["esbuild.mjs", "esbuild.cjs", "webpack.mjs", "webpack.cjs"].map((file) => runs(`bundled/${file}`)),
    ],
  },
];
