import type { RecordBatch } from "../src/records/batch.ts";
import type { ReadOptions } from "../src/records/options.ts";
import { readBatches } from "../src/records/read-batches.ts";

/**
 * `bytes` as a stream of chunks of the given sizes, in turn. With `reuses`, each chunk is overwritten once the next is
 * asked for, as by a source that reuses its buffers: nothing may be read from a chunk that is over.
 */
export async function* chunked(bytes: Uint8Array, sizes: readonly number[], reuses = true): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const chunk = Uint8Array.from(bytes.subarray(at, at + sizes[i % sizes.length]!));
    at += chunk.length;
    yield chunk;
    if (reuses) chunk.fill(0x58);
  }
}

/** Everything that reading gives: the values of all records, the place of each, and every batch's end. */
export async function readAll(text: string | Uint8Array, options: ReadOptions, sizes: readonly number[] = [1 << 20]) {
  const bytes = typeof text === "string" ? Buffer.from(text) : text;
  const values: unknown[] = [];
  const places: unknown[] = [];
  const batches: Pick<RecordBatch, "start" | "end" | "records" | "rejected">[] = [];
  const source = chunked(bytes.subarray(options.from?.byte ?? 0), sizes);
  for await (const batch of readBatches(source, options)) {
    for (let i = 0; i < batch.records; i++) {
      values.push(batch.json(i));
      places.push({ ...batch.place(i), length: batch.byteLength(i) });
    }
    const { start, end, records, rejected } = batch;
    batches.push({ start, end, records, rejected });
  }
  return { values, places, batches };
}

/** Reads until an error: what was given before it, and the error. */
export async function readUntilError(
  content: string | Uint8Array,
  options: ReadOptions,
  sizes: readonly number[] = [1 << 20],
) {
  const values: unknown[] = [];
  let end = options.from;
  try {
    for await (const batch of readBatches(chunked(Buffer.from(content), sizes), options)) {
      values.push(...batch);
      end = batch.end;
    }
  } catch (error) {
    return { values, end, error };
  }
  throw new Error("Nothing was thrown.");
}

/** Ways to cut an object into chunks, for tests that promise the same in each. */
export const chunkings: readonly (readonly [string, readonly number[]])[] = [
  ["in one chunk", [1 << 20]],
  ["byte by byte", [1]],
  ["in chunks of 7 bytes", [7]],
];
