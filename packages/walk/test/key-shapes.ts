/** Ways in which people name objects: each gives so many keys. */
export const KEY_SHAPES = {
  "uniform hexadecimal": (i) => scattered(i),
  "partitions by date": (i, count) => {
    const day = new Date(Date.UTC(2023, 0, 1 + Math.floor((i / count) * 1_096))).toISOString();
    const [year, month, date] = day.slice(0, 10).split("-");
    return `warehouse/events/year=${year}/month=${month}/day=${date}/part-${String(i % 10_000).padStart(5, "0")}-${scattered(i)}.parquet`;
  },
  "95 % under one prefix": (i) =>
    i % 20 === 0
      ? `${["archive", "backup", "logs", "tmp", "users"][(i / 20) % 5]}/${scattered(i)}`
      : `media/images/${scattered(i)}${scattered(i + 1)}.jpg`,
  "zero-padded counter": (i) => `image-${String(i).padStart(12, "0")}.jpg`,
  "counter without zeros": (i) => `item-${i}`,
  "many users": (i) =>
    `users/${["alice", "bob", "carol", "dave", "eve", "zoe"][i % 6]}${i % 997}/${scattered(i)}/f${i}.txt`,
  "Unicode everywhere": (i) =>
    `写真/${String.fromCodePoint(0x1f600 + (i % 64))}/${String.fromCodePoint(0x4e00 + ((i * 7_919) % 20_000))}${i}`,
  "logs of a load balancer": (i) =>
    `AWSLogs/123456789012/elasticloadbalancing/eu-west-1/2024/${two(1 + (i % 12))}/${two(1 + ((i >> 4) % 28))}/123456789012_elb_${new Date(1.7e12 + i * 1000).toISOString()}_${i}.log`,
  "logs in order of time": (i, count) => {
    const at = new Date(Date.UTC(2024, 0, 1) + (i / count) * 366 * 86_400_000).toISOString();
    return `AWSLogs/123456789012/elasticloadbalancing/eu-west-1/${at.slice(0, 10).replaceAll("-", "/")}/123456789012_elb_${at}_${scattered(i)}.log.gz`;
  },
  "tenants of all sizes": (i) =>
    `tenants/${scattered(Math.clz32(Math.imul(i ^ (i >>> 16), 2_654_435_761)) * 31 + (i % 7))}/orders/${scattered(i)}${scattered(i + 1)}.json`,
  Base64: (i) => `b/${Buffer.from(scattered(i) + scattered(i + 1), "hex").toString("base64url")}`,
  "trees of packages": (i) =>
    `node_modules/${["@aws-sdk", "@smithy", "typescript", "vitest", "zod", "aws-cdk-lib", "aws-cdk-lib", "aws-cdk-lib"][i % 8]}/dist-${["es", "cjs"][i % 2]}/m${(i * 7_919) % 5_003}/file${i}.js`,
  // Pages begin where hundreds of the counter do; the names behind it know nothing of that.
  "a counter, then random names": (i, count) =>
    i < count / 2 ? `a/${String(i).padStart(10, "0")}` : `z/${scattered(i)}${scattered(i + 1)}`,
  "Chinese names": (i) => `相册/${chinese(i * 7_919)}${chinese(i * 3)}${i % 7}.jpg`,
  "Chinese names and others": (i) => (i % 3 === 0 ? `img_${i}.png` : `${chinese(i * 7_919)}/${i}`),
} satisfies Readonly<Record<string, (i: number, count: number) => string>>;

/** One of 20,000 Chinese characters. */
const chinese = (number: number): string => String.fromCodePoint(0x4e00 + (number % 20_000));

const two = (number: number): string => String(number).padStart(2, "0");

/** The same for the same number, and spread evenly over all of eight hexadecimal digits. */
function scattered(i: number): string {
  return (Math.imul(i, 2_654_435_761) >>> 0).toString(16).padStart(8, "0");
}
