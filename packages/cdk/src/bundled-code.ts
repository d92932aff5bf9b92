import { existsSync, statSync } from "node:fs";
import { dirname, isAbsolute, relative, resolve } from "node:path";
import { Annotations, Stack, Stage } from "aws-cdk-lib";
import { Code, type Runtime } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { type BuildFailure, type BuildResult, buildSync, type Message } from "esbuild";
import { bundleFolder } from "./bundle-folder.ts";
import { BundleError } from "./errors.ts";

/** How a handler is bundled. */
export interface BundlingProps {
  /** Shortens the code; names of functions and classes are kept, since Lambda reports an error by its class. Default: `true`. */
  readonly minify?: boolean;
  /** Ships a source map and has Node use it for stack traces, at the price of slower cold starts. Default: `false`. */
  readonly sourceMap?: boolean;
  /** Packages left out of the bundle because the runtime or a layer brings them. Default: none, so the AWS SDK is bundled and pinned. */
  readonly external?: readonly string[];
}

/** Constructs that run from their TypeScript sources bundle the packages of this workspace from their sources too. */
const runsFromSource = import.meta.url.endsWith(".ts");

/** A CommonJS dependency inside an ES module still calls `require("node:...")`. https://esbuild.github.io/api/#platform */
const requireBanner =
  'import { createRequire as createRequireOfBundle } from "node:module"; const require = createRequireOfBundle(import.meta.url);';

/** Functions of one stack that take their handlers of one file share its bundle; between stacks CDK does not let them. */
const bundles = new WeakMap<Stack, Map<string, Code>>();

/**
 * Bundles one file and all it imports into `index.mjs`, in this process: no container, no child `npm`, no lock file needed.
 * The asset is named by its content, so an unchanged handler is not deployed again.
 *
 * @throws {@link BundleError} if the file is missing or does not bundle.
 */
export function bundledCode(scope: Construct, entry: string, runtime: Runtime, bundling: BundlingProps = {}): Code {
  const stack = Stack.of(scope);
  // `cdk ls` and `cdk destroy` need no code and say so.
  if (!stack.bundlingRequired) return Code.fromInline("// not bundled");
  const file = resolve(entry);
  if (!existsSync(file) || !statSync(file).isFile()) {
    throw new BundleError(
      file,
      "there is no such file. entry is the path of the file that exports the handler; a relative one begins at the working directory.",
    );
  }
  const known = bundles.get(stack) ?? new Map<string, Code>();
  bundles.set(stack, known);
  const key = JSON.stringify([file, runtime.name, bundling]);
  const code = known.get(key) ?? freshBundle(scope, file, runtime, bundling);
  known.set(key, code);
  return code;
}

function freshBundle(scope: Construct, file: string, runtime: Runtime, bundling: BundlingProps): Code {
  const { outputFiles, warnings } = bundle(file, runtime, bundling);
  for (const warning of warnings) {
    // Odd settings are the compiler's to report, which reads them too.
    if (warning.id === "tsconfig.json") continue;
    Annotations.of(scope).addWarningV2(`@longhaul/cdk:bundling-${warning.id}`, placed(warning, file));
  }
  // The command `cdk` tells the program a path that is relative to its working directory.
  const parent = resolve(Stage.of(scope)?.outdir ?? "cdk.out", ".bundles");
  return Code.fromAsset(bundleFolder(parent, outputFiles));
}

function bundle(entry: string, runtime: Runtime, bundling: BundlingProps): BuildResult<{ write: false }> {
  try {
    return buildSync({
      entryPoints: [entry],
      outfile: "index.mjs",
      write: false,
      // Paths relative to the entry keep the bundle, and so its name, the same on every machine.
      absWorkingDir: dirname(entry),
      bundle: true,
      platform: "node",
      format: "esm",
      target: nodeTarget(runtime),
      mainFields: ["module", "main"],
      // Naming conditions switches esbuild's own "module" condition off, hence it is named again.
      ...(runsFromSource ? { conditions: ["longhaul-source", "module"] } : {}),
      external: [...(bundling.external ?? [])],
      minify: bundling.minify ?? true,
      keepNames: true,
      sourcemap: bundling.sourceMap ?? false,
      legalComments: "none",
      charset: "utf8",
      banner: { js: requireBanner },
      logLevel: "silent",
    });
  } catch (error) {
    throw new BundleError(entry, `could not be bundled.${faultsOf(error, entry)}`, { cause: error });
  }
}

/** `nodejs24.x` -> `node24`. */
function nodeTarget(runtime: Runtime): string {
  return `node${Number.parseInt(runtime.name.replace("nodejs", ""), 10)}`;
}

function faultsOf(error: unknown, entry: string): string {
  if (!isBuildFailure(error)) return ` ${error instanceof Error ? error.message : String(error)}`;
  return error.errors.map((fault) => `\n  ${placed(fault, entry)}`).join("");
}

/** A message of esbuild with its place, as editors and terminals link it: columns count from 1. */
function placed({ text, location }: Message, entry: string): string {
  if (!location) return text;
  const file = resolve(dirname(entry), location.file);
  const short = relative(process.cwd(), file);
  const path = short.startsWith("..") || isAbsolute(short) ? file : short;
  return `${path}:${location.line}:${location.column + 1}: ${text}`;
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors);
}
