import type { ByteLru } from "../cache/byte-lru.ts";

/** The object that {@link ResumableOutput.complete} made. */
export interface CompletedOutput {
  readonly bucket: string;
  readonly key: string;
  readonly bytes: number;
  readonly etag: string;
  /** Parts of the upload; 0 if it was small enough to be written whole. */
  readonly parts: number;
  /** CRC-32 of the whole in base64, as S3 has it; absent if an earlier attempt had completed it. */
  readonly crc32?: string;
  /** An earlier attempt of the run had completed it already. */
  readonly wasComplete: boolean;
  /** The output is complete, but what was kept beside it could not be deleted. */
  readonly cleanupError?: unknown;
}

/** How an output gathers and uploads. */
export interface OutputTuning {
  /** Bytes of a part, at least 5 MiB; a resumed output keeps what it began with. Default 8 MiB. */
  readonly partBytes: number;
  /** Parts uploaded at a time. Default 2. Memory is about `partBytes` times this plus two. */
  readonly uploadsInFlight: number;
  /** Tails up to so many bytes travel in the state. Default 2,048. */
  readonly inlineMaxBytes: number;
  /**
   * Whether no state before the given one will ever be asked for, as under a RunStore, whose record holds the given state
   * or a newer one. Tails of earlier hops are then deleted; else all stay until the output is complete. Not of a run that keeps
   * a history (`run.isRewindable`). Default false.
   */
  readonly isLatestState: boolean;
  /** How often the run was rewound, `run.rewinds`: a state from before is refused if the output is complete. Default 0. */
  readonly rewinds: number;
  /** Remembers tails in the warm container, so that the next hop need not fetch them. Create it outside the handler. */
  readonly warm: ByteLru<Uint8Array> | undefined;
}
