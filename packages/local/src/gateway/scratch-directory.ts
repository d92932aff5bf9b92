import { lstat, mkdir, mkdtemp, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive, ownIdentity, parseIdentity } from "./process-identity.ts";
import { removeTree } from "./remove-tree.ts";

const prefix = "longhaul-local-";
/** Names the process a directory belongs to. */
const ownerFile = "owner.json";
/** A directory whose owner cannot be checked is kept this long: another machine or container may share the parent. */
const graceMs = 24 * 3_600_000;

/** A directory of the embedded AWS's own, and what removes it. */
export interface ScratchDirectory {
  readonly path: string;
  remove(): Promise<void>;
}

/**
 * Makes a directory of this process's own below the given one, or below the system's temporary one. What processes left
 * behind that were killed is removed on the way.
 */
export async function openScratchDirectory(given: string | undefined): Promise<ScratchDirectory> {
  const parent = given ?? tmpdir();
  await mkdir(parent, { recursive: true });
  await removeLeftovers(parent);
  const path = await mkdtemp(join(parent, `${prefix}${process.pid}-`));
  await writeFile(join(path, ownerFile), JSON.stringify(ownIdentity()));
  // For those who cannot tell whether this process is alive.
  const sign = () => void utimes(path, new Date(), new Date()).catch(() => undefined);
  const signing = setInterval(sign, graceMs / 24).unref();
  return {
    path,
    remove() {
      clearInterval(signing);
      return removeTree(path);
    },
  };
}

async function removeLeftovers(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names) {
    if (!name.startsWith(prefix)) continue;
    const path = join(parent, name);
    // Somebody else may be at it, too.
    if (await isLeftOver(path)) await removeTree(path).catch(() => undefined);
  }
}

async function isLeftOver(path: string): Promise<boolean> {
  // Links, and what other users put here, are not followed, read or removed.
  const found = await lstat(path).catch(() => undefined);
  if (!found?.isDirectory() || found.uid !== process.getuid?.()) return false;
  const owner = await readFile(join(path, ownerFile), "utf8").then(parseIdentity, () => undefined);
  const alive = owner === undefined ? undefined : isAlive(owner);
  // A directory without an owner is about to get one, or is broken.
  return alive === undefined ? Date.now() - found.mtimeMs > graceMs : !alive;
}
