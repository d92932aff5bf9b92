import { createHash } from "node:crypto";

/** The shapes of key spaces that are walked. */
export const KEY_SHAPES = ["uniform-hex", "date-partitioned", "one-prefix", "counter"] as const;

/** One of {@link KEY_SHAPES}. */
export type KeyShape = (typeof KEY_SHAPES)[number];

/** An object of the bucket to walk. */
export interface SampleObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
}

/** So many objects whose keys have a shape. */
export function* keysOf(shape: KeyShape, count: number): Generator<SampleObject> {
  for (let i = 0; i < count; i++) yield { key: KEYS[shape](i, count), size: (i * 7_919) % 1_000_003 };
}

const hex = (i: number, digits: number): string => createHash("md5").update(String(i)).digest("hex").slice(0, digits);

const KEYS: Readonly<Record<KeyShape, (i: number, count: number) => string>> = {
  "uniform-hex": (i) => hex(i, 32),
  // Three years of days, each with as many parts, as a table of a data lake has them.
  "date-partitioned": (i, count) => {
    const day = Math.floor((i / count) * 1_096);
    const [year, month, date] = new Date(Date.UTC(2023, 0, 1 + day)).toISOString().slice(0, 10).split("-");
    return `warehouse/events/year=${year}/month=${month}/day=${date}/part-${String(i % 10_000).padStart(5, "0")}-${hex(i, 8)}.parquet`;
  },
  "one-prefix": (i) =>
    i % 20 === 0
      ? `${["archive", "backup", "logs", "tmp", "users"][(i / 20) % 5]}/${hex(i, 12)}`
      : `media/images/${hex(i, 16)}.jpg`,
  counter: (i) => `image-${String(i).padStart(12, "0")}.jpg`,
};
