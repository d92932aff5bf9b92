import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import type { Json } from "../../src/cloudformation/json.ts";
import { translateSam } from "../../src/sam/transform.ts";
import { parseTemplateText } from "../../src/template-files/template-text.ts";

/** A Python with `aws-sam-translator`, as `npm run test:peers` brings it. */
const { LONGHAUL_PYTHON: python = "python3" } = process.env;
const folder = join(import.meta.dirname, "templates");
const files = readdirSync(folder).map((name) => join(folder, name));

/** SAM's hashes of versions and layers: ours differ, or are left out. */
const withoutHash = (text: string) => text.replace(/^(\w+Version|Own)[0-9a-f]{10}$/, "$1");

function comparable(value: Json): Json {
  if (typeof value === "string") return withoutHash(value);
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [withoutHash(key), comparable(child)]));
}

it("SAM templates come to what AWS's own translator makes of them", { timeout: 60_000 }, async () => {
  const translate = join(import.meta.dirname, "translate.py");
  const env = { ...process.env, AWS_DEFAULT_REGION: "us-east-1" };
  const { stdout } = await promisify(execFile)(python, [translate, ...files], { env, maxBuffer: 64 * 1024 * 1024 });
  const theirs = JSON.parse(stdout) as Record<string, Json>;
  for (const file of files) {
    const { template, problems } = translateSam(parseTemplateText(await readFile(file, "utf8"), file), "Stack");
    expect(problems).toEqual([]);
    expect(comparable(template), file).toEqual(comparable(theirs[file] ?? null));
  }
});
