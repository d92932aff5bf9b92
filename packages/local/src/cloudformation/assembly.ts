import { readFile } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";
import { AssemblyError } from "./deployment-error.ts";
import { isJsonObject, type Json, type JsonObject, objectOrEmpty } from "./json.ts";
import { parseTemplate, type Template } from "./template.ts";

/** A stack of a cloud assembly. */
export interface AssemblyStack {
  /** Name of the artifact in the manifest, which other artifacts depend on. */
  readonly id: string;
  readonly name: string;
  readonly template: Template;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Stacks to deploy, and their code: the output of `cdk synth`, or a template file. */
export interface Assembly {
  /** Below the project whose modules functions may need. Absolute. */
  readonly directory: string;
  /** Each after the stacks it depends on. */
  readonly stacks: readonly AssemblyStack[];
  /** File or directory of an asset, by the object key its template names. */
  readonly assetPaths: ReadonlyMap<string, string>;
  /** A sentence: what to do if an asset is missing. */
  readonly assetRemedy: string;
}

/**
 * Reads the directory that `cdk synth` writes (`cdk.out`).
 *
 * @throws {AssemblyError} if it is none.
 * @throws {TemplateError} if a template in it cannot be read.
 */
export async function readAssembly(directory: string): Promise<Assembly> {
  const stacks: { stack: AssemblyStack; dependencies: readonly string[] }[] = [];
  const assetPaths = new Map<string, string>();
  const root = resolve(directory);
  await readInto(root, stacks, assetPaths);
  if (stacks.length === 0) throw new AssemblyError(`${directory} holds no stack. Run "cdk synth" first.`);
  return { directory: root, stacks: inOrder(stacks), assetPaths, assetRemedy: 'Run "cdk synth" again.' };
}

async function readInto(
  directory: string,
  stacks: { stack: AssemblyStack; dependencies: readonly string[] }[],
  assetPaths: Map<string, string>,
): Promise<void> {
  const manifest = await readJson(join(directory, "manifest.json"));
  const artifacts = objectOrEmpty(objectOrEmpty(manifest).artifacts);
  for (const [id, artifact] of Object.entries(artifacts)) {
    if (!isJsonObject(artifact)) continue;
    const properties = objectOrEmpty(artifact.properties);
    if (artifact.type === "aws:cloudformation:stack") {
      const stack = await readStack(directory, id, properties);
      const dependencies = Array.isArray(artifact.dependencies) ? artifact.dependencies.map(String) : [];
      stacks.push({ stack, dependencies });
    } else if (artifact.type === "cdk:asset-manifest") {
      await readAssets(directory, textOf(properties.file), assetPaths);
    } else if (artifact.type === "cdk:cloud-assembly") {
      await readInto(join(directory, textOf(properties.directoryName)), stacks, assetPaths);
    }
  }
}

async function readStack(directory: string, id: string, properties: JsonObject): Promise<AssemblyStack> {
  const file = textOf(properties.templateFile);
  const name = typeof properties.stackName === "string" ? properties.stackName : id;
  const parameters = objectOrEmpty(properties.parameters);
  return {
    id,
    name,
    template: parseTemplate(await readJson(join(directory, file)), name),
    parameters: Object.fromEntries(Object.entries(parameters).map(([key, value]) => [key, String(value)])),
  };
}

async function readAssets(directory: string, file: string, assetPaths: Map<string, string>): Promise<void> {
  const manifest = await readJson(join(directory, file));
  const files = objectOrEmpty(objectOrEmpty(manifest).files);
  for (const asset of Object.values(files)) {
    if (!isJsonObject(asset) || !isJsonObject(asset.source) || !isJsonObject(asset.destinations)) continue;
    const path = asset.source.path;
    if (typeof path !== "string") continue;
    for (const destination of Object.values(asset.destinations)) {
      if (!isJsonObject(destination)) continue;
      assetPaths.set(textOf(destination.objectKey), isAbsolute(path) ? path : join(directory, path));
    }
  }
}

/** Dependencies between stacks; the manifest also lists asset manifests among them, which are no stacks. */
function inOrder(stacks: readonly { stack: AssemblyStack; dependencies: readonly string[] }[]): AssemblyStack[] {
  const ordered: AssemblyStack[] = [];
  const byId = new Map(stacks.map((entry) => [entry.stack.id, entry]));
  const visited = new Set<string>();
  const visit = (id: string) => {
    const entry = byId.get(id);
    if (!entry || visited.has(id)) return;
    visited.add(id);
    for (const dependency of entry.dependencies) visit(dependency);
    ordered.push(entry.stack);
  };
  for (const id of byId.keys()) visit(id);
  return ordered;
}

async function readJson(file: string): Promise<Json> {
  let source: string;
  try {
    source = await readFile(file, "utf8");
  } catch (cause) {
    throw new AssemblyError(`${file} cannot be read. Pass the directory that "cdk synth" writes (cdk.out).`, { cause });
  }
  try {
    return JSON.parse(source);
  } catch (cause) {
    throw new AssemblyError(`${file} is not JSON.`, { cause });
  }
}

function textOf(value: Json | undefined): string {
  if (typeof value === "string") return value;
  throw new AssemblyError(`The cloud assembly's manifest lacks a text where a file name belongs.`);
}
