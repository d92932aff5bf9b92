import { StateError } from "@longhaul/core";
import { encodeCrc32 } from "./crc32.ts";
import { ObjectAccessDeniedError } from "./errors.ts";
import type { ObjectInfo } from "./object-info.ts";
import {
  OutputClosedError,
  OutputConflictError,
  OutputLostError,
  OutputMarkError,
  OutputNotRewindableError,
  OutputTooLargeError,
} from "./output-errors.ts";
import { type OutputMark, OWNER } from "./output-mark.ts";
import type { CompletedOutput, OutputTuning } from "./output-shape.ts";
import type { OutputState, OutputTail } from "./output-state.ts";
import type { OutputTarget } from "./output-target.ts";
import { OutputUpload } from "./output-upload.ts";
import { PartBuffer } from "./part-buffer.ts";
import { MAX_PARTS, maxOutputBytes, partAt } from "./part-plan.ts";
import { PartQueue } from "./part-queue.ts";
import { isUploadGone } from "./s3-failure.ts";
import { TailStore } from "./tail-store.ts";

/**
 * One object written across invocations. Written bytes are cut into parts at places that depend on nothing but the byte
 * offset, and uploaded in the background; a mark remembers a place, and {@link persist} makes a state of it from which any
 * later invocation continues, byte for byte, whatever was written or uploaded after it. Opened by {@link openOutput}.
 */
export class ResumableOutput {
  readonly #target: OutputTarget;
  readonly #upload: OutputUpload;
  readonly #tails: TailStore;
  readonly #queue: PartQueue<PartBuffer>;
  readonly #partBytes: number;
  /** The part being gathered, and full ones that are not yet uploaded or that the last mark lies in. */
  #part: PartBuffer;
  #full: PartBuffer[] = [];
  /** Storage of parts that were let go, for those to come. */
  #spares: Buffer[] = [];
  #bytes: number;
  #markBytes: number;
  #mayHaveTails: boolean;
  #persisted: { readonly bytes: number; readonly tail: OutputTail | undefined } | undefined;
  /** The object, if an earlier attempt turns out to have completed it; from then on bytes are only counted. */
  #earlier: ObjectInfo | undefined;
  #ended: "closed" | "completed" | "aborted" | undefined;
  #completing: Promise<CompletedOutput> | undefined;
  readonly #isLatestState: boolean;
  readonly #rewinds: number;
  /** Tails of earlier hops being deleted. */
  #tidying: { readonly done: Promise<void>; readonly controller: AbortController } | undefined;

  /** @internal */
  constructor(target: OutputTarget, tuning: OutputTuning, state: OutputState | undefined) {
    this.#target = target;
    this.#upload = new OutputUpload(target, state?.uploadId);
    this.#tails = new TailStore(target, tuning.inlineMaxBytes, tuning.warm);
    this.#queue = new PartQueue<PartBuffer>({
      maxInFlight: tuning.uploadsInFlight,
      upload: (part, signal) => this.#putPart(part, signal),
      onUploaded: (part) => {
        part.isUploaded = true;
        this.#forget();
      },
    });
    this.#isLatestState = tuning.isLatestState;
    this.#rewinds = tuning.rewinds;
    this.#partBytes = state?.partBytes ?? tuning.partBytes;
    this.#bytes = state?.bytes ?? 0;
    this.#markBytes = this.#bytes;
    this.#mayHaveTails = state !== undefined;
    this.#part = new PartBuffer(partAt(this.#bytes, this.#partBytes), state?.crc32 ?? 0);
  }

  /** @internal Brings back what lies after the last full part. */
  async resume(state: OutputState): Promise<this> {
    const isRewound = (state.rewinds ?? 0) < this.#rewinds;
    if (isRewound) await this.#assertOpen(state);
    if (state.isComplete === true) {
      this.#earlier = await this.#upload.completedByRun();
      if (this.#earlier === undefined) throw new OutputLostError(this.#target, "The completed object");
      return this;
    }
    const tailBytes = state.bytes - this.#part.start;
    if (tailBytes !== (state.tail?.bytes ?? 0)) {
      throw new StateError(
        "output.tail",
        `has ${state.tail?.bytes ?? 0} bytes, ${tailBytes} belong after the last full part.`,
      );
    }
    if (state.tail !== undefined) {
      const tail = await this.#loadTail(state.tail, state.bytes, isRewound);
      if (tail !== undefined) this.#part.append(tail, 0);
      this.#persisted = { bytes: state.bytes, tail: state.tail };
    }
    // Not before: if there is no output to be closed, nobody ends it.
    if (this.#isLatestState) this.#tidy();
    return this;
  }

  /** Id of its multipart upload; absent as long as no part was uploaded. For {@link abortOutput}. */
  get uploadId(): string | undefined {
    return this.#upload.uploadId;
  }

  /** Bytes written so far, those of earlier hops included. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Takes bytes, or a text as UTF-8; they are copied. Await the answer: it holds the writer back while uploads are behind.
   * Rejects with {@link OutputClosedError} after the end, {@link OutputTooLargeError}, and what an upload failed with.
   */
  write(chunk: Uint8Array | string): Promise<void> {
    if (this.#ended !== undefined) return Promise.reject(new OutputClosedError(this.#target, this.#ended));
    if (this.#earlier !== undefined) {
      this.#bytes += Buffer.byteLength(chunk);
      return READY;
    }
    // Most texts are encoded where they belong; only one at the end of a part, which may go on in the next, is copied.
    const encoded = typeof chunk === "string" ? this.#part.appendText(chunk) : undefined;
    this.#bytes += encoded ?? 0;
    const bytes = encoded !== undefined ? NOTHING : typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    if (this.#part.isFull) this.#seal();
    for (let taken = 0; taken < bytes.length; ) {
      if (this.#part.number > MAX_PARTS) {
        return Promise.reject(new OutputTooLargeError(this.#target, maxOutputBytes(this.#partBytes)));
      }
      const count = this.#part.append(bytes, taken);
      taken += count;
      this.#bytes += count;
      if (this.#part.isFull) this.#seal();
    }
    return this.#queue.hasRoom ? READY : this.#queue.room();
  }

  /** Remembers this place; for a safe point. The last mark can be persisted, whatever is written after it. */
  mark(): OutputMark {
    this.#markBytes = this.#bytes;
    if (this.#full.length > 0) this.#forget();
    return { bytes: this.#bytes, [OWNER]: this };
  }

  /**
   * Makes what lies before a mark durable and answers with the state to resume from there. Waits for parts under way, and
   * writes what comes after the last full part beside the output. Without a mark: everything written so far.
   *
   * @throws {@link OutputMarkError} for a mark before the last one whose bytes are gone; what an upload failed with.
   */
  persist(mark: Pick<OutputMark, "bytes"> = this.mark()): Promise<OutputState> {
    return this.#persist(mark, false);
  }

  async #persist({ bytes }: Pick<OutputMark, "bytes">, isLast: boolean): Promise<OutputState> {
    const { number, start } = partAt(bytes, this.#partBytes);
    if (this.#earlier === undefined) {
      const part = this.#part.number === number ? this.#part : this.#full.find((full) => full.number === number);
      if (part === undefined) throw new OutputMarkError(this.#target, bytes, "its part was let go");
      const crc32 = part.crcBefore;
      const known = this.#persisted?.bytes === bytes ? this.#persisted : undefined;
      if (known === undefined && (part.end < bytes || (bytes > start && !part.isHeld))) {
        throw new OutputMarkError(this.#target, bytes, "its bytes are not held");
      }
      const controller = new AbortController();
      const saving =
        known === undefined && bytes > start ? this.#saveTail(part, bytes, isLast, controller.signal) : undefined;
      const uploads = this.#queue.settled(number - 1).catch((error: unknown) => {
        controller.abort(error);
        throw error;
      });
      const [tail] = await Promise.all([saving, uploads]);
      this.#persisted = known ?? { bytes, tail };
      const { uploadId } = this.#upload;
      const kept = this.#persisted.tail;
      if (this.#earlier === undefined) {
        return {
          v: 1,
          bytes,
          partBytes: this.#partBytes,
          crc32,
          ...(uploadId !== undefined && { uploadId }),
          ...(kept && { tail: kept }),
          ...(this.#rewinds > 0 && { rewinds: this.#rewinds }),
        };
      }
    }
    const rewinds = this.#rewinds > 0 ? { rewinds: this.#rewinds } : {};
    return { v: 1, bytes, partBytes: this.#partBytes, crc32: 0, isComplete: true, ...rewinds };
  }

  /** Copies the tail at once, as the part may be filled further, uploaded and used again meanwhile, and makes it durable. */
  async #saveTail(part: PartBuffer, end: number, isLast: boolean, signal: AbortSignal): Promise<OutputTail> {
    this.#mayHaveTails = true;
    const view = part.view(end);
    // The last one is remembered and needs memory of its own; those before it use the same again.
    const storage =
      (isLast ? undefined : this.#spares.pop()) ?? Buffer.allocUnsafeSlow(isLast ? view.length : part.maxBytes);
    storage.set(view);
    const bytes = storage.subarray(0, view.length);
    const tail = await this.#tails.save(bytes, end, signal);
    if (isLast) this.#tails.remember(tail, bytes);
    else this.#spares.push(storage);
    return tail;
  }

  /**
   * Deletes tails of states before the one this hop began with. Safe where a record keeps the run's state: under its lease
   * only this hop continues, and if it dies, its successor continues from the record, which holds this state or a newer
   * one. Not the tails of this hop: whether the checkpoint a tail belongs to was saved is not known here, so each stays until a
   * later hop begins after it. That bounds them to one for each checkpoint of a hop; {@link complete} deletes all.
   */
  #tidy(): void {
    const controller = new AbortController();
    // What cannot be deleted now is tried by the next hop, and at the end.
    const done = this.#tails.removeBefore(this.#bytes, controller.signal).catch(() => {});
    this.#tidying = { done, controller };
  }

  /** The output ends: no request may be under way any more when the container is frozen, and none holds the end up. */
  async #stopTidying(): Promise<void> {
    this.#tidying?.controller.abort();
    await this.#tidying?.done;
  }

  /** {@link persist}, then {@link close}: for a hand-off, after which this hop must not write any more. */
  async suspend(mark: Pick<OutputMark, "bytes"> = this.mark()): Promise<OutputState> {
    const state = await this.#persist(mark, true);
    await this.close();
    return state;
  }

  /**
   * Refuses further writes, and aborts uploads of what was written after the last mark. That mark can still be persisted;
   * the upload stays, for the next hop. Idempotent.
   */
  async close(): Promise<void> {
    if (this.#ended !== undefined) return;
    this.#ended = "closed";
    await this.#stopTidying();
    const { number } = partAt(this.#markBytes, this.#partBytes);
    const { failedPart = number } = this.#queue;
    // Without a part before it the mark cannot be persisted: nothing that is under way is of use.
    await this.#queue.cancelFrom(failedPart < number ? 1 : number);
  }

  /** Closes. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /**
   * Makes the object of all that was written, after checking what S3 holds against it. Done twice, also by a later attempt
   * after the answer was lost, it answers with the same object. What was kept beside it is deleted, unless `keepsTails`:
   * then a run that dies before its end is recorded finds it, and {@link removeTails} deletes it after that.
   *
   * @throws {@link OutputDamagedError} if S3 holds something else; {@link OutputLostError} if the upload is gone;
   * {@link OutputConflictError} if an earlier attempt completed another size; what an upload failed with.
   */
  complete({ keepsTails = false }: { readonly keepsTails?: boolean } = {}): Promise<CompletedOutput> {
    if (this.#completing === undefined && this.#ended !== undefined) {
      return Promise.reject(new OutputClosedError(this.#target, this.#ended));
    }
    this.#completing ??= this.#complete(keepsTails);
    return this.#completing;
  }

  /** Gives the output up: the upload is aborted, and what was kept beside it deleted. No object appears. */
  async abort(): Promise<void> {
    this.#ended = "aborted";
    await this.#stopTidying();
    await this.#queue.cancelFrom(1);
    await this.#upload.abort();
    await this.#tails.removeAll();
  }

  /** Deletes what was kept beside the output: once its end is recorded, nobody needs it any more. */
  async removeTails(): Promise<void> {
    // A first attempt that wrote a small output at once has none: it is spared the request.
    if (this.#mayHaveTails || this.#upload.uploadId !== undefined) await this.#tails.removeAll();
  }

  async #complete(keepsTails: boolean): Promise<CompletedOutput> {
    this.#ended = "completed";
    await this.#stopTidying();
    const made = await this.#makeObject();
    const { bucket, key } = this.#target;
    const answer = { bucket, key, bytes: this.#bytes, ...made };
    try {
      if (!keepsTails) await this.removeTails();
      return answer;
    } catch (cleanupError) {
      return { ...answer, cleanupError };
    }
  }

  async #makeObject(): Promise<Pick<CompletedOutput, "etag" | "parts" | "crc32" | "wasComplete">> {
    const last = this.#part;
    if (last.number === 1 && this.#earlier === undefined) {
      const etag = await this.#upload.putWhole(last.view(), last.crc);
      await this.#upload.abort();
      return { etag, parts: 0, crc32: encodeCrc32(last.crc), wasComplete: false };
    }
    if (last.bytes > 0 && this.#earlier === undefined) this.#queue.add(last);
    await this.#queue.settled(MAX_PARTS);
    if (this.#earlier === undefined) {
      const crc = last.crcAfter;
      try {
        const made = await this.#upload.complete({ bytes: this.#bytes, partBytes: this.#partBytes, crc32: crc });
        return { ...made, crc32: encodeCrc32(crc), wasComplete: false };
      } catch (error) {
        if (!isUploadGone(error)) throw error;
        await this.#findEarlier(error);
      }
    }
    const { size, etag } = this.#earlier!;
    if (size !== this.#bytes)
      throw new OutputConflictError(this.#target, `it has ${size} bytes, and this attempt wrote ${this.#bytes}`);
    return { etag, parts: 0, wasComplete: true };
  }

  /** The part is full: uploads it, and begins the next. */
  #seal(): void {
    const part = this.#part;
    const storage = this.#spares.pop();
    this.#full.push(part);
    this.#part = new PartBuffer(partAt(part.end, this.#partBytes), part.crcAfter, storage);
    this.#queue.add(part);
  }

  async #putPart(part: PartBuffer, signal: AbortSignal): Promise<void> {
    if (this.#earlier !== undefined) return;
    try {
      await this.#upload.putPart(part, signal);
    } catch (error) {
      if (!isUploadGone(error)) throw error;
      await this.#findEarlier(error);
    }
  }

  /** The upload is gone. Either an earlier attempt of this run completed it, or it is lost. */
  async #findEarlier(cause: unknown): Promise<void> {
    this.#earlier ??= await this.#upload.completedByRun();
    if (this.#earlier === undefined) throw new OutputLostError(this.#target, "The multipart upload", { cause });
  }

  /**
   * Refuses a state from before the run was rewound if its upload has been completed since. Later attempts need not ask: it is
   * then their own end that they find.
   */
  async #assertOpen({ uploadId, isComplete }: OutputState): Promise<void> {
    if (isComplete) throw new OutputNotRewindableError(this.#target);
    if (uploadId === undefined || (await this.#upload.isOpen())) return;
    if (await this.#upload.completedByRun()) throw new OutputNotRewindableError(this.#target);
    throw new OutputLostError(this.#target, "The multipart upload");
  }

  async #loadTail(tail: OutputTail, end: number, isRewound: boolean): Promise<Uint8Array | undefined> {
    let denied: unknown;
    // Without s3:ListBucket, S3 says 403 for what is not there.
    const bytes = await this.#tails.load(tail, end).catch((error: unknown) => {
      if (!(error instanceof ObjectAccessDeniedError)) throw error;
      denied = error;
      return undefined;
    });
    if (bytes !== undefined) return bytes;
    // A completed output has no tails any more.
    this.#earlier = await this.#upload.completedByRun();
    if (this.#earlier !== undefined && isRewound) throw new OutputNotRewindableError(this.#target);
    if (this.#earlier === undefined) throw denied ?? new OutputLostError(this.#target, "A tail");
    return undefined;
  }

  /** Lets go of bytes that are uploaded and that the last mark does not need, and of parts that lie before it. */
  #forget(): void {
    const mark = this.#markBytes;
    for (const part of this.#full) {
      const storage = part.isUploaded && !(part.start < mark && mark < part.end) ? part.release() : undefined;
      if (storage !== undefined) this.#spares.push(storage);
    }
    this.#full = this.#full.filter((part) => !part.isUploaded || part.end > mark);
  }
}

const READY = Promise.resolve();
const NOTHING = new Uint8Array(0);
