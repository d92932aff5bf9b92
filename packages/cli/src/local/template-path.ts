import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { findConfigFile } from "@longhaul/local/testing";
import { UsageError } from "../usage-error.ts";

/** The names by which a folder's template is found, the first one first. */
const NAMES = ["template.yaml", "template.yml", "template.json", "cloudformation-template-update-stack.json"];

/**
 * The template that an argument names: a file, or the one of a folder that is no app. `undefined`: it names none.
 *
 * @throws {@link UsageError} if it is named like a template, and there is no such file.
 */
export function templatePath(name: string): string | undefined {
  const path = resolve(name);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile()) return path;
  if (!found && /\.(?:ya?ml|json)$/.test(path)) throw new UsageError(`There is no file ${path}.`);
  if (!found || findConfigFile(path) !== undefined) return undefined;
  return NAMES.map((file) => join(path, file)).find((file) => existsSync(file));
}
