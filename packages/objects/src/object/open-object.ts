import type { S3Client } from "@aws-sdk/client-s3";
import { bareEtag } from "@longhaul/core/news";
import type { CallTuning } from "@longhaul/core/parts";
import { call } from "@longhaul/core/parts";
import type { CachedObject, ObjectCache, ObjectId } from "../cache/object-cache.ts";
import type { AcquireTmpOptions, FillTmp, TmpCache, TmpUnavailable } from "../cache/tmp-cache.ts";
import type { TmpFile } from "../cache/tmp-file.ts";
import { type DownloadOptions, download } from "./download.ts";
import { ObjectChangedError } from "./errors.ts";
import { type ObjectInfo, objectInfo } from "./object-info.ts";
import { type ObjectDecoding, type ObjectSource, OpenObject } from "./opened-object.ts";
import { type RangeSource, rangeBytes } from "./range-bytes.ts";
import { type ReadRangeOptions, readRange } from "./read-range.ts";
import { slicesOf } from "./slices.ts";

/** An object as {@link openObject} keeps it in memory: its headers and, if it is small, its bytes. */
export interface RememberedObject {
  readonly info: ObjectInfo;
  readonly bytes: Uint8Array | undefined;
}

/** Options of {@link openObject}. */
export interface OpenObjectOptions extends ObjectId {
  readonly client: Pick<S3Client, "send">;
  /** The ETag the run began with; another one is an {@link ObjectChangedError}. Default: whatever the object has now. */
  readonly etag?: string | undefined;
  /** Keeps small objects between warm invocations. Default: none are kept. */
  readonly memory?: ObjectCache<RememberedObject>;
  /** Largest object kept in memory, in bytes. Default 8 MiB. */
  readonly memoryMaxBytes?: number;
  /** Keeps larger objects as files between warm invocations. Default: none are kept. */
  readonly tmp?: TmpCache;
  /**
   * Largest object kept as a file, in bytes. Default 512 MiB: the whole download comes before the first byte is read, and
   * must fit into one invocation. Larger objects are read by ranges, from the position on.
   */
  readonly tmpMaxBytes?: number;
  /** How files are downloaded. */
  readonly download?: Omit<DownloadOptions, "signal" | "calls">;
  /** How ranges are read: `windowBytes` (default 8 MiB), `aheadBytes` (4 MiB), `sliceBytes` (1 MiB). */
  readonly ranges?: Omit<ReadRangeOptions, "signal" | "calls" | "toByte" | "reusesSlices">;
  /**
   * Reads the object through a decoder, such as gunzip; positions are then those of the decoded bytes. A function decides
   * by what S3 says of the object, such as its content encoding.
   */
  readonly decode?: ObjectDecoding | ((info: ObjectInfo) => ObjectDecoding | undefined);
  /**
   * Whether a decoded copy is kept as a file if it fits. Default true. Whether it fits shows only when it is decoded: pass
   * on {@link OpenObject.keepsDecoded} from hop to hop, so that it is tried once.
   */
  readonly keepsDecoded?: boolean | undefined;
  /**
   * Budget and tries of calls to S3. Default: 5 tries. What runs share (a load into memory, a download) knows no budget: it
   * is tried until the signal aborts, if there is one.
   */
  readonly calls?: CallTuning | undefined;
  /** Aborts opening and reading; a file in use then counts as given back. */
  readonly signal?: AbortSignal | undefined;
  /** Whose object it is, such as `run.fence`: once it is not live any more, a file in use counts as given back. */
  readonly fence?: AcquireTmpOptions["fence"];
}

// What an entry takes beside its bytes, roughly; counted, so that entries without bytes are bounded too.
const INFO_BYTES = 1024;

/**
 * Opens an object where it is read best: a small one from memory, one that fits from a file in `/tmp`, any other by ranges
 * from the position on, which takes the same memory whatever the size. One small request if a copy is held.
 *
 * @throws {@link ObjectNotFoundError}, {@link ObjectAccessDeniedError}, {@link ObjectArchivedError};
 * {@link ObjectChangedError} if it is not the version of `etag`.
 * @example
 * ```ts
 * await using object = await openObject({ client, bucket, key, etag: state.etag, memory, tmp, signal });
 * for await (const slice of object.stream(state.position)) work(slice);
 * ```
 */
export async function openObject(options: OpenObjectOptions): Promise<OpenObject> {
  for (let look = 1; ; look++) {
    try {
      return await openVersion(options);
    } catch (error) {
      // Replaced between a look at it and reading it; or the look was another run's. Nothing of it was read yet.
      const isOther = error instanceof ObjectChangedError && !isWanted(options, error.expectedEtag);
      if (!isOther || look === LOOKS) throw error;
    }
  }
}

/** How often an object is looked at that is replaced each time before it is read. */
const LOOKS = 3;

async function openVersion(options: OpenObjectOptions): Promise<OpenObject> {
  const { info, bytes } = await look(options);
  const source: RangeSource = { ...options, etag: info.etag, size: info.size };
  const decode = typeof options.decode === "function" ? options.decode(info) : options.decode;
  let keepsDecoded = options.keepsDecoded ?? true;
  const open = (from: ObjectSource): OpenObject => new OpenObject(info, from, decode, keepsDecoded, options.signal);
  if (bytes !== undefined) return open({ kind: "memory", bytes });
  if (options.tmp !== undefined && info.size > 0 && info.size <= (options.tmpMaxBytes ?? 512 * 1024 * 1024)) {
    const decoded = decode && keepsDecoded ? await keepDecoded(options.tmp, source, decode, options) : undefined;
    if (decoded !== undefined && isFile(decoded)) return open({ kind: "tmp", file: decoded, isDecoded: true });
    if (decoded?.unavailable === "too-large") keepsDecoded = false;
    const file = await keepStored(options.tmp, source, options);
    if (isFile(file)) return open({ kind: "tmp", file, isDecoded: false });
  }
  return open({
    kind: "range",
    read: (fromByte, { reusesSlices = false }) =>
      readRange(source, fromByte, { ...options.ranges, signal: options.signal, calls: options.calls, reusesSlices }),
  });
}

/** The object's headers now and, if it is small and a memory cache is given, its bytes. */
async function look(options: OpenObjectOptions): Promise<RememberedObject> {
  if (options.memory === undefined) {
    const info = await objectInfo(options.client, options, options);
    if (info === "not-modified") throw new TypeError("S3 answered 304 to an unconditional request.");
    if (options.etag !== undefined && !isWanted(options, info.etag)) throw changed(options, options.etag, info.etag);
    return { info, bytes: undefined };
  }
  const { memory } = options;
  // The load is shared and made once; each run repeats it by its own budget.
  const shared = (): Promise<CachedObject<RememberedObject>> =>
    call(() => remember(memory, options), {
      ...options.calls,
      name: "S3 HeadObject",
      kind: "long-operation",
      signal: options.signal,
    });
  let found = await shared();
  // A load that was under way for another run may have begun before the object was replaced: look once more.
  if (options.etag !== undefined && !isWanted(options, found.etag)) found = await shared();
  if (options.etag !== undefined && !isWanted(options, found.etag)) throw changed(options, options.etag, found.etag);
  return found.value;
}

function remember(
  memory: ObjectCache<RememberedObject>,
  options: OpenObjectOptions,
): Promise<CachedObject<RememberedObject>> {
  const { client, bucket, key, memoryMaxBytes = 8 * 1024 * 1024 } = options;
  return memory.get(
    { bucket, key },
    async (heldEtag, signal) => {
      const info = await objectInfo(
        client,
        { bucket, key },
        { heldEtag, signal, calls: { ...options.calls, attempts: 1 } },
      );
      if (info === "not-modified") return info;
      const { etag, size } = info;
      if (size > Math.min(memoryMaxBytes, memory.maxBytes))
        return { value: { info, bytes: undefined }, etag, bytes: INFO_BYTES };
      const whole = { start: 0, end: size };
      const received = rangeBytes({ client, bucket, key, etag, size }, whole, { signal, calls: sharedCalls(options) });
      const slices = slicesOf(received, size, size);
      let bytes: Uint8Array = new Uint8Array(0);
      for await (const slice of slices) bytes = slice;
      return { value: { info, bytes }, etag, bytes: size + INFO_BYTES };
    },
    signalOf(options),
  );
}

/** For work that runs share: no run's budget, but as long as somebody waits for it. */
function sharedCalls({ calls, signal }: OpenObjectOptions): CallTuning {
  return { ...calls, budgetMs: undefined, attempts: signal === undefined ? calls?.attempts : Number.POSITIVE_INFINITY };
}

/** The decoded object as a file. */
function keepDecoded(
  tmp: TmpCache,
  source: RangeSource,
  decode: ObjectDecoding,
  options: OpenObjectOptions,
): Promise<TmpFile | TmpUnavailable> {
  const { bucket, key, etag } = source;
  const reusesSlices = decode.takesReusedSlices === true;
  const fill: FillTmp = async (sink, signal) => {
    let position = 0;
    const stored = readRange(source, 0, { ...options.ranges, signal, calls: sharedCalls(options), reusesSlices });
    for await (const slice of decode.apply(stored)) {
      await sink.write(slice, position);
      position += slice.length;
    }
  };
  return tmp.acquire({ bucket, key, etag, variant: decode.name }, fill, useOf(options));
}

/** The object as it is stored, as a file. */
function keepStored(tmp: TmpCache, source: RangeSource, options: OpenObjectOptions): Promise<TmpFile | TmpUnavailable> {
  const { bucket, key, etag, size } = source;
  const fill: FillTmp = (sink, signal) =>
    download(source, sink, { ...options.download, signal, calls: sharedCalls(options) });
  return tmp.acquire({ bucket, key, etag, bytes: size }, fill, useOf(options));
}

function useOf(options: OpenObjectOptions): AcquireTmpOptions {
  return { ...signalOf(options), ...(options.fence && { fence: options.fence }) };
}

function signalOf({ signal }: OpenObjectOptions): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

function isFile(answer: TmpFile | TmpUnavailable): answer is TmpFile {
  return !("unavailable" in answer);
}

/** Whether it is the ETag the run began with, which may come without its quotes, as in S3's notifications. */
function isWanted({ etag }: OpenObjectOptions, found: string): boolean {
  return etag !== undefined && bareEtag(etag) === bareEtag(found);
}

function changed({ bucket, key }: ObjectId, expected: string, found: string): ObjectChangedError {
  return new ObjectChangedError(bucket, key, expected, found);
}
