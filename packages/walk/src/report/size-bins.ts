/**
 * Sizes by powers of two: bin 0 holds the empty objects, bin n those from 2^(n-1) up to, not including, 2^n bytes. No longer
 * than what was counted needs.
 */
export interface SizeBins {
  readonly objects: number[];
  readonly bytes: number[];
}

const TWO_TO_32 = 2 ** 32;

/** The bin of a size in bytes. */
export function sizeBin(size: number): number {
  return size < TWO_TO_32 ? 32 - Math.clz32(size) : 64 - Math.clz32(size / TWO_TO_32);
}

/** Least size in a bin, in bytes. */
export function binStart(bin: number): number {
  return bin === 0 ? 0 : 2 ** (bin - 1);
}

/** Counts objects that belong into one bin. */
export function addToBin({ objects, bytes }: SizeBins, bin: number, count: number, total: number): void {
  while (objects.length <= bin) {
    objects.push(0);
    bytes.push(0);
  }
  objects[bin] = (objects[bin] as number) + count;
  bytes[bin] = (bytes[bin] as number) + total;
}
