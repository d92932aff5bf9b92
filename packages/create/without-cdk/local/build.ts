// Bundles each function that resources.json names, as Lambda runs it: src/NAME.ts becomes build/NAME/index.mjs. For the embedded
// AWS it becomes a folder beside the assembly, so that tests that run side by side do not share it.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const { CDK_OUTDIR: outdir = "build" } = process.env;
const resources = await readFile(new URL("../resources.json", import.meta.url), "utf8");
const names = new Set([...resources.matchAll(/"build\/(\w+)"/g)].map(([, name = ""]) => name));

for (const name of names) {
  await build({
    absWorkingDir: fileURLToPath(new URL("..", import.meta.url)),
    entryPoints: [`src/${name}.ts`],
    outfile: `${outdir}/${name}/index.mjs`,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    mainFields: ["module", "main"],
    keepNames: true,
    // CommonJS dependencies call require.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
}
