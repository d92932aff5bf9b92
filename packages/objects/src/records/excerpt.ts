/** `text`, cut to at most `maxChars` with an ellipsis, control characters made visible as JSON does. */
export function shortened(text: string, maxChars: number): string {
  const cut = text.length > maxChars ? `${text.slice(0, maxChars)}…` : text;
  return JSON.stringify(cut);
}

const excerptBytes = 80;

/** The beginning of a record for a message: at most 80 bytes, broken UTF-8 shown as U+FFFD. */
export function excerptOf(bytes: Uint8Array): string {
  const cut = bytes.subarray(0, excerptBytes);
  const text = Buffer.from(cut.buffer, cut.byteOffset, cut.length).toString("utf8");
  return JSON.stringify(bytes.length > excerptBytes ? `${text}…` : text);
}
