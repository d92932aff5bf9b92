import { execFileSync } from "node:child_process";
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

/** Installs Debian's Chromium where this process may install packages; tells what is missing where it may not. */
export function installChromium(): string {
  const found = findChromium();
  if (found) return found;
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    console.log("Chromium is not here: installing Debian's package.");
    execFileSync("apt-get", ["update"], { stdio: ["ignore", "ignore", "inherit"] });
    execFileSync("apt-get", ["install", "-y", "--no-install-recommends", "chromium"], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    const installed = findChromium();
    if (installed) return installed;
  }
  throw new Error(
    "Chromium is missing, and this process may not install it. On Debian: sudo apt-get install chromium. Or set CHROMIUM_PATH.",
  );
}

/** Starts Chromium without a window. */
export function startChromium(): Promise<Browser> {
  // Root, as which containers run, has no sandbox to start.
  return chromium.launch({ executablePath: installChromium(), args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
}
