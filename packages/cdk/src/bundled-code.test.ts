import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { App, Stack } from "aws-cdk-lib";
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

/** Synthesizes a function with the code and answers the path of the bundle that would be deployed. */
function bundleOf(entry: string, bundling?: BundlingProps): string {
  const app = new App({ outdir: mkdtempSync(join(folder, "out-")) });
  const stack = new Stack(app, "Test");
  const runtime = Runtime.NODEJS_24_X;
  const code = bundledCode(stack, entry, runtime, bundling);
  new LambdaFunction(stack, "Fn", { runtime, handler: "index.handler", code });
  const { directory } = app.synth();
  const manifest: Manifest = JSON.parse(readFileSync(join(directory, "Test.assets.json"), "utf8"));
  const asset = Object.values(manifest.files).find(({ source }) => source.path.startsWith("asset."));
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
    const newStack = () => new Stack(new App({ outdir: mkdtempSync(join(folder, "out-")) }), "Test");
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

describe("what cannot be bundled is refused with the file's name", () => {
  const refusal = (message: RegExp) =>
    expect.objectContaining({ code: "BUNDLE", message: expect.stringMatching(message) });

  it("a file that is not there", () => {
    expect(() => bundleOf(join(folder, "absent.ts"))).toThrow(refusal(/absent\.ts: there is no such file/));
  });

  it("a folder", () => {
    expect(() => bundleOf(folder)).toThrow(refusal(/there is no such file/));
  });

  it("a syntax error, with its line", () => {
    const entry = sourceFile("broken.ts", "export const fine = 1;\nexport const handler = ;");
    expect(() => bundleOf(entry)).toThrow(
      refusal(/broken\.ts: could not be bundled\.\n {2}broken\.ts:2:\d+: Unexpected ";"/),
    );
  });

  it("an import that is not installed", () => {
    const entry = sourceFile("lonely.ts", `import "not-installed-anywhere"; export const handler = async () => {};`);
    expect(() => bundleOf(entry)).toThrow(refusal(/lonely\.ts:1:\d+: Could not resolve "not-installed-anywhere"/));
  });
});
