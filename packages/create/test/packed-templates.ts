import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Packs the templates where no build did: in a fresh clone, and in the copies for deliberate bugs. */
export function setup(): void {
  const home = fileURLToPath(new URL("..", import.meta.url));
  if (existsSync(`${home}/dist/templates`)) return;
  execFileSync(process.execPath, ["pack/pack-templates.ts"], { cwd: home, stdio: "inherit" });
}
