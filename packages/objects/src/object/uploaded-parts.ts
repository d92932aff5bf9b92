import { decodeCrc32, joinCrc32 } from "./crc32.ts";
import { partAt, partSizeFor } from "./part-plan.ts";

/** A part as S3 lists it. */
export interface UploadedPart {
  readonly number: number;
  readonly bytes: number;
  readonly etag: string;
  /** CRC-32 in base64, if S3 lists it. */
  readonly crc32: string | undefined;
}

/** The expected size and checksum of the whole. */
export interface WholeOutput {
  readonly bytes: number;
  readonly partBytes: number;
  readonly crc32: number;
}

/**
 * Compares what S3 holds with what was written: every part there, each of its size, and their CRC-32s together that of the
 * whole. Answers with the parts to complete, or with what is wrong. Parts behind the end, left by an attempt that went
 * further, are passed over: S3 drops what is not listed in the completion.
 */
export function partsOfWhole(
  uploaded: readonly UploadedPart[],
  whole: WholeOutput,
): readonly UploadedPart[] | { readonly fault: string } {
  const last = partAt(whole.bytes - 1, whole.partBytes);
  const byNumber = new Map(uploaded.map((part) => [part.number, part]));
  const parts: UploadedPart[] = [];
  let crc: number | undefined = 0;
  for (let number = 1; number <= last.number; number++) {
    const part = byNumber.get(number);
    if (part === undefined) return { fault: `part ${number} of ${last.number} is missing` };
    const expected = number === last.number ? whole.bytes - last.start : partSizeFor(number, whole.partBytes);
    if (part.bytes !== expected) return { fault: `part ${number} has ${part.bytes} bytes instead of ${expected}` };
    const partCrc: number | undefined = part.crc32 === undefined ? undefined : decodeCrc32(part.crc32);
    crc = crc === undefined || partCrc === undefined ? undefined : joinCrc32(crc, partCrc, part.bytes);
    parts.push(part);
  }
  if (crc !== undefined && crc !== whole.crc32)
    return { fault: "a part was overwritten with other bytes (CRC-32 differs)" };
  return parts;
}
