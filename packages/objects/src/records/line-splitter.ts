import { BatchAssembler } from "./assembler.ts";
import type { RecordBatch } from "./batch.ts";
import { formats } from "./formats.ts";
import { type ReadOptions, readSettings } from "./options.ts";

/** Options of {@link LineSplitter}; the names mean what they mean in {@link ReadOptions}. */
export interface LineSplitterOptions
  extends Pick<ReadOptions, "from" | "maxRecords" | "maxBatchBytes" | "maxRecordBytes" | "numbers"> {
  /** Whether an empty line counts. Default true; NDJSON readers pass over them. */
  readonly keepsEmptyLines?: boolean | undefined;
}

/**
 * The splitter alone, without a stream around it: takes chunks, gives batches of lines. For code that has its own loop, or
 * reads synchronously.
 *
 * @example
 * ```ts
 * const splitter = new LineSplitter();
 * for (const chunk of chunks) for (const batch of splitter.push(chunk)) count += batch.records;
 * for (const batch of splitter.end()) count += batch.records;
 * ```
 */
export class LineSplitter {
  readonly #assembler: BatchAssembler;

  /** @throws ConfigError for an option that cannot work. */
  constructor(options: LineSplitterOptions = {}) {
    const { keepsEmptyLines = true, ...read } = options;
    const settings = readSettings({ ...read, format: keepsEmptyLines ? "lines" : "ndjson" });
    this.#assembler = new BatchAssembler(settings, formats[settings.format].reader(settings));
  }

  /** Takes the next chunk; the batches it fills must be taken before the next `push`, and are views of it. */
  push(chunk: Uint8Array): Generator<RecordBatch, void, undefined> {
    this.#assembler.feed(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    return this.#batches();
  }

  /** No chunk follows: gives the lines that are left, the last one perhaps without a line end. */
  end(): Generator<RecordBatch, void, undefined> {
    this.#assembler.end();
    return this.#batches();
  }

  *#batches(): Generator<RecordBatch, void, undefined> {
    for (let batch = this.#assembler.take(); batch !== undefined; batch = this.#assembler.take()) yield batch;
  }
}
