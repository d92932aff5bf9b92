import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ByteLru } from "./byte-lru.ts";
import { SingleFlight } from "./single-flight.ts";
import { TmpDirectory, type TmpFileSystem } from "./tmp-directory.ts";
import { TmpFile } from "./tmp-file.ts";
import { partFileName, type TmpObject, tmpFileName, tmpName } from "./tmp-names.ts";
import { NoRoomError, type TmpSink, writePart } from "./tmp-part.ts";

/** Writes an object's bytes into a file, in any order and in parallel. Rejects if it cannot; then the file is dropped. */
export type FillTmp = (sink: TmpSink, signal: AbortSignal) => Promise<void>;

/**
 * Why there is no file. `too-large`: it is larger than the whole budget, so another try is useless; `budget`: it does
 * not fit beside the files in use; `disk-full`: the disk is full even after
 * evicting; `unwritable`: the directory cannot be written at all. None is a failure of the run: read ranges instead.
 */
export interface TmpUnavailable {
  readonly unavailable: "too-large" | "budget" | "disk-full" | "unwritable";
}

/** Options of {@link TmpCache.acquire}. */
export interface AcquireTmpOptions {
  /** Aborts waiting and filling. From then on the file in use counts as given back. */
  readonly signal?: AbortSignal;
  /** Whose use it is, such as `run.fence`: once it is not live any more, the file in use counts as given back. */
  readonly fence?: { readonly isLive: boolean };
}

/** Options of {@link TmpCache}. */
export interface TmpCacheOptions {
  /** Directory, used by nothing else. Default `longhaul` in the system's temporary directory (`/tmp` on Lambda). */
  readonly directory?: string;
  /** Budget in bytes. Default: nine tenths of what the disk has free, at most 10,240 MiB. */
  readonly maxBytes?: number;
  /** For tests. */
  readonly files?: TmpFileSystem;
  /** For tests: wall-clock time in milliseconds. */
  readonly now?: () => number;
}

interface Kept {
  readonly path: string;
  readonly bytes: number;
  doomed: boolean;
}

interface Use extends AcquireTmpOptions {
  readonly file: TmpFile;
}

/**
 * Keeps objects as files between warm invocations: one file per bucket, key and ETag, written aside and renamed, least
 * recently used evicted within a budget. Create it outside the handler. Safe under concurrent runs in one process: they
 * share one download, and a file in use is never evicted as long as the hop that uses it lasts. Files that an earlier process left whole are used again; what
 * crashed downloads left is removed. A full disk is an answer, never an exception.
 *
 * @example
 * ```ts
 * const tmp = new TmpCache({ maxBytes: 4 * 1024 ** 3 });
 * const object = await openObject({ client, bucket, key, tmp });
 * ```
 */
export class TmpCache {
  readonly #directory: TmpDirectory;
  readonly #maxBytes: number | undefined;
  readonly #fills = new SingleFlight<"filled" | TmpUnavailable>();
  readonly #uses = new Set<Use>();
  #opening: Promise<ByteLru<Kept> | TmpUnavailable> | undefined;

  constructor(options: TmpCacheOptions = {}) {
    this.#directory = new TmpDirectory(options.directory ?? join(tmpdir(), "longhaul"), options.files, options.now);
    this.#maxBytes = options.maxBytes;
  }

  /**
   * The object's file, filled by `fill` unless it is there already. Concurrent callers share one fill.
   *
   * @throws what `fill` throws for reasons other than room, and `signal`'s reason.
   */
  async acquire(object: TmpObject, fill: FillTmp, options: AcquireTmpOptions = {}): Promise<TmpFile | TmpUnavailable> {
    const held = await this.#open();
    if ("unavailable" in held) return held;
    const name = tmpName(object);
    let outcome: "held" | "filled" = "held";
    // More than one round only if another run evicts the file, or somebody deletes it, before it is opened here.
    for (let round = 0; round < 3; round++) {
      const file = await this.#use(held, name, outcome, options);
      if (file !== undefined) return file;
      const filled = await this.#fills.run(
        name,
        (signal) => this.#fill(held, name, object, fill, signal),
        options.signal,
      );
      if (filled !== "filled") return filled;
      outcome = "filled";
    }
    return { unavailable: "budget" };
  }

  /** Bytes of all files, those being written included. */
  async usedBytes(): Promise<number> {
    const held = await this.#open();
    return "unavailable" in held ? 0 : held.usedBytes;
  }

  async #use(
    held: ByteLru<Kept>,
    name: string,
    outcome: "held" | "filled",
    options: AcquireTmpOptions,
  ): Promise<TmpFile | undefined> {
    const kept = held.get(name);
    if (kept === undefined) return undefined;
    held.pin(name);
    try {
      const handle = await this.#directory.files.open(kept.path, "r");
      await this.#directory.touch(kept.path);
      const file = new TmpFile({ path: kept.path, bytes: kept.bytes, outcome }, handle, (remove, isFirst) => {
        this.#uses.delete(use);
        return this.#release(held, name, kept, remove, isFirst);
      });
      const use: Use = { ...options, file };
      this.#uses.add(use);
      return file;
    } catch {
      if (held.peek(name) === kept) held.delete(name);
      return undefined;
    }
  }

  async #release(held: ByteLru<Kept>, name: string, kept: Kept, remove: boolean, isFirst: boolean): Promise<void> {
    if (remove) kept.doomed = true;
    if (held.peek(name) !== kept) return;
    if (!isFirst) held.pin(name);
    if (held.unpin(name) > 0 || !kept.doomed) return;
    held.delete(name);
    await this.#directory.remove(kept.path);
  }

  /**
   * Gives back what hops that are over still use: a step that never ended keeps its generator from closing its file, in a
   * container that continues with other hops.
   */
  async #releaseEnded(): Promise<void> {
    const ended = [...this.#uses].filter(({ signal, fence }) => signal?.aborted === true || fence?.isLive === false);
    await Promise.all(ended.map(({ file }) => file.release()));
  }

  async #fill(
    held: ByteLru<Kept>,
    name: string,
    object: TmpObject,
    fill: FillTmp,
    signal: AbortSignal,
  ): Promise<"filled" | TmpUnavailable> {
    const bytes = object.bytes ?? 0;
    if (bytes > held.maxBytes) return { unavailable: "too-large" };
    let grownBytes = 0;
    for (let attempt = 1; ; attempt++) {
      if (!(await this.#makeRoom(held, bytes))) return { unavailable: "budget" };
      grownBytes = bytes;
      const partName = partFileName(process.pid, randomUUID());
      const partPath = join(this.#directory.path, partName);
      held.set(partName, { path: partPath, bytes, doomed: false }, bytes);
      held.pin(partName);
      try {
        if (!(await this.#freeDisk(held, bytes))) return { unavailable: "disk-full" };
        const written = await writePart({
          files: this.#directory.files,
          path: partPath,
          bytes: object.bytes,
          fill,
          signal,
          grow: async (more) => {
            grownBytes += more;
            if (!(await this.#makeRoom(held, more))) throw new NoRoomError();
            held.grow(partName, more);
          },
        });
        const path = join(this.#directory.path, tmpFileName(name, written));
        await this.#directory.files.rename(partPath, path);
        held.delete(partName);
        held.set(name, { path, bytes: written, doomed: false }, written);
        return "filled";
      } catch (error) {
        await this.#directory.remove(partPath).catch(() => {});
        if (error instanceof NoRoomError) {
          return { unavailable: grownBytes > held.maxBytes ? "too-large" : "budget" };
        }
        const code = errorCode(error);
        if (code === "EACCES" || code === "EROFS" || code === "EPERM") return { unavailable: "unwritable" };
        if (code !== "ENOSPC" && code !== "EDQUOT" && code !== "EFBIG") throw error;
        if (attempt === 2 || !(await this.#evictAll(held))) return { unavailable: "disk-full" };
      } finally {
        held.delete(partName);
      }
    }
  }

  async #makeRoom(held: ByteLru<Kept>, bytes: number): Promise<boolean> {
    if (held.usedBytes + bytes > held.maxBytes) await this.#releaseEnded();
    const evicted = held.makeRoom(bytes);
    for (const { value } of evicted ?? []) await this.#directory.remove(value.path);
    return evicted !== undefined;
  }

  /** The budget may promise more than the disk has, when others fill it. */
  async #freeDisk(held: ByteLru<Kept>, bytes: number): Promise<boolean> {
    if ((await this.#directory.freeBytes()) >= bytes) return true;
    await this.#releaseEnded();
    await this.#directory.removeLeftovers();
    while ((await this.#directory.freeBytes()) < bytes) {
      const evicted = held.evictOne();
      if (evicted === undefined) return false;
      await this.#directory.remove(evicted.value.path);
    }
    return true;
  }

  async #evictAll(held: ByteLru<Kept>): Promise<boolean> {
    const before = await this.#directory.freeBytes();
    await this.#releaseEnded();
    await this.#directory.removeLeftovers();
    let evictions = 0;
    for (let evicted = held.evictOne(); evicted !== undefined; evicted = held.evictOne()) {
      evictions++;
      await this.#directory.remove(evicted.value.path);
    }
    return evictions > 0 || (await this.#directory.freeBytes()) > before;
  }

  #open(): Promise<ByteLru<Kept> | TmpUnavailable> {
    this.#opening ??= this.#adopt().catch((): TmpUnavailable => {
      this.#opening = undefined;
      return { unavailable: "unwritable" };
    });
    return this.#opening;
  }

  async #adopt(): Promise<ByteLru<Kept>> {
    const left = await this.#directory.open();
    const ownBytes = left.reduce((sum, file) => sum + file.bytes, 0);
    const held = new ByteLru<Kept>(this.#maxBytes ?? (await this.#directory.defaultBudget(ownBytes)));
    for (const { name, path, bytes } of left) {
      const double = held.peek(name);
      if (double !== undefined) await this.#directory.remove(double.path);
      held.set(name, { path, bytes, doomed: false }, bytes);
    }
    await this.#makeRoom(held, 0);
    return held;
  }
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
