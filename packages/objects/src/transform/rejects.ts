import { isUtf8 } from "node:buffer";
import type { RejectedRecord } from "../records/batch.ts";

/** A record that was set aside: it cannot be read, `transform` did not answer for it in time, or it killed its hops. */
export interface SetAsideRecord extends Omit<RejectedRecord, "reason" | "error"> {
  readonly reason: RejectedRecord["reason"] | "transform-timeout" | "killed-its-hops";
}

/**
 * Lines of the rejects object: the place of each record in the (decompressed) source, why it was set aside, and the record
 * itself: as `text`, or as `base64` if it is not UTF-8. Of one that is too large only the beginning.
 */
export function rejectLines(rejected: readonly SetAsideRecord[]): string {
  return rejected.map((record) => `${JSON.stringify(rejectLine(record))}\n`).join("");
}

function rejectLine({ record, byte, endByte, reason, bytes }: SetAsideRecord): object {
  const buffer = Buffer.from(bytes);
  const content = isUtf8(buffer) ? { text: buffer.toString("utf8") } : { base64: buffer.toString("base64") };
  return { record, byte, endByte, reason, ...content };
}
