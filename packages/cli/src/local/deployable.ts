import { existsSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { findConfigFile } from "@longhaul/local/testing";
import { UsageError } from "../usage-error.ts";

/** Something to deploy that is no app of Longhaul. */
export interface Deployable {
  /** `program`: a folder whose `cdk.json` names a CDK program. */
  readonly kind: "template" | "assembly" | "program";
  /** A template's file, the folder of a cloud assembly, or the folder of a `cdk.json`. Absolute. */
  readonly path: string;
}

/** The names by which a folder's template is found, the first one first. */
const TEMPLATES = ["template.yaml", "template.yml", "template.json", "cloudformation-template-update-stack.json"];

/** Names of files by which `dev` knows a folder that is no app. */
export const DEPLOYABLE_FILES: readonly string[] = ["cdk.json", "manifest.json", ...TEMPLATES];

/**
 * The deployable that an argument names: a template's file, or a folder's CDK program, cloud assembly or template. `undefined`
 * if it names an app or nothing. A program is preferred to the `template.yaml` that `cdk synth` was told to write beside it.
 *
 * @throws {@link UsageError} if it is named like a template, and there is no such file.
 */
export function deployableAt(name: string): Deployable | undefined {
  const path = resolve(name);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile()) return { kind: "template", path };
  if (!found && /\.(?:ya?ml|json)$/.test(path)) throw new UsageError(`There is no file ${path}.`);
  if (!found || findConfigFile(path) !== undefined) return undefined;
  if (existsSync(join(path, "cdk.json"))) return { kind: "program", path };
  if (isAssembly(path)) return { kind: "assembly", path };
  const template = TEMPLATES.map((file) => join(path, file)).find((file) => existsSync(file));
  return template === undefined ? undefined : { kind: "template", path: template };
}

/** Whether `cdk synth` wrote the folder: web pages have a `manifest.json` too, but no artifacts in it. */
function isAssembly(folder: string): boolean {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
    return typeof manifest === "object" && manifest !== null && "artifacts" in manifest;
  } catch {
    return false;
  }
}
