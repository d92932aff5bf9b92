import { Carry } from "./carry.ts";
import { documentText } from "./decoder.ts";
import { BrokenDocumentError, EmptyObjectError, TasksMissingError } from "./errors.ts";
import { shortened } from "./excerpt.ts";

const backslash = 0x5c;
const quote = 0x22;
const lf = 0x0a;
const cr = 0x0d;

/**
 * The part of a JSON document before its records: finds the `[` of a top-level array, or of `tasks` in a top-level object.
 * The text before `tasks` is held, to be checked as JSON, up to `maxBytes`. An object without `tasks`, on one line, that is
 * followed by another value on the next is the first line of NDJSON.
 */
export class TaskHead {
  /** The container of the records, once found. */
  inside: "object" | "array" | "lines" | undefined;
  readonly #maxBytes: number;
  readonly #held = new Carry();
  #byte = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** Within the top-level object: whether a string would be a key. */
  #expectsKey = false;
  #keyStart = -1;
  #isTasks = false;
  /** The top-level object has ended without tasks. */
  #hasEnded = false;
  /** Line ends within the top-level object, and after it. */
  #linesWithin = 0;
  #linesAfter = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** All that was scanned so far, if it turned out to be NDJSON. */
  get held(): Buffer {
    return this.#held.peek(0);
  }

  /**
   * Scans `chunk`, which begins at `byte`. Returns the index after the `[`, or that of the second value of NDJSON, or -1 if it
   * is not in this chunk.
   */
  scan(chunk: Buffer, byte: number): number {
    this.#byte = byte;
    const before = this.#held.length;
    for (let i = 0; i < chunk.length; i++) {
      if (!this.#take(chunk, i, before)) continue;
      if (this.inside === "lines") {
        this.#hold(chunk.subarray(0, i));
        return i;
      }
      this.#hold(chunk.subarray(0, i + 1));
      if (this.inside === "object") this.#check("]}");
      return i + 1;
    }
    this.#hold(chunk);
    return -1;
  }

  /** The document ended at `byte` and no array began. */
  finish(byte: number): never {
    if (this.#hasEnded) throw new TasksMissingError("The JSON object has no top-level tasks.");
    if (this.#depth === 0) throw new EmptyObjectError();
    throw new BrokenDocumentError(byte, "it ends before its tasks array begins");
  }

  /** Takes byte `i`; `held` bytes came before the chunk. Returns whether the array begins here. */
  #take(chunk: Buffer, i: number, held: number): boolean {
    const c = chunk[i]!;
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (c === backslash) this.#escaped = true;
      else if (c === quote) {
        this.#inString = false;
        if (this.#keyStart >= 0) this.#endKey(chunk.subarray(0, i + 1), held);
      }
      return false;
    }
    if (isJsonSpace(c)) {
      if (c === lf || c === cr) this.#hasEnded ? this.#linesAfter++ : this.#linesWithin++;
      return false;
    }
    if (this.#hasEnded) return this.#takeSecond(i);
    if (this.#depth === 0) return this.#takeFirst(c, i);
    if (this.#isTasks && !this.#expectsKey && this.#depth === 1 && c !== 0x3a) return this.#takeTasks(c);
    switch (c) {
      case quote:
        this.#inString = true;
        if (this.#expectsKey && this.#depth === 1) this.#keyStart = held + i;
        return false;
      case 0x7b: // {
      case 0x5b: // [
        this.#depth++;
        return false;
      case 0x7d: // }
      case 0x5d: // ]
        this.#hasEnded = --this.#depth === 0;
        return false;
      case 0x2c: // ,
        if (this.#depth === 1) this.#expectsKey = true;
        return false;
      default:
        return false;
    }
  }

  #hold(bytes: Buffer): void {
    if (this.#held.length + bytes.length > this.#maxBytes) {
      throw new BrokenDocumentError(0, `no tasks array begins within maxRecordBytes (${this.#maxBytes})`);
    }
    this.#held.append(bytes);
  }

  #takeFirst(c: number, i: number): boolean {
    if (c === 0x5b) {
      this.inside = "array";
      return true;
    }
    if (c !== 0x7b) throw new BrokenDocumentError(this.#byte + i, "it begins with neither { nor [");
    this.#depth = 1;
    this.#expectsKey = true;
    this.#linesWithin = 0;
    return false;
  }

  /** Another value follows the object. */
  #takeSecond(i: number): boolean {
    if (this.#linesWithin > 0) {
      const detail = "a second value follows the first. Write one value on each line, and give the format ndjson";
      throw new BrokenDocumentError(this.#byte + i, detail);
    }
    if (this.#linesAfter === 0) throw new BrokenDocumentError(this.#byte + i, "something follows the JSON object");
    this.inside = "lines";
    return true;
  }

  #takeTasks(c: number): boolean {
    if (c !== 0x5b)
      throw new TasksMissingError(`tasks is not an array: it begins with ${shortened(String.fromCharCode(c), 1)}.`);
    this.inside = "object";
    return true;
  }

  #endKey(upToHere: Buffer, held: number): void {
    const start = this.#keyStart;
    const key = start >= held ? upToHere.subarray(start - held) : Buffer.concat([this.#held.peek(start), upToHere]);
    this.#keyStart = -1;
    this.#expectsKey = false;
    // "tasks" written wholly in \u escapes has 32 bytes.
    this.#isTasks = key.length <= 32 && isTasks(key.toString("utf8"));
  }

  /** Checks what is held, completed by `rest`, as JSON. */
  #check(rest: string): void {
    const text = documentText(this.#held.peek(0), 0);
    try {
      JSON.parse(text + rest);
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : String(cause);
      throw new BrokenDocumentError(0, `the text before tasks is not JSON (${detail})`, { cause });
    }
  }
}

/** Whether JSON allows `byte` between its tokens without meaning. */
export function isJsonSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function isTasks(key: string): boolean {
  try {
    return JSON.parse(key) === "tasks";
  } catch {
    // A broken key is found when the whole head is checked.
    return false;
  }
}
