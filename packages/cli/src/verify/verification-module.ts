import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { VerifyOptions } from "@longhaul/core/testing";
import { UsageError } from "../usage-error.ts";

/**
 * Loads the verification that a file exports.
 *
 * @throws {@link UsageError} if there is no such file, or its default export has no handler.
 */
export async function verificationIn(file: string): Promise<VerifyOptions<unknown>> {
  const path = resolve(file);
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!isFile) throw new UsageError(`There is no file ${file}.`);
  const module: { readonly default?: unknown } = await import(pathToFileURL(path).href);
  if (isVerification(module.default)) return module.default;
  throw new UsageError(
    `${file} has no verification: export default defineVerification({ handler, event, invariant }), from @longhaul/core/testing.`,
  );
}

function isVerification(value: unknown): value is VerifyOptions<unknown> {
  return typeof (value as { readonly handler?: unknown } | undefined)?.handler === "function";
}
