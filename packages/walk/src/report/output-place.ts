import { createHash } from "node:crypto";

/** Where what a walk came to is written. */
export interface OutputPlace {
  readonly bucket: string;
  /** Ends in a slash, or is empty. */
  readonly prefix: string;
}

/** Longest part of a walk's id that keys contain. */
const MAX_ID_CHARACTERS = 120;

/**
 * The prefix below which a walk's results stand, `walks/ID/`. Signs that need care in keys, and what is too long, give way
 * to a hash. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
 */
export function walkPrefix({ prefix }: OutputPlace, walkId: string): string {
  const plain = walkId.replace(/[^A-Za-z0-9._-]+/g, "-").slice(0, MAX_ID_CHARACTERS);
  const hash = createHash("sha256").update(walkId).digest("hex").slice(0, 12);
  return `${prefix}${/^[A-Za-z0-9_-]/.test(plain) ? `${plain}-` : ""}${hash}/`;
}
