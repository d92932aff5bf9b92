import { access, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { AppConfig } from "../app-config.ts";
import { synthesize } from "../cloudformation/synthesize.ts";
import { UsageError } from "./command.ts";

/** An app found on disk. */
export interface App {
  readonly directory: string;
  readonly config: AppConfig;
}

const CONFIG_FILES = ["longhaul.config.ts", "longhaul.config.mjs", "longhaul.config.js"];

/**
 * Finds an app by its directory, or by its name below `packages/`.
 *
 * @throws {@link UsageError} if there is none, with what was looked for.
 */
export async function findApp(name: string | undefined): Promise<App> {
  if (name === undefined) throw new UsageError("Which app? Give its directory, or its name below packages/.");
  const candidates = [resolve(name), resolve("packages", name)];
  for (const directory of candidates) {
    for (const file of CONFIG_FILES) {
      const path = join(directory, file);
      if (await isThere(path)) return { directory, config: await loadConfig(path) };
    }
  }
  throw new UsageError(`No app at ${candidates.join(" or ")}: looked for ${CONFIG_FILES.join(", ")}.`);
}

async function loadConfig(path: string): Promise<AppConfig> {
  const { default: config } = (await import(pathToFileURL(path).href)) as { default?: Partial<AppConfig> };
  for (const field of ["name", "functionOutput", "inputBucketOutput", "inputPrefix"] as const) {
    const value = config?.[field];
    const isLeftOut = value === undefined && config !== undefined && field.startsWith("input");
    if (typeof value !== "string" && !isLeftOut)
      throw new UsageError(`${path} must export default defineApp({ ${field}: "..." }).`);
  }
  return config as AppConfig;
}

/** `--conditions` and the like that this process was started with: an app run from sources synthesizes from sources. */
const inherited = process.execArgv.filter((argument) => argument.startsWith("--conditions"));

/**
 * Runs the app's CDK program, as `cdk synth` does, and answers with the directory of the cloud assembly.
 *
 * @throws {@link UsageError} if `cdk.json` has no app; `SynthesisError` with what the program printed if it fails.
 */
export async function synthesizeApp({ directory }: App): Promise<string> {
  const outdir = join(directory, "cdk.out");
  const { app: program } = JSON.parse(await readFile(join(directory, "cdk.json"), "utf8")) as { app?: unknown };
  if (typeof program !== "string") throw new UsageError(`${join(directory, "cdk.json")} has no "app".`);
  const [command, ...args] = program.split(" ").filter((word) => word !== "");
  if (command !== "node") {
    throw new UsageError(
      `cdk.json's app must begin with "node" to be synthesized here, not "${command}". Run cdk synth yourself.`,
    );
  }
  await synthesize({
    directory,
    program: [...inherited, ...args],
    outdir,
    context: { "aws:cdk:disable-asset-staging": false },
    environment: {
      JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION: "1",
      // The deployer refuses what it does not know; CloudFormation's own validation doubles the time and is for `cdk synth`.
      CDK_VALIDATION: "false",
    },
  });
  return outdir;
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
