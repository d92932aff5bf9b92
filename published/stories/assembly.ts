import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";

interface AssetManifest {
  readonly files: Readonly<Record<string, { readonly source: { readonly path: string } }>>;
}

/** Checks that a folder is a cloud assembly: a template with resources, and every asset that it names. */
export function checkAssembly(directory: string): void {
  const templates = globSync("*.template.json", { cwd: directory });
  assert.ok(templates.length > 0, `there is no template in ${directory}`);
  for (const template of templates) {
    const { Resources = {} } = JSON.parse(readFileSync(join(directory, template), "utf8")) as { Resources?: object };
    assert.ok(Object.keys(Resources).length > 0, `${template} has no resources`);
  }
  const sources = globSync("*.assets.json", { cwd: directory }).flatMap((file) => {
    const { files }: AssetManifest = JSON.parse(readFileSync(join(directory, file), "utf8"));
    return Object.values(files).map(({ source }) => source.path);
  });
  const bundles = sources.filter((path) => path.includes("asset."));
  assert.ok(bundles.length > 0, "the stack has no code");
  for (const path of sources) assert.ok(existsSync(join(directory, path)), `${path} is missing`);
  for (const path of bundles) assert.ok(existsSync(join(directory, path, "index.mjs")), `${path} holds no code`);
}
