import { join } from "node:path";
import { type BuildOptions, build } from "esbuild";

/**
 * Bundles a handler's source into a folder as `index.mjs`, minified, as the apps' functions are. Imports are looked for from here.
 *
 * @param resolution - which of a package's files are taken
 */
export async function bundleHandler(
  contents: string,
  codeDirectory: string,
  resolution: Pick<BuildOptions, "conditions" | "mainFields">,
): Promise<void> {
  await build({
    stdin: { contents, resolveDir: import.meta.dirname, loader: "js" },
    outfile: join(codeDirectory, "index.mjs"),
    bundle: true,
    minify: true,
    platform: "node",
    target: "node24",
    format: "esm",
    ...resolution,
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    logLevel: "error",
  });
}
