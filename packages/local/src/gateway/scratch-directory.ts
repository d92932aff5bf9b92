import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const prefix = "longhaul-local-";
const staleAfterMs = 24 * 3_600_000;

/** A directory of the embedded AWS's own, and what removes it. */
export interface ScratchDirectory {
  readonly path: string;
  /** Removes what was made. A directory that was given stays. */
  remove(): Promise<void>;
}

/**
 * Makes a directory below the system's temporary one, or takes the given one. What processes that were killed more than
 * a day ago left behind is removed on the way.
 */
export async function openScratchDirectory(given: string | undefined): Promise<ScratchDirectory> {
  if (given !== undefined) return { path: given, remove: async () => {} };
  const path = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
  void removeStale();
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}

async function removeStale(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  for (const name of names) {
    const pid = Number(new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1]);
    if (!Number.isInteger(pid) || isAlive(pid)) continue;
    const path = join(tmpdir(), name);
    const found = await stat(path).catch(() => undefined);
    // Another container may share the directory and not the process numbers, hence the day of grace.
    if (found && Date.now() - found.mtimeMs > staleAfterMs) {
      await rm(path, { recursive: true, force: true }).catch(() => undefined);
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
