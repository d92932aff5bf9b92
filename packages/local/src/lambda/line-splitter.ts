import { StringDecoder } from "node:string_decoder";

/** A longer line comes out in pieces of this many characters, so output without line feeds cannot take all memory. */
const MAX_LINE_LENGTH = 64 * 1024 * 1024;

/** Cuts a byte stream into lines; a last line without newline comes out on `end`. Empty lines are dropped. */
export function createLineSplitter(
  onLine: (line: string) => void,
  maxLineLength = MAX_LINE_LENGTH,
): { push(chunk: Buffer): void; end(): void } {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  const flush = () => {
    if (rest !== "") onLine(rest);
    rest = "";
  };
  /** Only what is new is searched: a long line comes in many chunks. */
  const take = (text: string) => {
    let from = 0;
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", from)) {
      rest += text.slice(from, at);
      from = at + 1;
      flush();
    }
    rest += text.slice(from);
    if (rest.length >= maxLineLength) flush();
  };
  return {
    push: (chunk) => take(decoder.write(chunk)),
    end() {
      take(decoder.end());
      flush();
    },
  };
}
