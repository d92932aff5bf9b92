import { ConfigError } from "@longhaul/core";
import { ByteLru } from "../cache/byte-lru.ts";
import { ResumableOutput } from "./output.ts";
import type { OutputTuning } from "./output-shape.ts";
import { type OutputState, parseOutputState } from "./output-state.ts";
import type { OutputTarget } from "./output-target.ts";
import { OutputUpload } from "./output-upload.ts";
import { MAX_PART_BYTES, MIN_PART_BYTES } from "./part-plan.ts";
import { TailStore } from "./tail-store.ts";

/** Options of {@link openOutput}. */
export interface OpenOutputOptions extends OutputTarget, Partial<OutputTuning> {
  /** The state of the run's last safe point; `undefined` to begin. From an event or record: it is checked. */
  readonly state?: OutputState | undefined;
}

const DEFAULTS: OutputTuning = {
  partBytes: 8 * 1024 * 1024,
  uploadsInFlight: 2,
  inlineMaxBytes: 2048,
  isLatestState: false,
  rewinds: 0,
  warm: undefined,
};

/**
 * Opens an object for writing across invocations, from the beginning or from a state. It becomes visible, whole, when it
 * is completed. What a hop wrote after its last saved safe point does not count: the next hop writes it again, in the same
 * place. Needs `s3:PutObject`, `s3:GetObject`, `s3:DeleteObject`, `s3:AbortMultipartUpload`,
 * `s3:ListMultipartUploadParts` on the output and the tails beside it, and `s3:ListBucket`.
 *
 * @throws {@link ConfigError} for options that cannot work; {@link StateError} for a damaged state;
 * {@link OutputLostError} if what was kept for the state is gone; {@link OutputNotRewindableError} if the run was rewound to the
 * state of an output that is complete.
 * @example
 * ```ts
 * await using out = await openOutput({ client, bucket, key, run: run.id, fence: run.fence, state: state.output });
 * onPersist(async (state: State, reason) => ({ ...state, output: await persistOutput(state.output, reason) }));
 * for await (const batch of batches) {
 *   await out.write(transform(batch));
 *   yield { position: batch.end, output: out.mark() };
 * }
 * await out.complete();
 * ```
 */
export async function openOutput(options: OpenOutputOptions): Promise<ResumableOutput> {
  const tuning: OutputTuning = {
    partBytes: options.partBytes ?? DEFAULTS.partBytes,
    uploadsInFlight: options.uploadsInFlight ?? DEFAULTS.uploadsInFlight,
    inlineMaxBytes: options.inlineMaxBytes ?? DEFAULTS.inlineMaxBytes,
    isLatestState: options.isLatestState ?? DEFAULTS.isLatestState,
    rewinds: options.rewinds ?? DEFAULTS.rewinds,
    warm: options.warm,
  };
  const { partBytes, uploadsInFlight, inlineMaxBytes } = tuning;
  if (!Number.isSafeInteger(partBytes) || partBytes < MIN_PART_BYTES || partBytes > MAX_PART_BYTES) {
    throw new ConfigError(`partBytes is ${partBytes}; S3 takes parts of ${MIN_PART_BYTES} to ${MAX_PART_BYTES} bytes.`);
  }
  if (!Number.isSafeInteger(uploadsInFlight) || uploadsInFlight < 1) {
    throw new ConfigError(`uploadsInFlight is ${uploadsInFlight}; give a whole number, 1 or more.`);
  }
  if (!Number.isSafeInteger(inlineMaxBytes) || inlineMaxBytes < 0) {
    throw new ConfigError(`inlineMaxBytes is ${inlineMaxBytes}; give a whole number, 0 or more.`);
  }
  return resumeOutput(options, tuning, options.state === undefined ? undefined : parseOutputState(options.state));
}

/** {@link openOutput} without its checks; tests use it with parts of a few bytes. */
export async function resumeOutput(
  target: OutputTarget,
  tuning: OutputTuning,
  state: OutputState | undefined,
): Promise<ResumableOutput> {
  const output = new ResumableOutput(target, tuning, state);
  return state === undefined ? output : output.resume(state);
}

/**
 * Gives up an output that no hop has open, such as that of a run that a guard stopped: aborts its upload and deletes what
 * was kept beside it. What a completed output consists of is not touched. Idempotent.
 */
export async function abortOutput(
  target: OutputTarget,
  state: Pick<OutputState, "uploadId"> | undefined,
  signal?: AbortSignal,
): Promise<void> {
  await new OutputUpload(target, state?.uploadId).abort(signal);
  await new TailStore(target, 0, undefined).removeAll(signal);
}

/** Memory for the tails of outputs between warm invocations, `maxBytes` at most; pass it as `warm`. */
export function warmTails(maxBytes: number = 32 * 1024 * 1024): ByteLru<Uint8Array> {
  return new ByteLru(maxBytes);
}
