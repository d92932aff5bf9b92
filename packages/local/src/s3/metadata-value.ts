/**
 * A value of user metadata as S3 returns it: an encoded word of RFC 2047 that holds nothing but printable ASCII is decoded,
 * any other value stays as it was sent.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html - "RFC 2047"
 */
export function decodedMetadata(value: string): string {
  const [, encoding = "", text = ""] = /^=\?utf-8\?([bq])\?([^?\s]*)\?=$/i.exec(value) ?? [];
  if (encoding === "") return value;
  const decoded = encoding.toLowerCase() === "b" ? Buffer.from(text, "base64").toString() : decodedQuotes(text);
  return /^[\x20-\x7e]*$/.test(decoded) ? decoded : value;
}

function decodedQuotes(text: string): string {
  const bytes = text
    .replaceAll("_", " ")
    .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString();
}
