import { type ExecFileSyncOptions, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Where Chromium is: `CHROMIUM_PATH`, or on the PATH. */
export function findChromium(): string | undefined {
  const { CHROMIUM_PATH, PATH = "" } = process.env;
  if (CHROMIUM_PATH) return existsSync(CHROMIUM_PATH) ? CHROMIUM_PATH : undefined;
  return PATH.split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find((file) => existsSync(file));
}

/**
 * Installs Debian's Chromium where this process may install packages.
 *
 * @throws an error that says why not, and the commands that help.
 */
export function installChromium(): string {
  const found = findChromium();
  if (found) return found;
  const { CHROMIUM_PATH } = process.env;
  if (CHROMIUM_PATH) throw missing(`CHROMIUM_PATH is ${CHROMIUM_PATH}, where no file is.`);
  if (!existsSync("/usr/bin/apt-get")) throw missing("It is installed by apt-get, which this system does not have.");
  if (process.getuid?.() !== 0) throw missing("Only root may install it, and this process is not root.");
  console.log("Chromium is not here: installing Debian's package.");
  const options: ExecFileSyncOptions = {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  };
  try {
    execFileSync("apt-get", ["update"], options);
    execFileSync("apt-get", ["install", "-y", "--no-install-recommends", "chromium"], options);
  } catch (cause) {
    throw missing("apt-get failed; its reason is above.", { cause });
  }
  const installed = findChromium();
  if (installed) return installed;
  throw missing("apt-get installed the package chromium, but no such command is on the PATH.");
}

function missing(why: string, options?: ErrorOptions): Error {
  const text = `The tests in a browser need Chromium. ${why}
On Debian: sudo apt-get update && sudo apt-get install -y --no-install-recommends chromium
Elsewhere: install Chromium or Chrome, and set CHROMIUM_PATH to its command.
Without it: npm run test:docs -- types tests build`;
  return new Error(text, options);
}

/** Starts Chromium without a window. */
export function startChromium(): Promise<Browser> {
  // Root, as which containers run, has no sandbox to start.
  return chromium.launch({ executablePath: installChromium(), args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
}
