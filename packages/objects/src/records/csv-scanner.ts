import type { BrokenReason } from "./errors.ts";
import { finderOf } from "./needle-finder.ts";
import type { OpenBatch } from "./open-batch.ts";
import type { RecordScanner } from "./scanner.ts";

const lf = 0x0a;
const cr = 0x0d;
const quote = 0x22;
const nothing = Buffer.alloc(0);

/**
 * Scans CSV records: lines ended by LF, CRLF or a lone CR outside of quotes; empty lines are passed over. Only quotes and
 * line ends are looked at. A quote that neither opens nor closes a field makes the record broken up to the end of its line.
 */
export class CsvScanner implements RecordScanner {
  readonly #delimiter: number;
  readonly #marks = finderOf({ bytes: [lf, cr, quote] });
  #chunk: Buffer = nothing;
  #start = 0;
  #found = 0;
  #nextFound = 0;
  #searched = 0;
  /** Last byte of the chunks before this one. */
  #lastByte = lf;
  /** The chunk before ended with a CR outside of quotes: whether an LF belongs to it shows now. */
  #endedInCr = false;
  #quoted = false;
  /** The last byte of the chunk before was a quote within quotes: what follows says whether it closed the field. */
  #quoteOpen = false;
  #fault: BrokenReason | undefined;

  constructor(delimiter: string) {
    this.#delimiter = delimiter.charCodeAt(0);
  }

  begin(chunk: Buffer): void {
    this.#start -= this.#chunk.length;
    this.#chunk = chunk;
    this.#found = 0;
    this.#nextFound = 0;
    this.#searched = 0;
    if (this.#quoteOpen && chunk.length > 0 && chunk[0] !== quote) {
      this.#quoteOpen = false;
      this.#close(chunk[0]!);
    }
  }

  scan(open: OpenBatch): boolean {
    const chunk = this.#chunk;
    const { offsets } = this.#marks;
    if (this.#endedInCr && chunk.length > 0) {
      this.#endedInCr = false;
      if (this.#endLine(open, -1, chunk[0] === lf ? 1 : 0)) return true;
    }
    for (;;) {
      for (let i = this.#nextFound; i < this.#found; i++) {
        const at = offsets[i]!;
        // The LF of a CRLF.
        if (at < this.#start) continue;
        if (chunk[at] === quote) this.#meetQuote(at);
        else if (!this.#quoted && this.#meetLineEnd(open, at)) {
          this.#nextFound = i + 1;
          return true;
        }
      }
      if (this.#searched >= chunk.length) {
        this.#nextFound = this.#found;
        // Read now: a source may reuse the chunk's memory once it is asked for the next.
        if (chunk.length > 0) this.#lastByte = chunk[chunk.length - 1]!;
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
    if (this.#start === end) return;
    if (this.#quoteOpen) this.#quoted = false;
    if (this.#quoted) this.#fault ??= "csv-unterminated-quote";
    this.#endLine(open, this.#endedInCr ? end - 1 : end, end);
  }

  #meetQuote(at: number): void {
    if (this.#quoteOpen) {
      // The second of a pair: a quote within the field.
      this.#quoteOpen = false;
      return;
    }
    if (this.#quoted) {
      const next = at + 1;
      if (next === this.#chunk.length || this.#chunk[next] === quote) this.#quoteOpen = true;
      else this.#close(this.#chunk[next]!);
      return;
    }
    if (this.#fault !== undefined) return;
    const before = at > 0 ? this.#chunk[at - 1]! : this.#lastByte;
    if (at === this.#start || before === this.#delimiter) this.#quoted = true;
    else this.#fault = "csv-lone-quote";
  }

  /** A quoted field was closed, and `next` follows. */
  #close(next: number): void {
    this.#quoted = false;
    if (next !== this.#delimiter && next !== lf && next !== cr) this.#fault ??= "csv-lone-quote";
  }

  #meetLineEnd(open: OpenBatch, at: number): boolean {
    const next = at + 1;
    if (this.#chunk[at] === lf) return this.#endLine(open, at, next);
    if (next < this.#chunk.length) return this.#endLine(open, at, this.#chunk[next] === lf ? next + 1 : next);
    this.#endedInCr = true;
    return false;
  }

  /** Ends the line in progress at `end`. Returns whether that fills the batch. */
  #endLine(open: OpenBatch, end: number, next: number): boolean {
    const start = this.#start;
    const fault = this.#fault;
    this.#start = next;
    if (end === start) return false;
    if (fault === undefined) return open.add(start, end, next);
    this.#fault = undefined;
    this.#quoted = false;
    return open.addFaulty(start, end, next, fault);
  }
}
