import { EncodingError } from "./errors.ts";

/** How many bytes of an object must be there (or its end) to tell its encoding. */
export const headBytes = 3;

/**
 * How many bytes to pass over at the beginning of an object: 3 for a UTF-8 byte order mark, otherwise none.
 * @throws EncodingError if it begins like UTF-16, UTF-32 or gzip.
 */
export function skippedAtHead(head: Uint8Array): number {
  const [a, b, c] = head;
  if (a === 0xef && b === 0xbb && c === 0xbf) return 3;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) throw new EncodingError("UTF-16");
  if (a === 0x1f && b === 0x8b) throw new EncodingError("gzip");
  return 0;
}
