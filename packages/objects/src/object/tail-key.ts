import { createHash } from "node:crypto";

// S3 keys are at most 1,024 bytes of UTF-8: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
const MAX_KEY_BYTES = 1024;
const OFFSET_DIGITS = String(Number.MAX_SAFE_INTEGER).length;
const TAIL_NAME_BYTES = "tail-".length + OFFSET_DIGITS + "-".length + 64;

/**
 * The prefix under which a run keeps what belongs to an output: `.longhaul/` beside the output, so that the permission to
 * write the one covers the other. Run id and key are in it as a hash, the run id also in readable form as far as its
 * characters are harmless.
 */
export function tailPrefix(key: string, run: string): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([run, key]))
    .digest("hex")
    .slice(0, 32);
  const readable = run.replace(/[^A-Za-z0-9._-]+/g, "-").slice(0, 40);
  const own = `.longhaul/${readable}-${hash}/`;
  let directory = key.slice(0, key.lastIndexOf("/") + 1);
  while (Buffer.byteLength(directory) + own.length + TAIL_NAME_BYTES > MAX_KEY_BYTES) {
    directory = directory.slice(0, directory.lastIndexOf("/", directory.length - 2) + 1);
  }
  return directory + own;
}

/**
 * The key of the tail that ends at byte `end` of the output. Named by its content too: another tail never overwrites the
 * one an earlier safe point needs. In S3's order, which is that of the bytes, the oldest comes first.
 */
export function tailKey(prefix: string, end: number, sha256: string): string {
  return `${prefix}tail-${String(end).padStart(OFFSET_DIGITS, "0")}-${sha256}`;
}

/** The byte of the output at which the tail of this key ends; `undefined` if it is not the key of a tail. */
export function tailEnd(prefix: string, key: string): number | undefined {
  const match = key.startsWith(prefix) ? /^tail-(\d{16})-[0-9a-f]{64}$/.exec(key.slice(prefix.length)) : null;
  return match === null ? undefined : Number(match[1]);
}

/** SHA-256 in hexadecimal. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
