import { BrokenDocumentError } from "./errors.ts";
import { finderOf } from "./needle-finder.ts";
import type { OpenBatch } from "./open-batch.ts";
import type { ReadPosition } from "./position.ts";
import type { RecordScanner } from "./scanner.ts";
import { isJsonSpace, TaskHead } from "./task-head.ts";
import { TaskTail } from "./task-tail.ts";

const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;
const opening = 0x7b;
const closing = 0x7d;
const endOfArray = 0x5d;
/** Makes `[` equal to `{` and `]` equal to `}`; a backslash becomes 0x7c, a quote stays. */
const fold = 0x20;
const nothing = Buffer.alloc(0);

/**
 * Where the scanner is. In the array: before its first element or `]`, before an element (after a comma), in a plain
 * value such as a number, in something with quotes or brackets, after an element.
 */
type Where = "head" | "first" | "element" | "plain" | "nested" | "after" | "tail" | "lines";

/**
 * Scans the elements of a JSON array, top-level or under `tasks`, by brackets and strings only; whether an element is
 * JSON shows when it is parsed.
 */
export class TaskScanner implements RecordScanner {
  readonly #marks = finderOf({ bytes: [quote, backslash | fold, opening, closing], fold });
  readonly #head: TaskHead;
  readonly #tail: TaskTail;
  #inside: "object" | "array";
  #where: Where;
  #chunk: Buffer = nothing;
  #byte = 0;
  /** Index up to which the chunk is scanned. */
  #at = 0;
  /** Start of the element in progress. */
  #start = 0;
  #depth = 0;
  #inString = false;
  /** Index of a byte that a backslash before it makes plain; -1 if none. */
  #escaped = -1;
  #found = 0;
  #nextFound = 0;
  #searched = 0;

  constructor(from: ReadPosition, maxRecordBytes: number) {
    this.#head = new TaskHead(maxRecordBytes);
    this.#tail = new TaskTail(maxRecordBytes);
    this.#inside = from.inside === "object" ? "object" : "array";
    this.#where = from.byte === 0 ? "head" : "after";
  }

  get inside(): "object" | "array" {
    return this.#inside;
  }

  /** All of the object that was scanned, once it turned out to be NDJSON; nothing more is scanned then. */
  get lines(): Buffer | undefined {
    return this.#where === "lines" ? Buffer.concat([this.#head.held, this.#chunk.subarray(this.#at)]) : undefined;
  }

  begin(chunk: Buffer, byte: number): void {
    const shift = this.#chunk.length;
    this.#start -= shift;
    if (this.#escaped >= 0) this.#escaped -= shift;
    this.#chunk = chunk;
    this.#byte = byte;
    this.#at = 0;
    this.#found = 0;
    this.#nextFound = 0;
    this.#searched = 0;
  }

  scan(open: OpenBatch): boolean {
    const { length } = this.#chunk;
    while (this.#at < length) {
      switch (this.#where) {
        case "nested":
          if (this.#skimNested(open)) return true;
          break;
        case "plain":
          if (this.#skimPlain(open)) return true;
          break;
        case "head":
          this.#skimHead();
          break;
        case "lines":
          return false;
        case "tail":
          this.#tail.take(this.#chunk.subarray(this.#at), this.#byte + this.#at);
          this.#at = length;
          break;
        default:
          this.#step();
      }
    }
    return false;
  }

  keepFrom(): number {
    return this.#where === "nested" || this.#where === "plain" ? this.#start : this.#at;
  }

  finish(_open: OpenBatch): void {
    if (this.#where === "head") this.#head.finish(this.#byte);
    if (this.#where !== "tail") throw new BrokenDocumentError(this.#byte, "it ends before its tasks array does");
    this.#tail.finish(this.#inside);
  }

  #skimHead(): void {
    const after = this.#head.scan(this.#chunk, this.#byte);
    this.#at = after === -1 ? this.#chunk.length : after;
    if (after === -1) return;
    if (this.#head.inside === "lines") {
      this.#where = "lines";
      return;
    }
    this.#inside = this.#head.inside ?? "array";
    this.#where = "first";
  }

  /** Takes one byte between elements. */
  #step(): void {
    const at = this.#at;
    const c = this.#chunk[at]!;
    if (isJsonSpace(c)) {
      this.#at = at + 1;
    } else if (this.#where === "after") {
      if (c === comma) this.#where = "element";
      else if (c === endOfArray) this.#where = "tail";
      else throw this.#unexpected("a comma or ] is missing after an element");
      this.#at = at + 1;
    } else if (c === endOfArray && this.#where === "first") {
      this.#where = "tail";
      this.#at = at + 1;
    } else if (c === comma || c === endOfArray || c === closing || c === 0x3a) {
      throw this.#unexpected("an element is missing");
    } else {
      this.#start = at;
      this.#depth = 0;
      this.#where = c === quote || (c | fold) === opening ? "nested" : "plain";
    }
  }

  /** Continues in a number or literal, to the byte that ends it. */
  #skimPlain(open: OpenBatch): boolean {
    const chunk = this.#chunk;
    let at = this.#at;
    while (at < chunk.length) {
      const c = chunk[at]!;
      if (c === comma || c === endOfArray || c === closing || isJsonSpace(c)) {
        this.#at = at;
        this.#where = "after";
        return open.add(this.#start, at, at);
      }
      at++;
    }
    this.#at = at;
    return false;
  }

  /** Continues in an object, array or string, from mark to mark, to its end. */
  #skimNested(open: OpenBatch): boolean {
    const chunk = this.#chunk;
    const { offsets } = this.#marks;
    const from = this.#at;
    let depth = this.#depth;
    let inString = this.#inString;
    let escaped = this.#escaped;
    for (;;) {
      const found = this.#found;
      for (let i = this.#nextFound; i < found; i++) {
        const at = offsets[i]!;
        // Marks between elements were passed over byte by byte.
        if (at < from) continue;
        const c = chunk[at]!;
        if (c === quote) {
          if (at === escaped) continue;
          inString = !inString;
          if (inString) continue;
        } else if (inString) {
          if (c === backslash && at !== escaped) escaped = at + 1;
          continue;
        } else if ((c | fold) === opening) {
          depth++;
          continue;
        } else if ((c | fold) === closing) {
          depth--;
        } else continue;
        if (depth > 0) continue;
        this.#at = at + 1;
        this.#where = "after";
        this.#inString = false;
        this.#escaped = -1;
        this.#nextFound = i + 1;
        return open.add(this.#start, at + 1, at + 1);
      }
      if (this.#searched >= chunk.length) break;
      this.#found = this.#marks.find(chunk, Math.max(this.#searched, from));
      this.#nextFound = 0;
      this.#searched = this.#marks.searched;
    }
    this.#nextFound = this.#found;
    this.#depth = depth;
    this.#inString = inString;
    this.#escaped = escaped;
    this.#at = chunk.length;
    return false;
  }

  #unexpected(detail: string): BrokenDocumentError {
    return new BrokenDocumentError(this.#byte + this.#at, detail);
  }
}
