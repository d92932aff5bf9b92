import { resolve } from "node:path";
import type { AppConfig } from "@longhaul/local";
import { configFileNames, findConfigFile } from "@longhaul/local/testing";
import { UsageError } from "../usage-error.ts";
import type { AppFunction } from "./app-calls.ts";
import { type AppProcess, openApp } from "./app-process.ts";

/** An app found on disk, its configuration loaded in a process of its own. */
export interface App {
  readonly directory: string;
  readonly config: Omit<AppConfig, AppFunction>;
  readonly program: AppProcess;
}

const TEXTS = [
  "inputBucketOutput",
  "inputQueueOutput",
  "inputPrefix",
  "input",
  "sample",
  "startFunctionOutput",
] as const;

/**
 * Finds an app by its directory, or by its name below `packages/`.
 *
 * @param name - default: the working directory.
 * @param onLine - told of what the app's own code prints.
 * @param others - files that the caller looked for before, for the error.
 * @throws {@link UsageError} if there is none, with what was looked for. {@link AppError} if it cannot be loaded.
 */
export async function findApp(
  name = ".",
  onLine: (line: string) => void = () => {},
  others: readonly string[] = [],
): Promise<App> {
  const candidates = [resolve(name), resolve("packages", name)];
  for (const directory of candidates) {
    const path = findConfigFile(directory);
    if (path !== undefined) return loadApp(directory, path, onLine);
  }
  const files = [...configFileNames, ...others];
  throw new UsageError(`No app at ${candidates.join(" or ")}: looked for ${files.join(", ")}.`);
}

async function loadApp(directory: string, path: string, onLine: (line: string) => void): Promise<App> {
  const program = await openApp(path, onLine);
  try {
    const { fields, isThere } = program;
    const required = (field: "name" | "functionOutput") => {
      const value = fields[field];
      if (isThere && typeof value === "string") return value;
      throw new UsageError(`${path} must export default defineApp({ ${field}: "..." }).`);
    };
    for (const field of TEXTS) {
      if (fields[field] === undefined || typeof fields[field] === "string") continue;
      throw new UsageError(`${path} must export default defineApp({ ${field}: "..." }).`);
    }
    return {
      directory,
      program,
      config: { ...fields, name: required("name"), functionOutput: required("functionOutput") },
    };
  } catch (error) {
    program.close();
    throw error;
  }
}
