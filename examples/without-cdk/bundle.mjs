// Bundles both functions into dist/, each with all it imports: npm install --save-dev esbuild && node bundle.mjs
import { build } from "esbuild";

await build({
  entryPoints: { worker: "src/store.ts", sweeper: "@longhaul/core/sweeper" },
  outdir: "dist",
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node24",
  mainFields: ["module", "main"],
  minify: true,
  // Lambda reports an error by its class.
  keepNames: true,
  // CommonJS inside an ES module still calls require("node:...").
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
});
