import { createHash } from "node:crypto";
import { globSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Application, LogLevel, type Reflection, ReflectionKind, type TypeDocOptions } from "typedoc";
import type { PluginOptions } from "typedoc-plugin-markdown";
import { API_PAGES } from "../navigation.ts";
import { DOCS } from "./places.ts";
import { type PublishedPackage, publishedPackages } from "./published-packages.ts";

/**
 * Writes a page for each entry point of each published package, from the descriptions in the code. Takes half a minute,
 * so it is done only if a source has changed.
 *
 * @throws if TypeDoc has anything to complain about, for example a link to a name that is not public.
 */
export async function writeApiPages(): Promise<void> {
  const target = join(DOCS, "src", "content", "docs", API_PAGES);
  const keyFile = join(DOCS, ".generated", "api.key");
  const packages = await publishedPackages();
  const key = await keyOf(packages);
  if ((await readFile(keyFile, "utf8").catch(() => "")) === key && (await readdir(target).catch(() => [])).length > 0)
    return;
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  for (const [name, markdown] of await markdownOf(packages)) {
    const described = packages.find((each) => each.name === name);
    await writeFile(join(target, `${apiPageName(name)}.md`), pageOf(markdown, name, described?.description));
  }
  await writeFile(keyFile, key);
}

/** The page of `@longhaul/core/sqs` is `core-sqs`. */
export function apiPageName(entry: string): string {
  return entry.replace(/^@longhaul\//, "").replaceAll("/", "-");
}

async function keyOf(packages: readonly PublishedPackage[]): Promise<string> {
  const hash = createHash("sha256").update(await readFile(import.meta.filename));
  for (const { folder } of packages) {
    for (const file of globSync(["package.json", "src/**/*.ts"], { cwd: folder, exclude: ["**/*.test.ts"] }).sort()) {
      hash.update(file).update(await readFile(join(folder, file)));
    }
  }
  return hash.digest("hex");
}

/** Markdown by the name of the entry point. */
async function markdownOf(packages: readonly PublishedPackage[]): Promise<Map<string, string>> {
  const names = new Map(packages.flatMap(({ entries }) => entries.map(({ name, source }) => [source, name])));
  const out = join(DOCS, ".generated", "api");
  await rm(out, { recursive: true, force: true });
  const options: TypeDocOptions & Partial<PluginOptions> = {
    entryPoints: [...names.keys()],
    tsconfig: join(DOCS, "generate", "tsconfig.api.json"),
    plugin: ["typedoc-plugin-markdown"],
    readme: "none",
    out,
    // The workspace's own compiler checks types; TypeDoc's is older.
    skipErrorChecking: true,
    disableSources: true,
    excludeInternal: true,
    excludePrivate: true,
    excludeExternals: true,
    logLevel: LogLevel.Warn,
    treatWarningsAsErrors: true,
    validation: { notExported: false, invalidLink: true, notDocumented: false, unusedMergeModuleWith: false },
    router: "module",
    groupOrder: ["Functions", "Variables", "Interfaces", "Type Aliases", "Classes", "*"],
    entryFileName: "index",
    hideBreadcrumbs: true,
    hidePageHeader: true,
    hidePageTitle: true,
    useCodeBlocks: true,
    parametersFormat: "table",
    interfacePropertiesFormat: "table",
    typeDeclarationFormat: "table",
    // Nearly every property is read-only; the column takes the width that its description needs.
    tableColumnSettings: { hideModifiers: true },
  };
  const app = await Application.bootstrapWithPlugins(options);
  const entryPoints = app.getEntryPoints() ?? [];
  for (const entry of entryPoints)
    entry.displayName = apiPageName(names.get(entry.sourceFile.fileName) ?? entry.displayName);
  // A description may name what its own file does not import.
  app.converter.addUnknownSymbolResolver(({ symbolReference }, reflection, part) => {
    if (!part) return undefined;
    const name = symbolReference?.path?.[0]?.path;
    const target = reflection.project
      .getReflectionsByKind(ReflectionKind.SomeExport)
      .find((each) => each.name === name);
    return target && addressOf(target);
  });
  const project = app.converter.convert(entryPoints);
  app.validate(project);
  await app.generateOutputs(project);
  if (app.logger.hasErrors() || app.logger.hasWarnings()) throw new Error("TypeDoc has complaints: see above.");
  const pages = await Promise.all(
    [...names.values()].map(async (name): Promise<[string, string]> => {
      return [name, tidied(await readFile(join(out, `${apiPageName(name)}.md`), "utf8"))];
    }),
  );
  return new Map(pages);
}

/** Where on the site a public name is described. */
function addressOf(target: Reflection): string {
  let entry = target;
  while (entry.parent && !entry.parent.isProject()) entry = entry.parent;
  return `/${API_PAGES}/${entry.name}.html#${target.name.toLowerCase()}`;
}

/** Without what says nothing to a reader, and with links to pages of the site. */
function tidied(markdown: string): string {
  return (
    markdown
      .replace(/^#+ (?:Inherited from|Overrides|Implementation of)\n\n.+\n\n/gm, "")
      .replace(/\]\(([\w-]+)\.md/g, `](/${API_PAGES}/$1.html`)
      .replace(/^\*\*\*\n\n/gm, "")
      // An example of one line, which TypeDoc puts into a block as it is.
      .replace(/^(```\w+\n)`(.*)`(?=\n```)/gm, "$1$2")
  );
}

function pageOf(markdown: string, name: string, description: string | undefined): string {
  const about = description === undefined ? "" : `description: ${JSON.stringify(description)}\n`;
  return `---\ntitle: ${JSON.stringify(name)}\n${about}tableOfContents: { maxHeadingLevel: 3 }\n---\n\n${markdown}`;
}
