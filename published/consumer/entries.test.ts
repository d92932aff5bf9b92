import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";

interface Manifest {
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly bin?: Readonly<Record<string, string>>;
}

function manifestOf(name: string): { manifest: Manifest; directory: string } {
  const path = fileURLToPath(import.meta.resolve(`${name}/package.json`));
  return { manifest: JSON.parse(readFileSync(path, "utf8")), directory: dirname(path) };
}

describe(`entries on Node ${process.version}`, () => {
  for (const name of [
    "@longhaul/core",
    "@longhaul/objects",
    "@longhaul/walk",
    "@longhaul/fleet",
    "@longhaul/local",
    "@longhaul/cdk",
    "longhaul",
  ]) {
    const { manifest } = manifestOf(name);
    // What is one file is no module with exports: a manifest, or something that is run.
    const entries = Object.entries(manifest.exports).flatMap(([entry, to]) => (typeof to === "string" ? [] : [entry]));
    for (const entry of entries.map((subpath) => name + subpath.slice(1))) {
      it(`${entry} can be imported and exports something`, async () => {
        const exported: Record<string, unknown> = await import(entry);
        assert.ok(Object.keys(exported).length > 0);
      });
    }
  }
});

describe(`the longhaul command on Node ${process.version}`, () => {
  it("answers to --help, as do its verbs", () => {
    const { manifest, directory } = manifestOf("longhaul");
    const program = join(directory, manifest.bin?.longhaul ?? "");
    for (const args of [["--help"], ["dev", "--help"], ["run", "--help"], ["report", "--help"], ["walk", "--help"]]) {
      const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: "utf8" });
      assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
      assert.match(stdout, /^Usage: longhaul/m);
    }
  });
});
