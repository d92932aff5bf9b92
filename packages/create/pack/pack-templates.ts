/**
 * Packs the apps of the workspace, as they are, into the templates of this package.
 *
 * usage: node pack/pack-templates.ts
 */
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ProjectFiles } from "../src/project-files.ts";
import { TEMPLATE_NAMES, type TemplateName } from "../src/templates.ts";
import { appTemplate } from "./app-template.ts";
import { resourcesOf } from "./resources.ts";

const home = fileURLToPath(new URL("..", import.meta.url));
const templates = join(home, "dist", "templates");
/** Folders of an app that hold what was made. */
const MADE: ReadonlySet<string> = new Set(["node_modules", "cdk.out", ".turbo", ".longhaul", "build", "dist"]);
/** Starts lost hops again, where no construct brings its function. */
const SWEEPER = 'export { handler } from "@longhaul/core/sweeper";\n';

await rm(templates, { recursive: true, force: true });
await cp(join(home, "without-cdk"), join(templates, "without-cdk", "common"), { recursive: true });
await Promise.all(TEMPLATE_NAMES.map(pack));

async function pack(name: TemplateName): Promise<void> {
  const app = name === "minimal" ? join(home, "minimal") : join(home, "..", name);
  await write(join(templates, "apps", name), appTemplate(await filesOf(app)));
  const resources = await resourcesOf(app);
  const without = new Map([["resources.json", resources]]);
  if (resources.includes('"build/sweeper"')) without.set("src/sweeper.ts", SWEEPER);
  await write(join(templates, "without-cdk", name), without);
}

async function filesOf(folder: string, below = ""): Promise<ProjectFiles> {
  const files = new Map<string, string>();
  for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
    if (MADE.has(entry.name)) continue;
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) for (const [each, text] of await filesOf(folder, path)) files.set(each, text);
    else files.set(path, await readFile(join(folder, path), "utf8"));
  }
  return files;
}

async function write(folder: string, files: ProjectFiles): Promise<void> {
  for (const [path, text] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}
