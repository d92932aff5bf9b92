/** Shapes whose keys are computed from their place in the listing, so that a bucket of any size takes no memory. */
export const COMPUTED_SHAPES = ["hex", "skewed", "counter"] as const;

/** One of {@link COMPUTED_SHAPES}. */
export type ComputedShape = (typeof COMPUTED_SHAPES)[number];

/** The key at an index, in order, of a bucket of so many. */
export function computedKey(shape: ComputedShape, index: number, count: number): string {
  return KEYS[shape](index, count);
}

const TWO_TO_32 = 2 ** 32;
const hex8 = (number: number): string => (number >>> 0).toString(16).padStart(8, "0");
/** The same for the same number, and spread evenly. */
const scattered = (number: number): string => hex8(Math.imul(number ^ (number >>> 16), 2_654_435_761));
/** Eight hexadecimal digits that grow with the share, from 0 up to, not including, 1. */
const ordered = (share: number): string => hex8(Math.floor(share * TWO_TO_32));

/** 95 % of the keys are below one of six prefixes. */
const SKEWED: readonly [prefix: string, share: number][] = [
  ["archive/", 0.01],
  ["backup/", 0.01],
  ["logs/2026/", 0.01],
  ["media/images/", 0.95],
  ["tmp/", 0.01],
  ["users/", 0.01],
];

const KEYS: Readonly<Record<ComputedShape, (index: number, count: number) => string>> = {
  hex: (i, count) => ordered(i / count) + scattered(i) + scattered(i + 1) + scattered(i + 2),
  skewed(i, count) {
    let from = 0;
    for (const [prefix, share] of SKEWED) {
      const to = from + Math.floor(share * count);
      if (i < to || prefix === "users/") {
        return `${prefix}${ordered((i - from) / Math.max(1, Math.max(to, count) - from))}${scattered(i)}.jpg`;
      }
      from = to;
    }
    throw new RangeError(`There is no key ${i} of ${count}.`);
  },
  counter: (i) => `image-${String(i).padStart(12, "0")}.jpg`,
};
