import { S3Error } from "./s3-error.ts";

/** A range of bytes: first offset and length, both within the object. */
export interface ByteRange {
  readonly start: number;
  readonly length: number;
}

/**
 * Reads a `Range` header as S3 does: one range of bytes (`a-b`, `a-`, `-n`). A header that is malformed, names another
 * unit or several ranges is ignored, so the whole object is served.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html - one range per request
 * @returns `undefined` where the whole object is to be served.
 * @throws S3Error `InvalidRange` where no byte of the object is within the range.
 */
export function parseRange(header: string | undefined, size: number): ByteRange | undefined {
  const match = header === undefined ? null : /^bytes=\s*([0-9]*)-([0-9]*)\s*$/.exec(header);
  if (match === null) return undefined;
  const [, first = "", last = ""] = match;
  if (first === "" && last === "") return undefined;
  if (first === "") {
    const length = Math.min(Number(last), size);
    if (length === 0) throw unsatisfiable(header!, size);
    return { start: size - length, length };
  }
  const start = Number(first);
  if (last !== "" && Number(last) < start) return undefined;
  if (start >= size) throw unsatisfiable(header!, size);
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  return { start, length: end - start + 1 };
}

/**
 * Reads `x-amz-copy-source-range`, which must be `bytes=a-b` within the source.
 *
 * @throws S3Error `InvalidArgument` for any other form, `InvalidRange` outside the source.
 */
export function parseCopyRange(header: string, size: number): ByteRange {
  const match = /^bytes=([0-9]+)-([0-9]+)$/.exec(header);
  const start = Number(match?.[1]);
  const end = Number(match?.[2]);
  if (match === null || end < start) {
    throw new S3Error(
      "InvalidArgument",
      "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
      { ArgumentName: "x-amz-copy-source-range", ArgumentValue: header },
    );
  }
  if (end >= size) throw unsatisfiable(header, size);
  return { start, length: end - start + 1 };
}

function unsatisfiable(requested: string, size: number): S3Error {
  return new S3Error(
    "InvalidRange",
    undefined,
    { RangeRequested: requested, ActualObjectSize: String(size) },
    { "content-range": `bytes */${size}` },
  );
}
