import { isUtf8 } from "node:buffer";
import type { RejectedRecord } from "@longhaul/core/records";

/**
 * Lines of the rejects object: where each record stands in the (decompressed) source, why it was set aside, and the record
 * itself: as `text`, or as `base64` if it is not UTF-8. Of one that is too large only the beginning.
 */
export function rejectLines(rejected: readonly RejectedRecord[]): string {
  return rejected.map((record) => `${JSON.stringify(rejectLine(record))}\n`).join("");
}

function rejectLine({ record, byte, endByte, reason, bytes }: RejectedRecord): object {
  const buffer = Buffer.from(bytes);
  const content = isUtf8(buffer) ? { text: buffer.toString("utf8") } : { base64: buffer.toString("base64") };
  return { record, byte, endByte, reason, ...content };
}
