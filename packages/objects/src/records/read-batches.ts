import { BatchAssembler } from "./assembler.ts";
import type { RecordBatch } from "./batch.ts";
import { PositionBeyondEndError } from "./errors.ts";
import { formats } from "./formats.ts";
import { type ReadOptions, readSettings } from "./options.ts";

/**
 * Reads an object's records in batches, with a position after each from which reading can go on in another invocation.
 *
 * `source` gives the object's bytes from `options.from.byte` on, in chunks of any size; for a compressed object, pass it
 * through {@link gunzip}. Batches hold `maxRecords` records whatever the chunks are. Memory stays flat: no more is held
 * than a chunk, a batch and one record. Leaving the loop early closes the source.
 *
 * @throws ConfigError for an option that cannot work, EventError for a damaged position (both at the first batch).
 * @throws BrokenRecordError, RecordTooLargeError, BrokenDocumentError and the other errors of this entry, each after the
 * records before the fault were given, so that `end` of the last batch is the position of the fault.
 * @example
 * ```ts
 * const source = createReadStream("/tmp/object", { start: position.byte, highWaterMark: 1_048_576 });
 * for await (const batch of readBatches(source, { format: "ndjson", from: position })) {
 *   for (const record of batch) await handle(record);
 *   position = batch.end;
 * }
 * ```
 */
export async function* readBatches(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: ReadOptions,
): AsyncGenerator<RecordBatch, void, undefined> {
  const settings = readSettings(options);
  const { from, totalBytes } = settings;
  if (totalBytes !== undefined && from.byte > totalBytes) {
    throw new PositionBeyondEndError(`byte ${from.byte}`, `byte ${totalBytes}`);
  }
  const assembler = new BatchAssembler(settings, formats[settings.format].reader(settings));
  for await (const chunk of source) {
    assembler.feed(asBuffer(chunk));
    for (let batch = assembler.take(); batch !== undefined; batch = assembler.take()) {
      if (batch.rejected.length > 0) await report(batch, options);
      yield batch;
    }
  }
  assembler.end();
  for (let batch = assembler.take(); batch !== undefined; batch = assembler.take()) {
    if (batch.rejected.length > 0) await report(batch, options);
    yield batch;
  }
}

async function report(batch: RecordBatch, { onReject }: ReadOptions): Promise<void> {
  if (onReject !== undefined) for (const rejected of batch.rejected) await onReject(rejected);
}

function asBuffer(chunk: unknown): Buffer {
  if (Buffer.isBuffer(chunk)) return chunk;
  if (chunk instanceof Uint8Array) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  throw new TypeError(`The source must give Uint8Array chunks, not ${typeof chunk}: set no encoding on the stream.`);
}
