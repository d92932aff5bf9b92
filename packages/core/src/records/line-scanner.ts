import { finderOf } from "./needle-finder.ts";
import type { OpenBatch } from "./open-batch.ts";
import type { RecordScanner } from "./scanner.ts";

const lf = 0x0a;
const cr = 0x0d;
const nothing = Buffer.alloc(0);

/** Scans lines ended by LF or CRLF, the last perhaps by neither. A CR anywhere else belongs to its line. */
export class LineScanner implements RecordScanner {
  readonly #keepsEmpty: boolean;
  readonly #newlines = finderOf({ bytes: [lf] });
  #chunk: Buffer = nothing;
  /** Start of the line in progress. */
  #start = 0;
  /** Newlines of the chunk's current block, and which of them is next. */
  #found = 0;
  #nextFound = 0;
  /** Everything before this index has been searched for newlines. */
  #searched = 0;
  #chunkEndedInCr = false;

  /** `keepsEmpty`: whether an empty line is a record. */
  constructor(keepsEmpty: boolean) {
    this.#keepsEmpty = keepsEmpty;
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
    const { offsets } = this.#newlines;
    const keepsEmpty = this.#keepsEmpty;
    let start = this.#start;
    for (;;) {
      const found = this.#found;
      for (let i = this.#nextFound; i < found; i++) {
        const newline = offsets[i]!;
        const afterCr = newline > 0 ? chunk[newline - 1] === cr : this.#chunkEndedInCr;
        const end = afterCr && newline > start ? newline - 1 : newline;
        const lineStart = start;
        start = newline + 1;
        if ((end > lineStart || keepsEmpty) && open.add(lineStart, end, start)) {
          this.#start = start;
          this.#nextFound = i + 1;
          return true;
        }
      }
      this.#start = start;
      this.#nextFound = found;
      if (this.#searched >= chunk.length) {
        // Read now: a source may reuse the chunk's memory once it is asked for the next.
        if (chunk.length > 0) this.#chunkEndedInCr = chunk[chunk.length - 1] === cr;
        return false;
      }
      this.#found = this.#newlines.find(chunk, this.#searched);
      this.#nextFound = 0;
      this.#searched = this.#newlines.searched;
    }
  }

  keepFrom(): number {
    return this.#start;
  }

  finish(open: OpenBatch): void {
    const end = this.#chunk.length;
    if (this.#start === end) return;
    // A CR at the very end is half of a CRLF that was cut, or an old line end; node:readline drops it too.
    const lineEnd = this.#chunkEndedInCr ? end - 1 : end;
    if (lineEnd > this.#start || this.#keepsEmpty) open.add(this.#start, lineEnd, end);
    this.#start = end;
  }
}
