import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const app = fromHere("..");
const installed = fromHere("../../../node_modules");

let home = "";
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "longhaul-copied-"));
}, 60_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** The package as npm would install it: its manifest and what was built, without sources. */
function installPublished(name: "core" | "cdk", nodeModules: string): void {
  const source = fromHere(`../../${name}`);
  const target = join(nodeModules, "@longhaul", name);
  mkdirSync(target, { recursive: true });
  const build = run(source, [
    join(installed, "tsdown/dist/run.mjs"),
    "--no-dts",
    "--log-level",
    "error",
    "-d",
    join(target, "dist"),
  ]);
  expect(build.stderr).toBe("");
  cpSync(join(source, "package.json"), join(target, "package.json"));
}

function run(cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  return spawnSync(process.execPath, args, { cwd, encoding: "utf8", env: { ...inherited, ...env } });
}

/** The stack's template with what is named by its content left out: bundles of sources and of built packages differ. */
function templateIn(folder: string): string {
  const template = readFileSync(join(folder, "BucketWalker.template.json"), "utf8");
  return template.replace(/"S3Key": "[0-9a-f]{64}\.zip"/g, '"S3Key": ""');
}

describe("the app synthesizes", () => {
  it("the same template in the workspace, from sources, and copied out, on published packages", () => {
    const copy = join(home, "my-walker");
    for (const part of ["src", "infra", "cdk.json", "package.json"])
      cpSync(join(app, part), join(copy, part), { recursive: true });
    const nodeModules = join(copy, "node_modules");
    mkdirSync(nodeModules);
    for (const entry of readdirSync(installed).filter((name) => name !== "@longhaul")) {
      symlinkSync(join(installed, entry), join(nodeModules, entry));
    }
    for (const name of ["core", "cdk"] as const) installPublished(name, nodeModules);

    const { app: command }: { app: string } = JSON.parse(readFileSync(join(copy, "cdk.json"), "utf8"));
    const [node, ...args] = command.split(" ");
    expect(node).toBe("node");
    const copiedOut = run(copy, args, { CDK_OUTDIR: join(copy, "cdk.out"), CDK_CONTEXT_JSON: inject("context") });
    expect(copiedOut).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(templateIn(join(copy, "cdk.out"))).toBe(templateIn(inject("assembly")));
  }, 60_000);
});
