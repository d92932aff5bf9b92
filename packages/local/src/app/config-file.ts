import { existsSync } from "node:fs";
import { join } from "node:path";

/** Names that an app's configuration may have, in the order in which they are looked for. */
export const configFileNames = ["longhaul.config.ts", "longhaul.config.mjs", "longhaul.config.js"] as const;

/** Finds the configuration in an app's folder; `undefined` if there is none. */
export function findConfigFile(directory: string): string | undefined {
  return configFileNames.map((name) => join(directory, name)).find((path) => existsSync(path));
}
