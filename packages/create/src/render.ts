import { basename } from "node:path";
import type { Choices } from "./choices.ts";
import type { ProjectFiles } from "./project-files.ts";
import { type ProjectNames, projectManifest } from "./project-manifest.ts";
import { stackNameOf } from "./project-name.ts";
import { dataOf } from "./templates.ts";
import { withoutCdk } from "./without-cdk.ts";

/** A template as it is packed, and what it needs where there is no CDK. */
export interface PackedTemplate {
  readonly files: ProjectFiles;
  /** Files that take the place of the CDK program. */
  readonly withoutCdk: ProjectFiles;
}

/**
 * Makes the files of a project from its template. The same choices give the same files, to the byte. A data file of the user
 * is not among them: it is copied to {@link dataPath}.
 */
export function render(
  template: PackedTemplate,
  choices: Pick<Choices, "template" | "infra" | "data">,
  names: ProjectNames,
): ProjectFiles {
  const data = choices.data === undefined ? undefined : dataPath(choices.data);
  const project = new Map<string, string>();
  for (const [path, text] of template.files) {
    // npm packs no file called .gitignore.
    if (path === "_gitignore") project.set(".gitignore", text);
    else if (data !== undefined && path.startsWith("sample/")) continue;
    else project.set(path, named(path, text, choices, names.packageName, data));
  }
  const files = choices.infra === "cdk" ? project : withoutCdk(project, template.withoutCdk);
  const manifest = projectManifest(files.get("package.json") ?? "{}", names);
  return new Map([...files, ["package.json", manifest] as const].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Where a data file of the user's is put: below the project. */
export function dataPath(file: string): string {
  return `sample/${basename(file)}`;
}

function named(
  path: string,
  text: string,
  { template }: Pick<Choices, "template">,
  packageName: string,
  data: string | undefined,
): string {
  if (path === "infra/app.ts") return replaced(text, /(new \w+Stack\(app, )"\w+"/, `$1"${stackNameOf(packageName)}"`);
  if (path === "longhaul.config.ts") {
    const own = replaced(text, /name: "[\w-]+"/, `name: ${JSON.stringify(packageName)}`);
    if (data === undefined) return own;
    const sample = dataOf(template).kind === "folder" ? "sample" : data;
    return replaced(own, /sample: "[^"]+"/, () => `sample: ${JSON.stringify(sample)}`);
  }
  return path.endsWith(".md") ? text.replace(/^# .*/, () => `# ${titleOf(path, text, packageName)}`) : text;
}

/** A README is headed by the project's name. */
function titleOf(path: string, text: string, packageName: string): string {
  return path === "README.md" ? packageName : text.slice(2, text.indexOf("\n"));
}

/** Replaces a pattern that has to be there: a template that changed its shape is a fault of the build. */
function replaced(text: string, pattern: RegExp, by: string | (() => string)): string {
  if (!pattern.test(text)) throw new Error(`The template has no ${pattern}.`);
  return typeof by === "string" ? text.replace(pattern, by) : text.replace(pattern, by);
}
