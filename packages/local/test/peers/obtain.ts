import { existsSync } from "node:fs";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./program.ts";

const here = import.meta.dirname;
const root = fileURLToPath(new URL("../../../../", import.meta.url));
/** Git-ignored; kept from run to run. */
const kept = join(root, ".longhaul", "peers");

/** A peer is not to be had on this machine; the message says why. */
export class UnobtainableError extends Error {}

/**
 * Makes the virtual environment `.venv` in the root, with what `requirements.txt` pins.
 *
 * @returns the path of its Python.
 */
export async function obtainPython(): Promise<string> {
  const directory = join(root, ".venv");
  const python = join(directory, "bin", "python");
  await once(directory, join(here, "requirements.txt"), async (pins) => {
    await run({ command: "python3", args: ["-m", "venv", directory], timeoutMs: 60_000 }, "keep");
    const args = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", pins];
    await run({ command: python, args, timeoutMs: 240_000 }, "keep");
  });
  return python;
}

/**
 * Has Maven fetch ElasticMQ from Maven Central.
 *
 * @returns the class path.
 * @throws {UnobtainableError} without Java or Maven, or if they cannot get it.
 */
export async function obtainElasticMq(): Promise<string> {
  const directory = join(kept, "elasticmq");
  await needs(["javac", "-version"], ["mvn", "--version"]);
  await optional("ElasticMQ could not be fetched", () =>
    once(directory, join(here, "pom.xml"), async (pom) => {
      const args = ["-q", "-B", "-f", pom, "dependency:copy-dependencies", `-DoutputDirectory=${directory}`];
      await run({ command: "mvn", args, timeoutMs: 180_000 }, "keep");
    }),
  );
  return join(directory, "*");
}

/**
 * Builds AWS's own runtime client from its package.
 *
 * @returns the path of its program.
 * @throws {UnobtainableError} without a C++ compiler and CMake, or if the build fails.
 */
export async function obtainRuntimeClient(): Promise<string> {
  const directory = join(kept, "runtime-client");
  if (process.platform !== "linux") throw new UnobtainableError("it builds on Linux alone");
  await needs(["cmake", "--version"], ["make", "--version"], ["g++", "--version"], ["tar", "--version"]);
  await optional("it could not be built", () =>
    once(directory, join(here, "runtime-client", "package-lock.json"), async () => {
      await cp(join(here, "runtime-client"), directory, { recursive: true });
      const args = ["ci", "--no-audit", "--no-fund", "--no-workspaces"];
      await run({ command: "npm", args, cwd: directory, timeoutMs: 300_000 }, "keep");
    }),
  );
  return join(directory, "node_modules", "aws-lambda-ric", "index.mjs");
}

/**
 * Installs the open-source fork of the Serverless Framework.
 *
 * @returns the path of its program.
 */
export async function obtainServerless(): Promise<string> {
  const directory = await installed("serverless", join(root, "examples", "test", "without-cdk", "tools"));
  return join(directory, "node_modules", ".bin", "osls");
}

/**
 * Installs an interpreter and a validator of Amazon States Language.
 *
 * @returns the folder of both.
 */
export function obtainStepFunctions(): Promise<string> {
  return installed("step-functions", join(root, "packages", "cdk", "test", "peers", "step-functions"));
}

/** Installs what a folder's lockfile names, beside what was obtained before. */
async function installed(name: string, pins: string): Promise<string> {
  const directory = join(kept, name);
  await once(directory, join(pins, "package-lock.json"), async () => {
    await cp(pins, directory, { recursive: true });
    const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-workspaces"];
    await run({ command: "npm", args, cwd: directory, timeoutMs: 240_000 }, "keep");
  });
  return directory;
}

/** Fills a directory anew unless it was filled from the same pins before. */
async function once(directory: string, pins: string, fill: (pins: string) => Promise<void>): Promise<void> {
  const mark = join(directory, "filled-from");
  const wanted = await readFile(pins, "utf8");
  if (existsSync(mark) && (await readFile(mark, "utf8")) === wanted) return;
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  await fill(pins);
  await writeFile(mark, wanted);
}

async function needs(...programs: readonly (readonly [command: string, arg: string])[]): Promise<void> {
  for (const [command, arg] of programs) {
    await optional(`there is no ${command}`, () => run({ command, args: [arg], timeoutMs: 30_000 }, "keep"));
  }
}

async function optional(what: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new UnobtainableError(`${what} (${error instanceof Error ? error.message : error})`);
  }
}
