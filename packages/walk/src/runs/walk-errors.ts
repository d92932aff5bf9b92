import { LonghaulError } from "@longhaul/core";

/** Another invocation has taken over the part: this one may add nothing to its log any more. */
export class PartTakenOverError extends LonghaulError {
  constructor(walk: string, part: string) {
    super("PART_TAKEN_OVER", `Part ${part} of walk ${walk} was taken over by another invocation; this one ends.`);
  }
}

/** The record of a walk is damaged, or not there though it should be. */
export class WalkRecordError extends LonghaulError {
  override readonly isPermanent = true;

  constructor(walk: string, part: string, index: number) {
    super(
      "WALK_RECORD",
      `The record of walk ${walk}, part ${part}, entry ${index} is not there or not what was written. Was it changed, or did it expire? Begin the walk anew under another id.`,
    );
  }
}

/** A summary is too large for a record, and there is nowhere else to put it. */
export class SummaryTooLargeError extends LonghaulError {
  override readonly isPermanent = true;

  constructor(bytes: number, maxBytes: number) {
    super(
      "SUMMARY_TOO_LARGE",
      `The summary of a part makes ${bytes} bytes, and its record takes ${maxBytes}. Configure a spill, or let the action keep less.`,
    );
  }
}

/** There is a walk of this id already, of something else. */
export class WalkIdTakenError extends LonghaulError {
  override readonly isPermanent = true;

  constructor(walk: string, asked: string, there: string) {
    super("WALK_ID_TAKEN", `Walk ${walk} is of ${there}, not of ${asked}. Give the new walk another id.`);
  }
}
