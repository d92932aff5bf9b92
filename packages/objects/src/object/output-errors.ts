import { LonghaulError } from "@longhaul/core";
import type { LonghaulErrorOptions } from "@longhaul/core/errors";
import { quoted } from "./errors.ts";

/** Where an output goes, and whose it is. */
export interface OutputPlace {
  readonly bucket: string;
  readonly key: string;
  readonly run: string;
}

/** The output was closed, completed or aborted, and something still writes to it: a step that outlived its hop. */
export class OutputClosedError extends LonghaulError {
  constructor({ key, run }: OutputPlace, how: string) {
    super("OUTPUT_CLOSED", `Output ${quoted(key)} of run ${run} was ${how}; nothing can be written to it any more.`);
  }
}

/** The multipart upload, or what was kept beside it, is gone, and the output was not completed by this run. */
export class OutputLostError extends LonghaulError {
  constructor({ bucket, key, run }: OutputPlace, what: string, options?: LonghaulErrorOptions) {
    super(
      "OUTPUT_LOST",
      `${what} of output ${quoted(key)} in bucket ${bucket} (run ${run}) is gone: aborted, or removed by a lifecycle rule ` +
        `shorter than the run. Start the run over.`,
      options,
    );
  }
}

/** The run was rewound to a state of an output that it had completed: nothing can be written into a complete object. */
export class OutputNotRewindableError extends LonghaulError {
  override readonly isPermanent = true;

  constructor({ bucket, key, run }: OutputPlace, options?: LonghaulErrorOptions) {
    super(
      "OUTPUT_NOT_REWINDABLE",
      `Output ${quoted(key)} in bucket ${bucket} (run ${run}) was completed after the state that the run was rewound to. ` +
        `Rewind to a hop before the output's first full part, such as hop 0, to write it anew; or begin another run.`,
      options,
    );
  }
}

/** S3 does not hold the bytes that were written: parts are missing, or were overwritten. Nothing was completed. */
export class OutputDamagedError extends LonghaulError {
  constructor({ bucket, key, run }: OutputPlace, detail: string, options?: LonghaulErrorOptions) {
    super(
      "OUTPUT_DAMAGED",
      `Output ${quoted(key)} in bucket ${bucket} (run ${run}) was not completed: ${detail}. Two hops wrote different bytes for the ` +
        `same place; make the transform give the same output for the same input, or run with a RunStore. Start the run over.`,
      options,
    );
  }
}

/** A mark that lies before what is still held, so that no state can be made of it. Ask for the last mark. */
export class OutputMarkError extends LonghaulError {
  constructor({ key }: OutputPlace, markBytes: number, detail: string) {
    super(
      "OUTPUT_MARK",
      `Output ${quoted(key)} cannot make a state of byte ${markBytes}: ${detail}. Persist the last mark.`,
    );
  }
}

/** The output outgrew what one multipart upload takes with this `partBytes`. */
export class OutputTooLargeError extends LonghaulError {
  constructor({ key }: OutputPlace, maxBytes: number) {
    super(
      "OUTPUT_TOO_LARGE",
      `Output ${quoted(key)} is larger than ${maxBytes} bytes, all its 10,000 parts can hold. Start over with larger partBytes.`,
    );
  }
}

/** The name carries another run's output, or another size, where this run's completed output was expected. */
export class OutputConflictError extends LonghaulError {
  constructor({ bucket, key, run }: OutputPlace, detail: string) {
    super(
      "OUTPUT_CONFLICT",
      `Output ${quoted(key)} in bucket ${bucket} (run ${run}) is complete already, but ${detail}.`,
    );
  }
}

/** Tails kept beside an output could not be deleted. The output itself is complete, or aborted. */
export class OutputTailsLeftError extends LonghaulError {
  constructor({ bucket, key }: OutputPlace, prefix: string, detail: string) {
    super(
      "OUTPUT_TAILS_LEFT",
      `Objects under ${quoted(prefix)} in bucket ${bucket}, kept for output ${quoted(key)}, could not be deleted: ${detail}. ` +
        `Delete them, or let a lifecycle rule do it; the role needs s3:DeleteObject there and s3:ListBucket.`,
    );
  }
}
