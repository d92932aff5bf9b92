import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { alternate, type Finding, median } from "./measure.ts";

const core = fileURLToPath(new URL("../../packages/core/src/index.ts", import.meta.url));

async function bundle(contents: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    target: "node22",
    external: ["@aws-sdk/*"],
    write: false,
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}

/** Size of `import { recursive } from "@longhaul/core"` without the SDK, and how long importing it takes. */
export async function importSize(): Promise<Finding[]> {
  const recursive = await bundle(`export { recursive } from ${JSON.stringify(core)};`);
  const everything = await bundle(`export * from ${JSON.stringify(core)};`);
  const directory = mkdtempSync(join(tmpdir(), "longhaul-bench-"));
  try {
    const bundlePath = join(directory, "core.mjs");
    writeFileSync(bundlePath, everything);
    const timer = join(directory, "time.mjs");
    writeFileSync(
      timer,
      `const began = performance.now(); await import(process.argv[2]); console.log(performance.now() - began);`,
    );
    const empty = join(directory, "empty.mjs");
    writeFileSync(empty, "export {};");
    const time = (path: string) => () => Number(execFileSync(process.execPath, [timer, path], { encoding: "utf8" }));
    const rounds = await alternate(
      { "@longhaul/core": time(bundlePath), "an empty module": time(empty) },
      { rounds: 11 },
    );
    const importMs = median(rounds["@longhaul/core"]);
    const gzip = gzipSync(recursive, { level: 9 }).length;
    return [
      {
        what: "import of all of @longhaul/core",
        figure: `${importMs.toFixed(2)} ms`,
        bar: "at most 5 ms",
        isMet: importMs <= 5,
        rounds,
      },
      {
        what: "bundle of recursive() without SDK, gzip",
        figure: `${(gzip / 1000).toFixed(2)} kB (all exports: ${(gzipSync(everything, { level: 9 }).length / 1000).toFixed(2)} kB)`,
        bar: "at most 8 kB",
        isMet: gzip <= 8_000,
      },
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
