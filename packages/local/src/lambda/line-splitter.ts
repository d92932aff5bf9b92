import { StringDecoder } from "node:string_decoder";

/** Cuts a byte stream into lines; a last line without newline comes out on `end`. Empty lines are dropped. */
export function createLineSplitter(onLine: (line: string) => void): { push(chunk: Buffer): void; end(): void } {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  return {
    push(chunk) {
      const lines = (rest + decoder.write(chunk)).split("\n");
      rest = lines.pop() as string;
      for (const line of lines) if (line !== "") onLine(line);
    },
    end() {
      const last = rest + decoder.end();
      rest = "";
      if (last !== "") onLine(last);
    },
  };
}
