/**
 * Packs the published packages, installs them beside a small program that uses them (`consumer/`), compiles it and the
 * examples of the READMEs, and runs its tests on each Node that the packages promise to work on. Linked is only what the packages declare, so that an
 * import of anything else fails here, as it would for a user.
 *
 * usage: npm run test:published -w published-packages
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const here = import.meta.dirname;
const workspace = join(here, "..");
const home = mkdtempSync(join(tmpdir(), "longhaul-published-"));
const modules = join(home, "node_modules");

try {
  cpSync(join(here, "consumer"), home, { recursive: true });
  for (const name of ["core", "local", "cdk"]) install(join(workspace, "packages", name));
  for (const name of ["core", "local"]) copyExamples(name);
  // What a TypeScript program needs besides.
  for (const name of ["@types/node", "@types/aws-lambda"]) link(name);

  run("compile", process.execPath, [join(workspace, "node_modules/typescript/bin/tsc"), "-p", "."]);
  for (const node of [join(here, "node_modules/.bin/node"), join(workspace, "node_modules/.bin/node")]) {
    run("test", node, ["--test", "--test-reporter=spec"]);
  }
} finally {
  rmSync(home, { recursive: true, force: true });
}

/** As npm would: the packed files, and beside them what they declare. */
function install(source: string): void {
  const manifest: Manifest = JSON.parse(readFileSync(join(source, "package.json"), "utf8"));
  const target = join(modules, manifest.name);
  mkdirSync(target, { recursive: true });
  run("pack", "npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", home, source]);
  const tarball = `${manifest.name.replace("@", "").replace("/", "-")}-${manifest.version}.tgz`;
  run("unpack", "tar", ["-xzf", join(home, tarball), "-C", target, "--strip-components=1"]);
  const declared = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  for (const name of declared.filter((each) => !each.startsWith("@longhaul/"))) link(name);
}

/** The examples of a README, to be compiled as they stand. */
function copyExamples(name: string): void {
  const readme = readFileSync(join(workspace, "packages", name, "README.md"), "utf8");
  for (const [index, [, code = ""]] of [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].entries()) {
    writeFileSync(join(home, `readme-${name}-${index + 1}.ts`), code);
  }
}

function link(name: string): void {
  const path = join(modules, name);
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  symlinkSync(join(workspace, "node_modules", name), path, "dir");
}

function run(what: string, command: string, args: readonly string[]): void {
  const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...env } = process.env;
  const isQuiet = what === "pack";
  const { status, error } = spawnSync(command, args, {
    cwd: home,
    env,
    stdio: ["ignore", isQuiet ? "ignore" : "inherit", "inherit"],
  });
  if (error) throw error;
  if (status === 0) return;
  throw new Error(`${what} failed: ${command} ${args.join(" ")} ended with ${status}`);
}
