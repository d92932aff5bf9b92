import { DeleteObjectsCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { call } from "@longhaul/core/parts";
import type { ByteLru } from "../cache/byte-lru.ts";
import { wholeBody } from "./body.ts";
import { crc32, encodeCrc32 } from "./crc32.ts";
import { OutputDamagedError, OutputTailsLeftError } from "./output-errors.ts";
import type { OutputTail } from "./output-state.ts";
import type { OutputTarget } from "./output-target.ts";
import { httpStatus, objectFailure } from "./s3-failure.ts";
import { bodyThatTells } from "./sent-body.ts";
import { sha256Of, tailEnd, tailKey, tailPrefix } from "./tail-key.ts";

/** Keeps the bytes after the last full part: in the state if tiny, else as an object beside the output. */
export class TailStore {
  readonly #target: OutputTarget;
  readonly #prefix: string;
  readonly #inlineMaxBytes: number;
  readonly #warm: ByteLru<Uint8Array> | undefined;

  constructor(target: OutputTarget, inlineMaxBytes: number, warm: ByteLru<Uint8Array> | undefined) {
    this.#target = target;
    this.#prefix = tailPrefix(target.key, target.run);
    this.#inlineMaxBytes = inlineMaxBytes;
    this.#warm = warm;
  }

  /** Makes the tail that ends at byte `end` of the output durable. `bytes` must not change meanwhile. */
  async save(bytes: Buffer, end: number, signal: AbortSignal): Promise<OutputTail> {
    const sha256 = sha256Of(bytes);
    if (bytes.length <= this.#inlineMaxBytes) return { bytes: bytes.length, sha256, inline: bytes.toString("base64") };
    const { client, bucket, attributes, fence, calls } = this.#target;
    const { ServerSideEncryption, SSEKMSKeyId, BucketKeyEnabled, ExpectedBucketOwner } = attributes ?? {};
    const input = {
      Bucket: bucket,
      Key: tailKey(this.#prefix, end, sha256),
      ContentLength: bytes.length,
      ChecksumCRC32: encodeCrc32(crc32(bytes)),
      ...(ServerSideEncryption && { ServerSideEncryption }),
      ...(SSEKMSKeyId && { SSEKMSKeyId }),
      ...(BucketKeyEnabled && { BucketKeyEnabled }),
      ...(ExpectedBucketOwner && { ExpectedBucketOwner }),
    };
    const put = async (abortSignal: AbortSignal, moved: () => void): Promise<void> => {
      await fence?.assert();
      await client.send(new PutObjectCommand({ ...input, Body: bodyThatTells(bytes, moved) }), { abortSignal });
    };
    try {
      await call(put, { ...calls, name: "S3 PutObject", kind: "stream", signal });
    } catch (error) {
      throw objectFailure(error, { bucket, key: input.Key }, "s3:PutObject");
    }
    return { bytes: bytes.length, sha256 };
  }

  /** Keeps a tail for the next hop of this container. `bytes` must not change afterwards. */
  remember({ sha256, inline }: OutputTail, bytes: Buffer): void {
    if (inline !== undefined || this.#warm?.makeRoom(bytes.length) === undefined) return;
    this.#warm.set(sha256, bytes, bytes.length);
  }

  /**
   * The bytes of a tail, from the warm container if it has them; `undefined` if they are gone.
   *
   * @throws {@link OutputDamagedError} if they are not what was saved.
   */
  async load(tail: OutputTail, end: number): Promise<Uint8Array | undefined> {
    const bytes =
      tail.inline !== undefined
        ? Buffer.from(tail.inline, "base64")
        : (this.#remembered(tail) ?? (await this.#fetch(tail, end)));
    if (bytes === undefined) return undefined;
    if (bytes.length === tail.bytes && sha256Of(bytes) === tail.sha256) return bytes;
    throw new OutputDamagedError(
      this.#target,
      `the ${tail.bytes} bytes kept after the last part are not what was saved`,
    );
  }

  /** Deletes all tails of this output. */
  async removeAll(signal?: AbortSignal): Promise<void> {
    while (await this.#removePage(() => true, signal)) {}
  }

  /**
   * Deletes the tails that end before byte `end`: those of states that came before the one that ends there. One look, at
   * the oldest thousand; what is left is found the next time.
   */
  async removeBefore(end: number, signal: AbortSignal): Promise<void> {
    await this.#removePage((key) => (tailEnd(this.#prefix, key) ?? end) < end, signal);
  }

  /** Deletes those on the first page that are chosen. Answers whether there are more pages. */
  async #removePage(isChosen: (key: string) => boolean, signal?: AbortSignal): Promise<boolean> {
    const { client, bucket, calls } = this.#target;
    const control = { ...calls, kind: "control", signal } as const;
    const list = new ListObjectsV2Command({ Bucket: bucket, Prefix: this.#prefix });
    const { Contents = [], IsTruncated } = await call((abortSignal) => client.send(list, { abortSignal }), {
      ...control,
      name: "S3 ListObjectsV2",
    });
    const Objects = Contents.map(({ Key }) => ({ Key: Key! })).filter(({ Key }) => isChosen(Key));
    if (Objects.length === 0) return false;
    const remove = new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } });
    const { Errors = [] } = await call((abortSignal) => client.send(remove, { abortSignal }), {
      ...control,
      name: "S3 DeleteObjects",
    });
    if (Errors.length > 0)
      throw new OutputTailsLeftError(this.#target, this.#prefix, Errors[0]!.Message ?? Errors[0]!.Code ?? "refused");
    return IsTruncated === true;
  }

  /** A copy in memory counts only if it is whole: memory of a thawed container is not to be trusted further. */
  #remembered({ sha256 }: OutputTail): Uint8Array | undefined {
    const bytes = this.#warm?.get(sha256);
    return bytes !== undefined && sha256Of(bytes) === sha256 ? bytes : undefined;
  }

  async #fetch({ sha256 }: OutputTail, end: number): Promise<Uint8Array | undefined> {
    const { client, bucket, calls } = this.#target;
    const command = new GetObjectCommand({ Bucket: bucket, Key: tailKey(this.#prefix, end, sha256) });
    const receive = async (abortSignal: AbortSignal, moved: () => void): Promise<Uint8Array> =>
      wholeBody((await client.send(command, { abortSignal })).Body, moved);
    try {
      return await call(receive, { ...calls, name: "S3 GetObject", kind: "stream" });
    } catch (error) {
      if (httpStatus(error) === 404) return undefined;
      throw objectFailure(error, { bucket, key: command.input.Key! }, "s3:GetObject");
    }
  }
}
