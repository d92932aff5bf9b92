import { Carry } from "./carry.ts";
import { textOf } from "./decoder.ts";
import { BrokenDocumentError, EmptyObjectError, TasksMissingError } from "./errors.ts";
import { shortened } from "./excerpt.ts";

const backslash = 0x5c;
const quote = 0x22;

/**
 * The part of a JSON document before its records: finds the `[` of a top-level array, or of `tasks` in a top-level object.
 * What stands before `tasks` is held, to be checked as JSON, up to `maxBytes`.
 */
export class TaskHead {
  /** What the records' array stands in, once found. */
  inside: "object" | "array" | undefined;
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

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Scans `chunk`, which begins at `byte`. Returns the index after the `[`, or -1 if it is not in this chunk. */
  scan(chunk: Buffer, byte: number): number {
    this.#byte = byte;
    const before = this.#held.length;
    for (let i = 0; i < chunk.length; i++) {
      if (!this.#take(chunk, i, before)) continue;
      this.#hold(chunk.subarray(0, i + 1));
      if (this.inside === "object") this.#check("]}");
      return i + 1;
    }
    if (this.#depth > 0) this.#hold(chunk);
    return -1;
  }

  /** The document ended at `byte` and no array began. */
  finish(byte: number): never {
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
    if (isJsonSpace(c)) return false;
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
        if (--this.#depth === 0) {
          this.#hold(chunk.subarray(0, i + 1));
          this.#check("");
          throw new TasksMissingError("The JSON object has no top-level tasks.");
        }
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
    return false;
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
    try {
      const held = this.#held.peek(0);
      JSON.parse(textOf(held, 0, held.length) + rest);
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : String(cause);
      throw new BrokenDocumentError(0, `what stands before tasks is not JSON (${detail})`, { cause });
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
