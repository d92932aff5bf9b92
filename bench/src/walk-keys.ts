import { createHash } from "node:crypto";

/** The shapes of key spaces that are walked. */
export const KEY_SHAPES = [
  ...(["uniform-hex", "date-partitioned", "one-prefix", "counter", "counter-without-zeros"] as const),
  ...(["skewed-tenants", "uuid", "base64", "load-balancer-logs", "trees-of-packages"] as const),
] as const;

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

/** The same for the same number, and spread evenly over 32 bits. */
const scattered = (i: number): number => Math.imul(i ^ (i >>> 16), 2_654_435_761) >>> 0;
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
  "counter-without-zeros": (i) => `item-${i}`,
  // Each tenant has half as many as the one before, down to small ones; the objects of a tenant have names by chance.
  "skewed-tenants": (i) => `tenants/${hex(Math.clz32(scattered(i)) * 31 + (i % 7), 8)}/orders/${hex(i, 16)}.json`,
  uuid: (i) => `uploads/${hex(i, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")}/original`,
  base64: (i) => `b/${createHash("md5").update(String(i)).digest("base64url")}`,
  "load-balancer-logs": (i, count) => {
    const at = new Date(Date.UTC(2024, 0, 1) + (i / count) * 366 * 86_400_000).toISOString();
    const [year, month, date] = at.slice(0, 10).split("-");
    return `AWSLogs/123456789012/elasticloadbalancing/eu-west-1/${year}/${month}/${date}/123456789012_elb_${at}_${hex(i, 8)}.log.gz`;
  },
  "trees-of-packages": (i) =>
    `node_modules/${["@aws-sdk", "@smithy", "typescript", "vitest", "zod", "aws-cdk-lib", "aws-cdk-lib", "aws-cdk-lib"][i % 8]}/dist-${["es", "cjs"][i % 2]}/m${(i * 7_919) % 5_003}/file${i}.js`,
  counter: (i) => `image-${String(i).padStart(12, "0")}.jpg`,
};
