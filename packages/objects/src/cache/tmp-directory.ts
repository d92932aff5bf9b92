import * as fsPromises from "node:fs/promises";
import { join } from "node:path";
import { parseTmpFileName } from "./tmp-names.ts";

/** The calls of `node:fs/promises` the file cache makes. Tests pass a disk that fills up. */
export type TmpFileSystem = Pick<
  typeof fsPromises,
  "lstat" | "mkdir" | "open" | "readdir" | "rename" | "rm" | "statfs" | "utimes"
>;

/** A whole file left by an earlier use of the directory. */
export interface LeftFile {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

// Longer than any healthy download goes without writing; half-written files older than this belong to nobody.
const IDLE_PART_MS = 120_000;
// Lambda's /tmp is at most 10,240 MB: https://docs.aws.amazon.com/lambda/latest/dg/configuration-ephemeral-storage.html
const MAX_TMP_BYTES = 10_240 * 1024 * 1024;

/** The directory of a file cache: what is in it, what is left over, how much fits. */
export class TmpDirectory {
  readonly path: string;
  readonly files: TmpFileSystem;
  readonly #isAlive: (pid: number) => boolean;
  readonly #now: () => number;

  constructor(path: string, files: TmpFileSystem = fsPromises, now: () => number = Date.now, isAlive = isProcessAlive) {
    this.path = path;
    this.files = files;
    this.#now = now;
    this.#isAlive = isAlive;
  }

  /** Creates the directory if need be, removes what crashed downloads left, and lists whole files, oldest use first. */
  async open(): Promise<readonly LeftFile[]> {
    await this.files.mkdir(this.path, { recursive: true, mode: 0o700 });
    await this.removeLeftovers();
    const found: (LeftFile & { readonly usedAtMs: number })[] = [];
    for (const fileName of await this.files.readdir(this.path)) {
      const kind = parseTmpFileName(fileName);
      if (kind.kind !== "whole") continue;
      const path = join(this.path, fileName);
      const stat = await this.files.lstat(path).catch(() => undefined);
      if (stat?.isFile() && stat.size === kind.bytes) {
        found.push({ name: kind.name, path, bytes: kind.bytes, usedAtMs: stat.mtimeMs });
      } else {
        await this.remove(path);
      }
    }
    return found.sort((a, b) => a.usedAtMs - b.usedAtMs);
  }

  /**
   * Removes half-written files of processes that are gone, and those nobody has written to for two minutes: after a crash
   * the next process may have the same id, and worker threads share one.
   */
  async removeLeftovers(): Promise<void> {
    for (const fileName of await this.files.readdir(this.path)) {
      const kind = parseTmpFileName(fileName);
      if (kind.kind !== "part") continue;
      const path = join(this.path, fileName);
      const stat = await this.files.lstat(path).catch(() => undefined);
      if (stat === undefined) continue;
      if (this.#now() - stat.mtimeMs > IDLE_PART_MS || !this.#isAlive(kind.pid)) await this.remove(path);
    }
  }

  /** Bytes that can still be written to the disk. */
  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await this.files.statfs(this.path);
    return bavail * bsize;
  }

  /** The budget if none is given: nine tenths of what is free or already ours, at most what Lambda's /tmp can have. */
  async defaultBudget(ownBytes: number): Promise<number> {
    return Math.min(MAX_TMP_BYTES, Math.floor(0.9 * ((await this.freeBytes()) + ownBytes)));
  }

  /** Notes a use, so that a later process evicts in the right order. */
  async touch(path: string): Promise<void> {
    const seconds = this.#now() / 1000;
    await this.files.utimes(path, seconds, seconds).catch(() => {});
  }

  /** Deletes a file; that it is gone already is as good. */
  async remove(path: string): Promise<void> {
    await this.files.rm(path, { force: true });
  }
}

function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, under another user.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
