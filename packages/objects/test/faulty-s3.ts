import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";
import type { CallTuning } from "@longhaul/core/parts";
import { systemHost } from "@longhaul/core/parts";
import { crc32, encodeCrc32, joinCrc32 } from "../src/object/crc32.ts";

/** One call as the double sees it. */
export interface SeenCall {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Which call of this name it is, from 1. */
  readonly count: number;
}

/** The fault: thrown before the call takes effect, or after it did, as if the answer was lost. */
export interface Faults {
  before?(call: SeenCall): void | Promise<void>;
  after?(call: SeenCall): void;
  /** Makes a body break: the bytes it brings, then an error. */
  bodyBreak?(
    call: SeenCall,
    bytes: Uint8Array,
  ): { readonly bytes: Uint8Array; readonly error: Error | "stall" } | undefined;
}

interface StoredObject {
  readonly bytes: Uint8Array;
  readonly etag: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly contentType?: string;
}

/** Three tries, one at once after the other: where chance is 0, pauses are of no length. */
export const AT_ONCE: CallTuning = { attempts: 3, host: { timer: timerOfNoLength, random: () => 0 } };

function timerOfNoLength(delayMs: number, fire: () => void): () => void {
  if (delayMs > 0) return systemHost.timer(delayMs, fire);
  queueMicrotask(fire);
  return () => {};
}

/** An SDK error as S3 causes it. */
export function s3Error(name: string, status: number): Error {
  return Object.assign(new Error(name), { name, $metadata: { httpStatusCode: status } });
}

/** Rejects when the signal is aborted, as a request that hangs does. */
function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
}

/** The few S3 calls of this folder over a Map, for tests of what happens when they fail. Real behaviour: the embedded S3. */
export class FaultyS3 {
  readonly objects = new Map<string, StoredObject>();
  readonly uploads = new Map<
    string,
    { readonly metadata: Record<string, string>; readonly parts: Map<number, Uint8Array> }
  >();
  readonly calls: SeenCall[] = [];
  /** Bodies given out. */
  readonly bodies: Readable[] = [];
  faults: Faults = {};
  #uploadCount = 0;

  /** A client of its own, which can be cut off as a killed process is, and held up as that of a frozen one. */
  connect(): { readonly client: Pick<S3Client, "send">; cutOff(): void; freeze(): void; thaw(): void } {
    let isCutOff = false;
    let frozen: Promise<void> | undefined;
    let thaw = (): void => {};
    const send = async (
      command: { input: object; constructor: { name: string } },
      options?: { abortSignal?: AbortSignal },
    ) => {
      await frozen;
      if (isCutOff) return new Promise(() => {});
      const name = command.constructor.name.replace("Command", "");
      const count = this.calls.filter((call) => call.name === name).length + 1;
      const { Body } = command.input as { Body?: unknown };
      const whole = Body instanceof Readable ? { Body: Buffer.concat(await Body.toArray()) } : {};
      const call: SeenCall = { name, input: { ...command.input, ...whole }, count };
      this.calls.push(call);
      options?.abortSignal?.throwIfAborted();
      await Promise.race([this.faults.before?.(call), aborted(options?.abortSignal)]);
      if (isCutOff) return new Promise(() => {});
      const answer = this.#answer(call, options?.abortSignal);
      this.faults.after?.(call);
      return answer;
    };
    return {
      client: { send } as unknown as Pick<S3Client, "send">,
      cutOff() {
        isCutOff = true;
      },
      freeze() {
        frozen = new Promise((resolve) => {
          thaw = resolve;
        });
      },
      thaw: () => thaw(),
    };
  }

  put(key: string, bytes: Uint8Array, metadata: Record<string, string> = {}): StoredObject {
    const etag = `"${createHash("md5").update(bytes).digest("hex")}"`;
    const stored = { bytes: Uint8Array.from(bytes), etag, metadata };
    this.objects.set(key, stored);
    return stored;
  }

  count(name: string): number {
    return this.calls.filter((call) => call.name === name).length;
  }

  #answer(call: SeenCall, signal: AbortSignal | undefined): unknown {
    const { name, input } = call;
    const key = String(input.Key);
    switch (name) {
      case "HeadObject":
      case "GetObject":
        return this.#read(call, key, signal);
      case "PutObject": {
        const bytes = input.Body as Uint8Array;
        checkCrc(input, bytes);
        return { ETag: this.put(key, bytes, input.Metadata as Record<string, string>).etag };
      }
      case "CreateMultipartUpload": {
        const UploadId = `upload-${++this.#uploadCount}`;
        this.uploads.set(UploadId, { metadata: (input.Metadata ?? {}) as Record<string, string>, parts: new Map() });
        return { UploadId };
      }
      case "UploadPart": {
        const bytes = input.Body as Uint8Array;
        checkCrc(input, bytes);
        this.#upload(input).parts.set(Number(input.PartNumber), Uint8Array.from(bytes));
        return {};
      }
      case "ListParts": {
        const all = [...this.#upload(input).parts].sort(([a], [b]) => a - b);
        const page = all.filter(([number]) => number > Number(input.PartNumberMarker ?? 0)).slice(0, 3);
        const Parts = page.map(([PartNumber, bytes]) => ({
          PartNumber,
          Size: bytes.length,
          ETag: String(crc32(bytes)),
          ChecksumCRC32: encodeCrc32(crc32(bytes)),
        }));
        const last = page.at(-1)?.[0];
        return { Parts, IsTruncated: last !== all.at(-1)?.[0], NextPartNumberMarker: String(last) };
      }
      case "CompleteMultipartUpload":
        return this.#complete(input, key);
      case "AbortMultipartUpload":
        this.#upload(input);
        this.uploads.delete(String(input.UploadId));
        return {};
      case "ListObjectsV2": {
        const keys = [...this.objects.keys()].filter((k) => k.startsWith(String(input.Prefix))).sort();
        return { Contents: keys.slice(0, 2).map((Key) => ({ Key })), IsTruncated: keys.length > 2 };
      }
      case "DeleteObjects": {
        const { Objects } = input.Delete as { Objects: { Key: string }[] };
        for (const { Key } of Objects) this.objects.delete(Key);
        return {};
      }
      default:
        throw new Error(`The double knows no ${name}.`);
    }
  }

  #read(call: SeenCall, key: string, signal: AbortSignal | undefined): unknown {
    const { input, name } = call;
    const stored = this.objects.get(key);
    if (stored === undefined) throw s3Error(name === "HeadObject" ? "NotFound" : "NoSuchKey", 404);
    if (input.IfMatch !== undefined && input.IfMatch !== stored.etag) throw s3Error("PreconditionFailed", 412);
    if (input.IfNoneMatch === stored.etag) throw s3Error("NotModified", 304);
    const { etag, bytes, metadata } = stored;
    const size = bytes.length;
    const range = /^bytes=(\d+)-(\d+)$/.exec(String(input.Range));
    const start = Number(range?.[1] ?? 0);
    const end = Math.min(size, Number(range?.[2] ?? size) + 1);
    if (range !== null && start >= size) throw s3Error("InvalidRange", 416);
    const head = {
      ETag: etag,
      Metadata: metadata,
      ContentLength: size,
      $metadata: { httpStatusCode: range ? 206 : 200 },
    };
    if (name === "HeadObject") return head;
    const wanted = bytes.subarray(start, end);
    const body = bodyOf(wanted, this.faults.bodyBreak?.(call, wanted));
    this.bodies.push(body);
    signal?.addEventListener("abort", () => body.destroy(signal.reason));
    return {
      ...head,
      ...(range !== null && { ContentRange: `bytes ${start}-${end - 1}/${size}` }),
      Body: Object.assign(body, { transformToByteArray: async () => Buffer.concat(await body.toArray()) }),
    };
  }

  #complete(input: SeenCall["input"], key: string): unknown {
    const upload = this.#upload(input);
    const listed = (input.MultipartUpload as { Parts: { PartNumber: number; ETag: string }[] }).Parts;
    let crc = 0;
    const bodies = listed.map(({ PartNumber, ETag }) => {
      const bytes = upload.parts.get(PartNumber);
      if (bytes === undefined || String(crc32(bytes)) !== ETag) throw s3Error("InvalidPart", 400);
      crc = joinCrc32(crc, crc32(bytes), bytes.length);
      return bytes;
    });
    if (input.ChecksumCRC32 !== encodeCrc32(crc)) throw s3Error("BadDigest", 400);
    this.uploads.delete(String(input.UploadId));
    return { ETag: this.put(key, Buffer.concat(bodies), upload.metadata).etag };
  }

  #upload(input: SeenCall["input"]) {
    const upload = this.uploads.get(String(input.UploadId));
    if (upload === undefined) throw s3Error("NoSuchUpload", 404);
    return upload;
  }
}

function checkCrc(input: SeenCall["input"], bytes: Uint8Array): void {
  if (input.ChecksumCRC32 !== undefined && input.ChecksumCRC32 !== encodeCrc32(crc32(bytes)))
    throw s3Error("BadDigest", 400);
}

function bodyOf(wanted: Uint8Array, broken: ReturnType<NonNullable<Faults["bodyBreak"]>>): Readable {
  const bytes = broken?.bytes ?? wanted;
  let at = 0;
  return new Readable({
    read() {
      if (at < bytes.length) {
        at += 1000;
        this.push(bytes.subarray(at - 1000, at));
      } else if (broken === undefined) this.push(null);
      else if (broken.error !== "stall") this.destroy(broken.error);
    },
  });
}
