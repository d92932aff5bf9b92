import { finderOf } from "./needle-finder.ts";
import type { OpenBatch } from "./open-batch.ts";
import type { RecordScanner } from "./scanner.ts";

const lf = 0x0a;
const cr = 0x0d;
const space = 0x20;
const tab = 0x09;
const nothing = Buffer.alloc(0);

/**
 * Scans lines ended by LF, CRLF or a lone CR, the last perhaps by none. These are the line ends of `node:readline`, less
 * Unicode's U+2028 and U+2029.
 */
export class LineScanner implements RecordScanner {
  readonly #keepsBlank: boolean;
  readonly #marks = finderOf({ bytes: [lf, cr] });
  #chunk: Buffer = nothing;
  /** Start of the line in progress. */
  #start = 0;
  /** Marks of the chunk's current block, and which of them is next. */
  #found = 0;
  #nextFound = 0;
  /** Everything before this index has been searched for marks. */
  #searched = 0;
  /** The chunk before ended with a CR: whether an LF belongs to it shows now. */
  #endedInCr = false;
  /** Whether the part of the line in progress that lies in earlier chunks is blank. */
  #isBlankSoFar = true;

  /** `keepsBlank`: whether a line that is empty, or holds spaces and tabs alone, is a record. */
  constructor(keepsBlank: boolean) {
    this.#keepsBlank = keepsBlank;
  }

  begin(chunk: Buffer): void {
    this.#start -= this.#chunk.length;
    this.#chunk = chunk;
    this.#found = 0;
    this.#nextFound = 0;
    this.#searched = 0;
  }

  scan(open: OpenBatch): boolean {
    const chunk = this.#chunk;
    const { offsets } = this.#marks;
    const keepsBlank = this.#keepsBlank;
    if (this.#endedInCr && chunk.length > 0) {
      this.#endedInCr = false;
      if (this.#endLine(open, -1, chunk[0] === lf ? 1 : 0)) return true;
    }
    let start = this.#start;
    for (;;) {
      const found = this.#found;
      for (let i = this.#nextFound; i < found; i++) {
        const end = offsets[i]!;
        // The LF of a CRLF.
        if (end < start) continue;
        let next = end + 1;
        if (chunk[end] === cr) {
          if (next === chunk.length) {
            this.#endedInCr = true;
            break;
          }
          if (chunk[next] === lf) next++;
        }
        const lineStart = start;
        start = next;
        const isRecord = keepsBlank || chunk[lineStart]! > space || !this.#isBlank(lineStart, end);
        if (isRecord && open.add(lineStart, end, next)) {
          this.#start = start;
          this.#nextFound = i + 1;
          return true;
        }
      }
      this.#start = start;
      this.#nextFound = found;
      if (this.#searched >= chunk.length) {
        // Read now: a source may reuse the chunk's memory once it is asked for the next.
        if (!keepsBlank) this.#isBlankSoFar = this.#isBlank(start, chunk.length - (this.#endedInCr ? 1 : 0));
        return false;
      }
      this.#found = this.#marks.find(chunk, this.#searched);
      this.#nextFound = 0;
      this.#searched = this.#marks.searched;
    }
  }

  keepFrom(): number {
    return this.#start;
  }

  finish(open: OpenBatch): void {
    const end = this.#chunk.length;
    if (this.#start < end) this.#endLine(open, this.#endedInCr ? end - 1 : end, end);
  }

  #endLine(open: OpenBatch, end: number, next: number): boolean {
    const start = this.#start;
    this.#start = next;
    return (this.#keepsBlank || !this.#isBlank(start, end)) && open.add(start, end, next);
  }

  /** Whether a line, of which a part may lie in earlier chunks, holds spaces and tabs alone. */
  #isBlank(start: number, end: number): boolean {
    if (start < 0 && !this.#isBlankSoFar) return false;
    const chunk = this.#chunk;
    for (let at = Math.max(0, start); at < end; at++) if (chunk[at] !== space && chunk[at] !== tab) return false;
    return true;
  }
}
