import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Assembly, readAssembly } from "../cloudformation/assembly.ts";
import { PACKAGED_TEMPLATE } from "./packaged-code.ts";
import { readTemplateFile } from "./template-file.ts";

/**
 * Reads what is to be deployed: the directory of a cloud assembly, the directory that `osls package` writes (`.serverless`),
 * or a template's file.
 *
 * @param scratch - where code is built that asks for it.
 * @throws {AssemblyError} if it is neither.
 * @throws {TemplateError} if a template cannot be read.
 */
export async function readDeployable(path: string, scratch: string): Promise<Assembly> {
  for (const file of [path, join(path, PACKAGED_TEMPLATE)]) {
    const found = await stat(file).catch(() => undefined);
    if (found?.isFile()) return readTemplateFile(resolve(file), scratch);
  }
  return readAssembly(path);
}
