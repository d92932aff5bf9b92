import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import type { BenchOptions, Finding } from "./finding.ts";
import { alternate, median } from "./measure.ts";

const DURABLE_SDK = "@aws/durable-execution-sdk-js";
// Packages that are CommonJS inside need it in an ES module.
const REQUIRE = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

async function bundle(contents: string, external: string[], banner = ""): Promise<Uint8Array> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    target: "node22",
    conditions: ["longhaul-source"],
    banner: { js: banner },
    external,
    write: false,
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}

const gzipKb = (bundled: Uint8Array) => gzipSync(bundled, { level: 9 }).length / 1000;

/** How long importing takes and how large it is bundled, beside AWS's durable functions SDK as it is installed. */
export async function importSize({ rounds: count = 11 }: BenchOptions): Promise<Finding[]> {
  const [recursive, everything, durable, durableAlone] = await Promise.all([
    bundle('export { recursive } from "@longhaul/core";', ["@aws-sdk/*"]),
    bundle('export * from "@longhaul/core";', ["@aws-sdk/*"]),
    bundle(`export { withDurableExecution } from "${DURABLE_SDK}";`, [], REQUIRE),
    bundle(`export { withDurableExecution } from "${DURABLE_SDK}";`, ["@aws-sdk/*"], REQUIRE),
  ]);
  const directory = mkdtempSync(join(tmpdir(), "longhaul-bench-"));
  try {
    const timer = file(
      directory,
      "time.mjs",
      "const began = performance.now(); await import(process.argv[2]); console.log(performance.now() - began);",
    );
    const time = (url: string) => () => Number(execFileSync(process.execPath, [timer, url], { encoding: "utf8" }));
    const imported = (name: string, text: string | Uint8Array) => time(pathToFileURL(file(directory, name, text)).href);
    const rounds = await alternate(
      {
        "@longhaul/core, all of it": imported("core.mjs", everything),
        "an empty module": imported("empty.mjs", "export {};"),
        "durable functions SDK, bundled": imported("durable.mjs", durable),
        "durable functions SDK, installed": time(import.meta.resolve(DURABLE_SDK)),
      },
      { rounds: count },
    );
    const importMs = median(rounds["@longhaul/core, all of it"]);
    const durableMs = median(rounds["durable functions SDK, bundled"]);
    return [
      {
        what: "import of all of @longhaul/core",
        figure: `${importMs.toFixed(2)} ms, ${(durableMs / importMs).toFixed(1)} x as fast as the durable functions SDK's ${durableMs.toFixed(1)} ms`,
        bar: "at most 5 ms",
        isMet: importMs <= 5,
        values: { importMs, durableImportMs: durableMs },
        rounds,
      },
      {
        what: "bundle of recursive() without SDK, gzip",
        figure: `${gzipKb(recursive).toFixed(2)} kB (all exports ${gzipKb(everything).toFixed(2)} kB); durable functions SDK ${gzipKb(durable).toFixed(0)} kB with the client it needs, ${gzipKb(durableAlone).toFixed(1)} kB without`,
        bar: "at most 10 kB",
        isMet: gzipKb(recursive) <= 10,
        values: { gzipKb: gzipKb(recursive), durableGzipKb: gzipKb(durable) },
      },
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function file(directory: string, name: string, text: string | Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}
