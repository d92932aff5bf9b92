import { Carry } from "./carry.ts";
import { textOf } from "./decoder.ts";
import { BrokenDocumentError, TasksMissingError } from "./errors.ts";

/** The part of a JSON document after its records: held, up to `maxBytes`, and checked when the document has ended. */
export class TaskTail {
  readonly #maxBytes: number;
  readonly #held = new Carry();
  #start = -1;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Takes what follows the array's `]`; `byte` is where it stands in the object. */
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
    const held = this.#held.peek(0);
    let document: unknown;
    try {
      document = JSON.parse((inside === "array" ? "[]" : '{"tasks":0') + textOf(held, 0, held.length));
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : String(cause);
      throw new BrokenDocumentError(this.#start, `what follows the tasks array is not the rest of it (${detail})`, {
        cause,
      });
    }
    if (inside === "object" && (document as { tasks: unknown }).tasks !== 0) {
      throw new TasksMissingError("The JSON object has tasks twice.");
    }
  }
}
