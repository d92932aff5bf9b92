import { utf8Bytes } from "./json.ts";

/** The beginning of a text, at most so many bytes of UTF-8, without cutting a character. */
export function firstBytes(text: string, maxBytes: number): string {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += utf8Bytes(character);
    if (bytes > maxBytes) break;
    end += character.length;
  }
  return text.slice(0, end);
}
