import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DOCS } from "../generate/places.ts";

/**
 * Installs the site's own packages, unless those of the present lockfile are installed. Ends the process where that fails:
 * npm has said why.
 */
export function installPackages(): void {
  const lockfile = readFileSync(join(DOCS, "package-lock.json"));
  const lock = createHash("sha256").update(lockfile).digest("hex");
  const stamp = join(DOCS, "node_modules", ".longhaul-lock");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  console.log("Installing the packages of the documentation, once.");
  const { status, error } = spawnSync("npm", ["ci"], { cwd: DOCS, stdio: "inherit" });
  if (error) console.error(error.message);
  if (status !== 0) process.exit(1);
  writeFileSync(stamp, lock);
}
