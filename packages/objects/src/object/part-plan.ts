// S3's limits: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
export const MIN_PART_BYTES = 5 * 1024 * 1024;
export const MAX_PART_BYTES = 5 * 1024 * 1024 * 1024;
export const MAX_PARTS = 10_000;

const PARTS_PER_TIER = 1_000;

/** Where one part lies in the output. */
export interface PartPlace {
  /** From 1. */
  readonly number: number;
  /** First byte of the output that is in it. */
  readonly start: number;
  /** Bytes it takes when full. */
  readonly bytes: number;
}

/**
 * Bytes of part `number`: `partBytes` for the first thousand, and twice as many for each thousand after, so that 10,000
 * parts of 8 MiB make 7.8 TiB and small outputs take little memory. Every hop cuts the output at the same places, so a part
 * written twice replaces itself.
 */
export function partSizeFor(number: number, partBytes: number): number {
  return Math.min(MAX_PART_BYTES, partBytes * 2 ** Math.floor((number - 1) / PARTS_PER_TIER));
}

/** The part that holds the output's byte `offset`; at a boundary, the part that begins there. */
export function partAt(offset: number, partBytes: number): PartPlace {
  let start = 0;
  let number = 1;
  for (;;) {
    const bytes = partSizeFor(number, partBytes);
    const tierBytes = bytes * PARTS_PER_TIER;
    if (offset < start + tierBytes || number + PARTS_PER_TIER > MAX_PARTS) {
      const before = Math.min(PARTS_PER_TIER, Math.floor((offset - start) / bytes));
      return { number: number + before, start: start + before * bytes, bytes };
    }
    start += tierBytes;
    number += PARTS_PER_TIER;
  }
}

/** Bytes that all 10,000 parts take. */
export function maxOutputBytes(partBytes: number): number {
  let sum = 0;
  for (let number = 1; number <= MAX_PARTS; number += PARTS_PER_TIER)
    sum += partSizeFor(number, partBytes) * PARTS_PER_TIER;
  return sum;
}
