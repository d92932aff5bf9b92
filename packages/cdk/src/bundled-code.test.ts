import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { App, Stack, Stage } from "aws-cdk-lib";
import { Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { handlerFile } from "../test/synthesize.ts";
import { type BundlingProps, bundledCode } from "./bundled-code.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "longhaul-bundle-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Manifest {
  readonly files: Record<string, { readonly source: { readonly path: string } }>;
}

const newFolder = (prefix = "out-") => mkdtempSync(join(folder, prefix));

/** Synthesizes a function with the code and answers the path of the bundle that would be deployed. */
function bundleOf(entry: string, bundling?: BundlingProps, outdir = newFolder()): string {
  const app = new App({ outdir });
  const stack = new Stack(app, "Test");
  const runtime = Runtime.NODEJS_24_X;
  const code = bundledCode(stack, entry, runtime, bundling);
  new LambdaFunction(stack, "Fn", { runtime, handler: "index.handler", code });
  return bundleIn(app.synth().directory, "Test");
}

function bundleIn(directory: string, stackId: string): string {
  const manifest: Manifest = JSON.parse(readFileSync(join(directory, `${stackId}.assets.json`), "utf8"));
  const asset = Object.values(manifest.files).find(({ source }) => /asset\./.test(source.path));
  return join(directory, asset?.source.path ?? "", "index.mjs");
}

function sourceFile(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

describe("a handler is bundled into one ES module", () => {
  it("that runs, and whose errors keep the names of their classes", async () => {
    const { handler } = await import(pathToFileURL(bundleOf(handlerFile)).href);
    expect(await handler({})).toEqual({
      digest: "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
      errorName: "WorkerFailedError",
    });
  });

  it("under a name that follows from its content, so that nothing changed means nothing deployed", () => {
    const asset = (path: string) => path.split("/").at(-2);
    expect(asset(bundleOf(handlerFile))).toBe(asset(bundleOf(handlerFile)));
    expect(asset(bundleOf(handlerFile))).not.toBe(asset(bundleOf(handlerFile, { minify: false })));
  });

  it("once for all functions of a stack that are bundled alike", () => {
    const newStack = () => new Stack(new App({ outdir: newFolder() }), "Test");
    const runtime = Runtime.NODEJS_24_X;
    const stack = newStack();
    const code = bundledCode(stack, handlerFile, runtime);
    expect(bundledCode(stack, handlerFile, runtime)).toBe(code);
    expect(bundledCode(stack, handlerFile, runtime, { minify: false })).not.toBe(code);
    expect(bundledCode(stack, handlerFile, Runtime.NODEJS_22_X)).not.toBe(code);
    expect(bundledCode(newStack(), handlerFile, runtime)).not.toBe(code);
  });

  it("with CommonJS dependencies that require Node's own modules", async () => {
    sourceFile("old.cjs", `module.exports = () => require("os").EOL;`);
    const entry = sourceFile("uses-old.mjs", `import eol from "./old.cjs"; export const handler = async () => eol();`);
    const { handler } = await import(pathToFileURL(bundleOf(entry)).href);
    expect(await handler()).toBe("\n");
  });

  it("even if the handler makes a require of its own", async () => {
    const entry = sourceFile(
      "own-require.mjs",
      `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);
       export const handler = async () => require("node:os").EOL;`,
    );
    for (const minify of [true, false]) {
      const { handler } = await import(pathToFileURL(bundleOf(entry, { minify })).href);
      expect(await handler()).toBe("\n");
    }
  });

  it("without the packages that are left to the runtime", () => {
    const entry = sourceFile(
      "external.mjs",
      `import thing from "left-to-a-layer"; export const handler = async () => thing;`,
    );
    expect(readFileSync(bundleOf(entry, { external: ["left-to-a-layer"] }), "utf8")).toContain(`from"left-to-a-layer"`);
  });

  it("with a source map on request", () => {
    expect(readFileSync(bundleOf(handlerFile, { sourceMap: true }), "utf8")).toContain(
      "sourceMappingURL=index.mjs.map",
    );
    expect(readFileSync(bundleOf(handlerFile), "utf8")).not.toContain("sourceMappingURL");
  });
});

describe("a bundle is written into the cloud assembly", () => {
  it.each([
    ["whose path is relative to the working directory, as the command cdk tells it", relative(process.cwd(), "")],
    ["in a folder with spaces and letters of all kinds", "größe & ünï cödé 写真 "],
  ])("%s", (_, prefix) => {
    const outdir = prefix === "" ? relative(process.cwd(), newFolder()) : newFolder(prefix);
    expect(readFileSync(bundleOf(handlerFile, {}, outdir), "utf8")).toContain("WorkerFailedError");
    expect(readdirSync(join(outdir, ".bundles"))).toHaveLength(1);
  });

  it("that another program writes to at the same time: the same bundle is written once", () => {
    const outdir = newFolder();
    const first = bundleOf(handlerFile, {}, outdir);
    expect(bundleOf(handlerFile, {}, outdir)).toBe(first);
    expect(readdirSync(join(outdir, ".bundles"))).toHaveLength(1);
  });

  it("of a stage", () => {
    const app = new App({ outdir: relative(process.cwd(), newFolder()) });
    const stage = new Stage(app, "Prod");
    const stack = new Stack(stage, "Test");
    const runtime = Runtime.NODEJS_24_X;
    const code = bundledCode(stack, handlerFile, runtime);
    new LambdaFunction(stack, "Fn", { runtime, handler: "index.handler", code });
    const { directory } = app.synth().getNestedAssembly("assembly-Prod");
    expect(readFileSync(bundleIn(directory, stack.artifactId), "utf8")).toContain("WorkerFailedError");
  });
});

it("what is odd in a handler is a warning of the stack, with its place", () => {
  const entry = sourceFile(
    "odd.mjs",
    "export const handler = async (x) => {\n  switch (x) { case 1: return 1; case 1: return 2; }\n};",
  );
  const stack = new Stack(new App({ outdir: newFolder() }), "Test");
  bundledCode(stack, entry, Runtime.NODEJS_24_X);
  const [warning] = stack.node.metadata.filter(({ type }) => type === "aws:cdk:warning");
  expect(warning?.data).toMatch(/odd\.mjs:2:\d+: This case clause will never be evaluated/);
});

describe("what cannot be bundled is refused with the file's name", () => {
  const refusal = (message: RegExp) =>
    expect.objectContaining({ code: "BUNDLE", message: expect.stringMatching(message) });

  it("a file that is not there", () => {
    expect(() => bundleOf(join(folder, "absent.ts"))).toThrow(refusal(/absent\.ts: there is no such file/));
  });

  it("a folder", () => {
    expect(() => bundleOf(folder)).toThrow(refusal(/there is no such file/));
  });

  it("a syntax error, with file, line and column as editors count them", () => {
    const entry = sourceFile("broken.ts", "export const fine = 1;\nexport const handler = ;");
    const message = `${entry}: could not be bundled.\n  ${entry}:2:24: Unexpected ";"`;
    expect(() => bundleOf(entry)).toThrow(expect.objectContaining({ code: "BUNDLE", message }));
  });

  it("a syntax error in a file that is imported, with all others", () => {
    sourceFile("work.ts", "export const work = {;\n");
    sourceFile("rest.ts", "\n\nconst = 1;\n");
    const entry = sourceFile("imports.ts", 'import "./work.ts";\nimport "./rest.ts";\nexport const handler = 1;');
    expect(() => bundleOf(entry)).toThrow(refusal(/rest\.ts:3:7: .*\n.*work\.ts:1:22: /));
  });

  it("a name that a module does not export", () => {
    sourceFile("exports.ts", "export const there = 1;");
    const entry = sourceFile("wants.ts", 'import { absent } from "./exports.ts";\nexport const handler = absent;');
    expect(() => bundleOf(entry)).toThrow(refusal(/wants\.ts:1:10: No matching export in .* for import "absent"/));
  });

  it("an import that is not installed", () => {
    const entry = sourceFile("lonely.ts", `import "not-installed-anywhere"; export const handler = async () => {};`);
    expect(() => bundleOf(entry)).toThrow(refusal(/lonely\.ts:1:\d+: Could not resolve "not-installed-anywhere"/));
  });
});
