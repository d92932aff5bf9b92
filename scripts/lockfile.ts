/**
 * Checks that the lockfiles of the workspace and of the documentation name the platform packages of every platform, since
 * `npm ci` refuses a lockfile that does not. `npm install` leaves out those that a registry does not have; `--complete`
 * writes them in, without the checksum that only the registry could tell.
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

type Packages = Record<string, LockEntry>;

/** Names of systems as packages are named for them, and as npm calls them. */
const SYSTEMS: Readonly<Record<string, string>> = {
  aix: "aix",
  android: "android",
  darwin: "darwin",
  freebsd: "freebsd",
  linux: "linux",
  netbsd: "netbsd",
  openbsd: "openbsd",
  win32: "win32",
  windows: "win32",
};
/** The same of processors. */
const PROCESSORS: Readonly<Record<string, string>> = {
  "64": "x64",
  arm: "arm",
  arm64: "arm64",
  ia32: "ia32",
  loong64: "loong64",
  ppc64: "ppc64",
  riscv64: "riscv64",
  s390x: "s390x",
  x64: "x64",
};

for (const lockfile of ["package-lock.json", "docs/package-lock.json"]) check(lockfile);

function check(lockfile: string): void {
  const path = new URL(`../${lockfile}`, import.meta.url);
  const lock: { packages: Packages } = JSON.parse(readFileSync(path, "utf8"));
  const { packages } = lock;
  const missing = Object.entries(packages).flatMap(([parent, { optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !isLocked(packages, parent, name))
      .map(([name, version]) => ({ parent, name, version })),
  );
  if (missing.length === 0) {
    console.log(`${lockfile} is complete`);
  } else if (process.argv.includes("--complete")) {
    for (const { parent, name, version } of missing) {
      const { dev, license } = packages[parent] ?? {};
      packages[`node_modules/${name}`] = { version: version.replace(/^[~^]/, ""), ...platformOf(name, dev, license) };
      console.log(`added ${name} ${version} to ${lockfile}`);
    }
    const sorted = Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, "en"));
    writeFileSync(path, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
  } else {
    for (const { parent, name } of missing) console.error(`${lockfile} lacks ${name}, which ${parent} names`);
    console.error("npm ci would refuse it. Run: node scripts/lockfile.ts --complete");
    process.exitCode = 1;
  }
}

/** Whether Node, looking from `parent` upwards, would find the package. */
function isLocked(packages: Packages, parent: string, name: string): boolean {
  for (let folder = parent; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("node_modules/") - 1))) {
    if (`${folder}${folder && "/"}node_modules/${name}` in packages) return true;
    if (folder === "") return false;
  }
}

/** Platform packages are named for what they run on: `@biomejs/cli-linux-x64-musl`, `@turbo/windows-64`. */
function platformOf(name: string, dev: boolean | undefined, license: string | undefined): LockEntry {
  const words = name.replace(/^.*\//, "").split("-");
  const os = words.map((word) => SYSTEMS[word]).find((system) => system !== undefined);
  const processor = words.map((word) => PROCESSORS[word]).find((known) => known !== undefined);
  return {
    ...(processor !== undefined && { cpu: [processor] }),
    ...(dev && { dev }),
    ...(os === "linux" && { libc: [words.some((word) => word.startsWith("musl")) ? "musl" : "glibc"] }),
    ...(license !== undefined && { license }),
    optional: true,
    ...(os !== undefined && { os: [os] }),
  };
}
