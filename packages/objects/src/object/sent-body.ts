import { Readable } from "node:stream";

const PIECE_BYTES = 64 * 1024;

/**
 * A body to send that calls `moved` each time the connection takes a piece of it. Good for one try. The bytes are not
 * copied; they must stay as they are until the try has ended.
 */
export function bodyThatTells(bytes: Uint8Array, moved: () => void): Readable {
  let at = 0;
  return new Readable({
    highWaterMark: PIECE_BYTES,
    read() {
      moved();
      this.push(at < bytes.length ? bytes.subarray(at, at + PIECE_BYTES) : null);
      at += PIECE_BYTES;
    },
  });
}
