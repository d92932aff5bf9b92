/** The body of an answer, as a stream. */
export interface Body extends AsyncIterable<Uint8Array> {
  destroy?(error?: unknown): void;
}

/** In Node the SDK's body is a stream of Buffers. */
export function bodyOf(body: unknown): Body {
  if (typeof body === "object" && body !== null && Symbol.asyncIterator in body) return body as Body;
  throw new TypeError("S3 answered without a body that can be read as a stream.");
}

/** All bytes of the body of an answer. Calls `moved` with each piece. */
export async function wholeBody(body: unknown, moved: () => void): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bodyOf(body)) {
    moved();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
