import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { BuildOptions } from "esbuild";
import { TemplateError } from "../cloudformation/deployment-error.ts";
import { isJsonObject, type Json, type JsonObject, objectOrEmpty } from "../cloudformation/json.ts";
import type { LocalCode } from "./local-code.ts";

/** The part of esbuild that is used; the project brings it. */
type Esbuild = { build(options: BuildOptions): Promise<unknown> };

/** Names of `BuildProperties` that are esbuild's own, written in SAM's way. */
const OPTIONS: Readonly<Record<string, keyof BuildOptions>> = {
  Minify: "minify",
  Target: "target",
  Sourcemap: "sourcemap",
  SourcesContent: "sourcesContent",
  External: "external",
  Format: "format",
  MainFields: "mainFields",
  KeepNames: "keepNames",
};

/**
 * Bundles the functions whose `Metadata` has `BuildMethod: esbuild`, as `sam build` does: each entry point becomes a file of
 * its own name, which the handler names.
 *
 * @returns the folders of the bundles by the functions' logical ids.
 * @throws {TemplateError} if a property is not served, esbuild is missing, or the code cannot be bundled.
 * @see https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-using-build-typescript.html
 */
export async function buildFunctions(
  template: JsonObject,
  codes: readonly LocalCode[],
  { name, scratch }: { readonly name: string; readonly scratch: string },
): Promise<ReadonlyMap<string, string>> {
  const resources = objectOrEmpty(template.Resources);
  const built = new Map<string, string>();
  for (const { logicalId, path } of codes) {
    const resource = resources[logicalId];
    const metadata = isJsonObject(resource) ? resource.Metadata : undefined;
    if (!isJsonObject(metadata) || metadata.BuildMethod !== "esbuild") continue;
    const at = `${name}.Resources.${logicalId}.Metadata`;
    const outdir = join(scratch, "esbuild", name, logicalId);
    const options = esbuildOptions(metadata.BuildProperties, `${at}.BuildProperties`);
    const esbuild = await projectsEsbuild(path, at);
    try {
      await esbuild.build({ ...options, absWorkingDir: path, outdir });
    } catch (cause) {
      throw new TemplateError(at, cause instanceof Error ? cause.message : String(cause));
    }
    built.set(logicalId, outdir);
  }
  return built;
}

/** The options of esbuild that `BuildProperties` come to, with SAM's defaults. */
function esbuildOptions(properties: Json | undefined, path: string): BuildOptions {
  const given = objectOrEmpty(properties);
  const { EntryPoints: entries, OutExtension: extensions, Loader: loaders, Banner: banners, ...rest } = given;
  const unknown = Object.keys(rest).find((each) => !Object.hasOwn(OPTIONS, each));
  if (unknown !== undefined) throw new TemplateError(`${path}.${unknown}`, "this property is not served.");
  if (!Array.isArray(entries) || entries.length === 0) {
    throw new TemplateError(`${path}.EntryPoints`, "this must name at least one file.");
  }
  return {
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "es2020",
    minify: true,
    logLevel: "silent",
    ...Object.fromEntries(Object.entries(rest).map(([each, value]) => [OPTIONS[each], value])),
    entryPoints: entries.map(String),
    ...(extensions !== undefined && { outExtension: pairsOf(extensions) }),
    ...(loaders !== undefined && { loader: pairsOf(loaders) as NonNullable<BuildOptions["loader"]> }),
    ...(banners !== undefined && { banner: pairsOf(banners) }),
  };
}

/** SAM writes them as `.js=.mjs`, in a list; or as an object. */
function pairsOf(value: Json): Record<string, string> {
  if (isJsonObject(value)) return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]));
  const items: readonly Json[] = Array.isArray(value) ? value : [value];
  return Object.fromEntries(items.map((item) => String(item).split(/=(.*)/s).slice(0, 2)));
}

/** The project's own esbuild, from the folder of its code upwards. */
async function projectsEsbuild(directory: string, path: string): Promise<Esbuild> {
  for (const start of [directory, process.cwd()]) {
    try {
      const file = createRequire(join(start, "index.js")).resolve("esbuild");
      const loaded = (await import(pathToFileURL(file).href)) as Esbuild & { readonly default?: Esbuild };
      return loaded.default ?? loaded;
    } catch {
      // The next place may have it.
    }
  }
  throw new TemplateError(path, "BuildMethod esbuild needs it in the project: npm install --save-dev esbuild");
}
