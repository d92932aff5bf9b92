import { ByteLru } from "./byte-lru.ts";
import { CacheLoaderError } from "./errors.ts";
import { SingleFlight } from "./single-flight.ts";

/** Names one S3 object. */
export interface ObjectId {
  readonly bucket: string;
  readonly key: string;
}

/** The answer of a loader: the value (raw or parsed), the ETag it belongs to, and the memory it takes, in bytes. */
export interface LoadedObject<T> {
  readonly value: T;
  readonly etag: string;
  readonly bytes: number;
}

/**
 * Loads an object, given the ETag of the copy held, if any. Answers `"not-modified"` if that copy is still right
 * (S3: `IfNoneMatch: heldEtag` answered 304).
 */
export type LoadObject<T> = (
  heldEtag: string | undefined,
  signal: AbortSignal,
) => Promise<LoadedObject<T> | "not-modified">;

/** An object's value, and where it came from. */
export interface CachedObject<T> {
  /** Shared with every other user of the cache: do not change it. */
  readonly value: T;
  readonly etag: string;
  /** `loaded`: nothing was held; `fresh`: the copy held is still right; `changed`: the object was replaced since. */
  readonly outcome: "loaded" | "fresh" | "changed";
}

/** Options of {@link ObjectCache}. */
export interface ObjectCacheOptions {
  /** Memory the cache may hold, in bytes, as counted by the loaders. Default 64 MiB. */
  readonly maxBytes?: number;
}

/**
 * Keeps loaded objects in memory between warm invocations, keyed by bucket and key, and asks S3 each time whether they are
 * still right. Create it outside the handler. Safe under concurrent runs in one process: they share one request, and one
 * value.
 *
 * @example
 * ```ts
 * const cities = new ObjectCache<City[]>();
 * const { value, etag } = await cities.get({ bucket, key }, objectLoader(client, { bucket, key }, parseCities));
 * ```
 */
export class ObjectCache<T> {
  readonly #held: ByteLru<{ readonly value: T; readonly etag: string }>;
  readonly #loads = new SingleFlight<CachedObject<T>>();

  constructor(options: ObjectCacheOptions = {}) {
    this.#held = new ByteLru(options.maxBytes ?? 64 * 1024 * 1024);
  }

  /** The budget in bytes. */
  get maxBytes(): number {
    return this.#held.maxBytes;
  }

  /** Bytes held now. */
  get usedBytes(): number {
    return this.#held.usedBytes;
  }

  /**
   * The object as S3 has it now. Least recently used objects make room; one that is larger than the whole budget is
   * answered but not kept. A caller that finds a load of the same object under way shares its answer.
   *
   * @throws {@link CacheLoaderError} if the loader says `"not-modified"` where nothing was held; else what `load` throws.
   */
  get(id: ObjectId, load: LoadObject<T>, options: { readonly signal?: AbortSignal } = {}): Promise<CachedObject<T>> {
    const name = nameOf(id);
    return this.#loads.run(name, (signal) => this.#revalidate(name, id, load, signal), options.signal);
  }

  /** Forgets one object. */
  delete(id: ObjectId): void {
    this.#held.delete(nameOf(id));
  }

  async #revalidate(name: string, id: ObjectId, load: LoadObject<T>, signal: AbortSignal): Promise<CachedObject<T>> {
    const held = this.#held.get(name);
    const loaded = await load(held?.etag, signal);
    if (loaded === "not-modified") {
      if (held === undefined) throw new CacheLoaderError(id);
      return { ...held, outcome: "fresh" };
    }
    const { value, etag, bytes } = loaded;
    this.#held.delete(name);
    if (this.#held.makeRoom(bytes) !== undefined) this.#held.set(name, { value, etag }, bytes);
    return { value, etag, outcome: held === undefined ? "loaded" : held.etag === etag ? "fresh" : "changed" };
  }
}

// Bucket names have no slash, so this is unambiguous.
function nameOf({ bucket, key }: ObjectId): string {
  return `${bucket}/${key}`;
}
