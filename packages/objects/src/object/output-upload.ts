import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  type ListPartsCommandOutput,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { type CallOptions, call } from "@longhaul/core/parts";
import { encodeCrc32 } from "./crc32.ts";
import { ObjectAccessDeniedError, ObjectNotFoundError } from "./errors.ts";
import { type ObjectInfo, objectInfo } from "./object-info.ts";
import { OutputDamagedError } from "./output-errors.ts";
import { type OutputTarget, RUN_METADATA, runMetadata } from "./output-target.ts";
import type { PartBuffer } from "./part-buffer.ts";
import { failureName, isUploadGone, objectFailure } from "./s3-failure.ts";
import { bodyThatTells } from "./sent-body.ts";
import { partsOfWhole, type UploadedPart, type WholeOutput } from "./uploaded-parts.ts";

/** The S3 calls behind one output. Knows nothing of marks and tails. */
export class OutputUpload {
  readonly #target: OutputTarget;
  #uploadId: string | undefined;
  #creating: Promise<string> | undefined;

  constructor(target: OutputTarget, uploadId: string | undefined) {
    this.#target = target;
    this.#uploadId = uploadId;
  }

  /** Id of the multipart upload; `undefined` as long as no part was uploaded. */
  get uploadId(): string | undefined {
    return this.#uploadId;
  }

  /** Uploads one part, in place of an earlier upload of the same part. */
  async putPart(part: PartBuffer, signal: AbortSignal): Promise<void> {
    const UploadId = await this.#ensureUpload();
    const { client, bucket, key } = this.#target;
    const input = {
      Bucket: bucket,
      Key: key,
      UploadId,
      PartNumber: part.number,
      ContentLength: part.bytes,
      ChecksumCRC32: encodeCrc32(part.crc),
    };
    await this.#write({ name: "S3 UploadPart", kind: "stream", signal }, (abortSignal, moved) =>
      client.send(new UploadPartCommand({ ...input, Body: bodyThatTells(part.view(), moved) }), { abortSignal }),
    );
  }

  /** Writes a small output whole. Answers with its ETag. */
  async putWhole(bytes: Buffer, crc: number): Promise<string> {
    const { client, bucket, key } = this.#target;
    const input = {
      ...this.#described(),
      Bucket: bucket,
      Key: key,
      ContentLength: bytes.length,
      ChecksumCRC32: encodeCrc32(crc),
    };
    const { ETag = "" } = await this.#write({ name: "S3 PutObject", kind: "stream" }, (abortSignal, moved) =>
      client.send(new PutObjectCommand({ ...input, Body: bodyThatTells(bytes, moved) }), { abortSignal }),
    );
    return ETag;
  }

  /**
   * Joins the parts into the object. Answers with its ETag and number of parts.
   *
   * @throws {@link OutputDamagedError} if the parts are not what was written; then nothing is completed.
   */
  async complete(whole: WholeOutput): Promise<{ readonly etag: string; readonly parts: number }> {
    const { client, bucket, key } = this.#target;
    for (let attempt = 1; ; attempt++) {
      const parts = partsOfWhole(await this.#listParts(), whole);
      if ("fault" in parts) throw new OutputDamagedError(this.#target, parts.fault);
      const command = new CompleteMultipartUploadCommand({
        Bucket: bucket,
        Key: key,
        UploadId: this.#uploadId,
        // S3 refuses if the parts together are not these bytes:
        // https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
        ChecksumType: "FULL_OBJECT",
        ChecksumCRC32: encodeCrc32(whole.crc32),
        MpuObjectSize: whole.bytes,
        MultipartUpload: {
          Parts: parts.map(({ number, etag, crc32 }) => ({ PartNumber: number, ETag: etag, ChecksumCRC32: crc32 })),
        },
      });
      try {
        const answer = await this.#write(
          { name: "S3 CompleteMultipartUpload", kind: "long-operation" },
          (abortSignal) => client.send(command, { abortSignal }),
        );
        return { etag: answer.ETag ?? "", parts: parts.length };
      } catch (error) {
        const name = failureName(error);
        if (name === "BadDigest")
          throw new OutputDamagedError(this.#target, "S3 computed another CRC-32", { cause: error });
        // A part uploaded once more since it was listed has a new ETag if a KMS key encrypts it.
        if (name !== "InvalidPart" || attempt === 3) throw error;
      }
    }
  }

  /** Whether the multipart upload is there: neither completed nor aborted. */
  async isOpen(): Promise<boolean> {
    try {
      await this.#partsAfter(undefined);
      return true;
    } catch (error) {
      if (isUploadGone(error)) return false;
      throw error;
    }
  }

  /** The object, if it is there and this run made it: the upload is gone because it was completed. */
  async completedByRun(): Promise<ObjectInfo | undefined> {
    const { client, run, calls } = this.#target;
    try {
      const info = await objectInfo(client, this.#target, { calls });
      return info !== "not-modified" && info.metadata[RUN_METADATA] === runMetadata(run) ? info : undefined;
    } catch (error) {
      if (error instanceof ObjectNotFoundError || error instanceof ObjectAccessDeniedError) return undefined;
      throw error;
    }
  }

  /** Gives the upload up; S3 deletes its parts. That it is gone already is as good. */
  async abort(signal?: AbortSignal): Promise<void> {
    await this.#creating?.catch(() => {});
    if (this.#uploadId === undefined) return;
    const { client, bucket, key, calls } = this.#target;
    const command = new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: this.#uploadId });
    try {
      await call((abortSignal) => client.send(command, { abortSignal }), {
        ...calls,
        name: "S3 AbortMultipartUpload",
        kind: "control",
        signal,
      });
    } catch (error) {
      if (!isUploadGone(error)) throw objectFailure(error, this.#target, "s3:AbortMultipartUpload");
    }
  }

  #ensureUpload(): Promise<string> {
    if (this.#uploadId !== undefined) return Promise.resolve(this.#uploadId);
    this.#creating ??= this.#create().catch((error: unknown) => {
      this.#creating = undefined;
      throw error;
    });
    return this.#creating;
  }

  async #create(): Promise<string> {
    const { client, bucket, key } = this.#target;
    const command = new CreateMultipartUploadCommand({
      ...this.#described(),
      Bucket: bucket,
      Key: key,
      ChecksumAlgorithm: "CRC32",
      ChecksumType: "FULL_OBJECT",
    });
    const { UploadId } = await this.#write({ name: "S3 CreateMultipartUpload", kind: "control" }, (abortSignal) =>
      client.send(command, { abortSignal }),
    );
    this.#uploadId = UploadId!;
    return this.#uploadId;
  }

  async #listParts(): Promise<UploadedPart[]> {
    const found: UploadedPart[] = [];
    let marker: string | undefined;
    do {
      const page = await this.#partsAfter(marker);
      for (const { PartNumber = 0, Size = 0, ETag = "", ChecksumCRC32 } of page.Parts ?? []) {
        found.push({ number: PartNumber, bytes: Size, etag: ETag, crc32: ChecksumCRC32 });
      }
      marker = page.IsTruncated === true ? page.NextPartNumberMarker : undefined;
    } while (marker !== undefined);
    return found;
  }

  /** A page of the parts that S3 holds. */
  async #partsAfter(marker: string | undefined): Promise<ListPartsCommandOutput> {
    const { client, bucket, key, calls } = this.#target;
    const command = new ListPartsCommand({
      Bucket: bucket,
      Key: key,
      UploadId: this.#uploadId,
      ...(marker !== undefined && { PartNumberMarker: marker }),
    });
    try {
      return await call((abortSignal) => client.send(command, { abortSignal }), {
        ...calls,
        name: "S3 ListParts",
        kind: "control",
      });
    } catch (error) {
      throw isUploadGone(error) ? error : objectFailure(error, this.#target, "s3:ListMultipartUploadParts");
    }
  }

  #described(): object {
    const { attributes, run } = this.#target;
    return { ...attributes, Metadata: { ...attributes?.Metadata, [RUN_METADATA]: runMetadata(run) } };
  }

  /** One write to S3: only if the hop still owns its run, again if that may help. */
  async #write<Answer>(
    options: Pick<CallOptions, "name" | "kind" | "signal">,
    send: (signal: AbortSignal, moved: () => void) => Promise<Answer>,
  ): Promise<Answer> {
    const { fence, calls } = this.#target;
    const fenced = async (signal: AbortSignal, moved: () => void): Promise<Answer> => {
      await fence?.assert();
      return send(signal, moved);
    };
    try {
      return await call(fenced, { ...calls, ...options });
    } catch (error) {
      // A missing upload is told apart by the caller; a missing bucket is the user's.
      throw isUploadGone(error) ? error : objectFailure(error, this.#target, "s3:PutObject");
    }
  }
}
