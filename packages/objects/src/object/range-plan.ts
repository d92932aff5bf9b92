/** Bytes from `start` up to and not including `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Cuts a range into pieces of at most `pieceBytes`, in order. */
export function* piecesOf({ start, end }: ByteRange, pieceBytes: number): Generator<ByteRange> {
  for (let at = start; at < end; at += pieceBytes) {
    yield { start: at, end: Math.min(at + pieceBytes, end) };
  }
}

/** The `Range` header for a range that is not empty; HTTP counts the last byte in. */
export function rangeHeader({ start, end }: ByteRange): string {
  return `bytes=${start}-${end - 1}`;
}

/** Reads a `Content-Range` header; `undefined` if it is none. */
export function parseContentRange(header: string | undefined): (ByteRange & { readonly size: number }) | undefined {
  const match = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(header ?? "");
  return match === null ? undefined : { start: Number(match[1]), end: Number(match[2]) + 1, size: Number(match[3]) };
}
