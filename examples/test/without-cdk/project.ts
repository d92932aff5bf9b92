import { cp, mkdtemp, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { program } from "./program.ts";

const examples = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Makes a folder as a user has it: the function, the samples beside it, and the packages as they are
 * published. Both functions are bundled as the samples say.
 */
export async function makeProject(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "longhaul-without-cdk-"));
  await cp(join(examples, "without-cdk"), folder, { recursive: true });
  await cp(join(examples, "src", "store.ts"), join(folder, "src", "store.ts"));
  await symlink(join(examples, "..", "node_modules"), join(folder, "node_modules"));
  await program(process.execPath, ["bundle.mjs"], folder);
  return folder;
}
