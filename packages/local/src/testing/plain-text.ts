/**
 * Lines of a text in UTF-8, which end with LF, CRLF or a lone CR, the last perhaps with none. Not by `node:readline`, which
 * also ends them at U+2028 and U+2029, and replaces what is no UTF-8.
 *
 * @throws TypeError for what is no text in UTF-8.
 */
export async function* plainLines(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  let rest = "";
  for await (const text of plainPieces(stream)) {
    // Whether an LF belongs to a CR at the end is seen with the next piece.
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest.replace(/\r$/, "");
}

/** The whole text. */
export async function plainText(stream: AsyncIterable<Uint8Array>): Promise<string> {
  let whole = "";
  for await (const text of plainPieces(stream)) whole += text;
  return whole;
}

/** Pieces of a text in UTF-8, without a byte order mark. */
export async function* plainPieces(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for await (const chunk of stream) yield withoutNul(decoder.decode(chunk, { stream: true }));
  yield decoder.decode();
}

/** UTF-16 and UTF-32 are UTF-8 with NULs in it, as far as a decoder sees. */
function withoutNul(text: string): string {
  if (!text.includes("\0")) return text;
  throw new TypeError("The file has a NUL byte: it is no text, or text in UTF-16.");
}
