import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ProjectFiles } from "./project-files.ts";
import type { PackedTemplate } from "./render.ts";
import type { TemplateName } from "./templates.ts";

/** The folder of the templates: made by the build, and used by the sources too. */
const TEMPLATES_FOLDER = new URL("../dist/templates/", import.meta.url);

/** Reads a template of this package. */
export async function readTemplate(name: TemplateName, folder: URL = TEMPLATES_FOLDER): Promise<PackedTemplate> {
  const [files, common, own] = await Promise.all(
    [`apps/${name}/`, "without-cdk/common/", `without-cdk/${name}/`].map((path) => readTexts(new URL(path, folder))),
  );
  return { files: files ?? new Map(), withoutCdk: new Map([...(common ?? []), ...(own ?? [])]) };
}

/** The texts of all files below a folder. */
async function readTexts(folder: URL): Promise<ProjectFiles> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const root = decodeURIComponent(folder.pathname);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(
    files.map(async (file) => [file.slice(root.length).replaceAll("\\", "/"), await readFile(file, "utf8")] as const),
  );
  return new Map(texts.sort(([a], [b]) => (a < b ? -1 : 1)));
}
