import { StateError } from "@longhaul/core";

/** The bytes written since the last full part: kept in the state if tiny, else as an object beside the output. */
export interface OutputTail {
  readonly bytes: number;
  /** SHA-256, hexadecimal; names the object, and is checked when it is read. */
  readonly sha256: string;
  /** The bytes themselves, base64; absent if they are an object. */
  readonly inline?: string;
}

/**
 * All a later hop needs to go on writing an output: JSON, a few hundred bytes. Parts are not listed; which part a byte
 * lies in follows from `partBytes`, and what was uploaded is asked of S3.
 */
export interface OutputState {
  readonly v: 1;
  /** Bytes written so far: the resumed output continues after them. */
  readonly bytes: number;
  readonly partBytes: number;
  /** CRC-32 of the full parts before the tail. */
  readonly crc32: number;
  /** The multipart upload; absent as long as there is no full part. */
  readonly uploadId?: string;
  readonly tail?: OutputTail;
  /** How often the run had been rewound when it was last checked that the output is not complete. Absent: never. */
  readonly rewinds?: number;
  /** The output was found completed by an earlier attempt of this run; only its size is still checked. */
  readonly isComplete?: true;
}

/**
 * Reads an {@link OutputState} that came with an event or a record.
 *
 * @throws {@link StateError} naming the field that is wrong.
 */
export function parseOutputState(value: unknown, path = "output"): OutputState {
  const state = record(value, path);
  if (state.v !== 1)
    throw new StateError(
      `${path}.v`,
      `is ${JSON.stringify(state.v)}; this code reads version 1 of an output's state. A mark is no state: persistOutput() in onPersist makes one of it.`,
    );
  return {
    v: 1,
    bytes: count(state.bytes, `${path}.bytes`),
    partBytes: count(state.partBytes, `${path}.partBytes`),
    crc32: count(state.crc32, `${path}.crc32`),
    ...(state.uploadId !== undefined && { uploadId: text(state.uploadId, `${path}.uploadId`) }),
    ...(state.tail !== undefined && { tail: tailOf(state.tail, `${path}.tail`) }),
    ...(state.rewinds !== undefined && { rewinds: count(state.rewinds, `${path}.rewinds`) }),
    ...(state.isComplete === true && { isComplete: true }),
  };
}

function tailOf(value: unknown, path: string): OutputTail {
  const tail = record(value, path);
  const sha256 = text(tail.sha256, `${path}.sha256`);
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new StateError(`${path}.sha256`, "is not a SHA-256 in hexadecimal.");
  const bytes = count(tail.bytes, `${path}.bytes`);
  return tail.inline === undefined ? { bytes, sha256 } : { bytes, sha256, inline: text(tail.inline, `${path}.inline`) };
}

function record(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new StateError(path, "is not the state of an output.");
  return value as Readonly<Record<string, unknown>>;
}

function count(value: unknown, path: string): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new StateError(path, "is not a whole number, 0 or more.");
}

function text(value: unknown, path: string): string {
  if (typeof value === "string") return value;
  throw new StateError(path, "is not a text.");
}
