/**
 * Checks that package-lock.json names the platform packages of every platform, since `npm ci` refuses a lockfile that
 * does not. `npm install` leaves out those that a registry does not have; `--complete` writes them in, without the
 * checksum that only the registry could tell.
 *
 * usage: node scripts/lockfile.ts [--complete]
 */
import { readFileSync, writeFileSync } from "node:fs";

interface LockEntry {
  readonly version?: string;
  readonly cpu?: readonly string[];
  readonly os?: readonly string[];
  readonly libc?: readonly string[];
  readonly dev?: boolean;
  readonly license?: string;
  readonly optional?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const path = new URL("../package-lock.json", import.meta.url);
const lock: { packages: Record<string, LockEntry> } = JSON.parse(readFileSync(path, "utf8"));
const missing = Object.entries(lock.packages).flatMap(([parent, { optionalDependencies = {} }]) =>
  Object.entries(optionalDependencies)
    .filter(([name]) => !isLocked(parent, name))
    .map(([name, version]) => ({ parent, name, version })),
);

if (missing.length === 0) {
  console.log("package-lock.json is complete");
} else if (process.argv.includes("--complete")) {
  for (const { parent, name, version } of missing) {
    const { dev, license } = lock.packages[parent] ?? {};
    lock.packages[`node_modules/${name}`] = { version, ...platformOf(name, dev, license) };
    console.log(`added ${name} ${version}`);
  }
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, "en"));
  writeFileSync(path, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
} else {
  for (const { parent, name } of missing) console.error(`package-lock.json lacks ${name}, which ${parent} names`);
  console.error("npm ci would refuse it. Run: node scripts/lockfile.ts --complete");
  process.exitCode = 1;
}

/** Whether Node, looking from `parent` upwards, would find the package. */
function isLocked(parent: string, name: string): boolean {
  for (let folder = parent; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("node_modules/") - 1))) {
    if (`${folder}${folder && "/"}node_modules/${name}` in lock.packages) return true;
    if (folder === "") return false;
  }
}

/** Platform packages are named for what they run on: `@biomejs/cli-linux-x64-musl`, `@turbo/windows-64`. */
function platformOf(name: string, dev: boolean | undefined, license: string | undefined): LockEntry {
  const [system = "", processor = "", ...abi] = name.replace(/^.*\/(?:cli-|binding-)?/, "").split("-");
  const os = system === "windows" ? "win32" : system;
  return {
    cpu: [processor === "64" ? "x64" : processor],
    ...(dev && { dev }),
    ...(os === "linux" && { libc: [abi.some((part) => part.startsWith("musl")) ? "musl" : "glibc"] }),
    ...(license !== undefined && { license }),
    optional: true,
    os: [os],
  };
}
