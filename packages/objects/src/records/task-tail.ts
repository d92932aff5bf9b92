import { Carry } from "./carry.ts";
import { documentText } from "./decoder.ts";
import { BrokenDocumentError, TasksMissingError } from "./errors.ts";

/** The part of a JSON document after its records: held, up to `maxBytes`, and checked when the document has ended. */
export class TaskTail {
  readonly #maxBytes: number;
  readonly #held = new Carry();
  #start = -1;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Takes what follows the array's `]`; `byte` is its place in the object. */
  take(bytes: Buffer, byte: number): void {
    if (this.#start < 0) this.#start = byte;
    if (this.#held.length + bytes.length > this.#maxBytes) {
      throw new BrokenDocumentError(
        this.#start,
        `more than maxRecordBytes (${this.#maxBytes}) follows its tasks array`,
      );
    }
    this.#held.append(bytes);
  }

  /** The document has ended: checks that it is complete, and that nothing follows it. */
  finish(inside: "object" | "array"): void {
    const text = documentText(this.#held.peek(0), this.#start);
    let document: unknown;
    try {
      document = JSON.parse((inside === "array" ? "[]" : '{"tasks":0') + text);
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : String(cause);
      // Such as NDJSON whose lines are arrays, or objects with tasks.
      const hint = /^[^\r\n]*[\r\n]\s*[[{]/.test(text)
        ? ". If each line is a record of its own, give the format ndjson"
        : "";
      throw new BrokenDocumentError(
        this.#start,
        `what follows the tasks array is not the rest of it (${detail})${hint}`,
        {
          cause,
        },
      );
    }
    if (inside === "object" && (document as { tasks: unknown }).tasks !== 0) {
      throw new TasksMissingError("The JSON object has tasks twice.");
    }
  }
}
