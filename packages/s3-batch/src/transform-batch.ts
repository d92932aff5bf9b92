import type { ReadPosition, RecordBatch, RejectedRecord } from "@longhaul/core/records";
import { LineBuffer } from "./line-buffer.ts";
import { namingSource, SourceError } from "./source-error.ts";
import type { RecordInfo } from "./transform.ts";

/** A stretch of a batch, transformed. */
export interface Piece {
  /** Lines of the result, as UTF-8; good until the next piece is asked for. */
  readonly lines: Uint8Array;
  /** How many. */
  readonly written: number;
  /** Records of this stretch that could not be read. */
  readonly rejected: readonly RejectedRecord[];
  /** Where reading goes on. */
  readonly end: ReadPosition;
}

type Transform = (record: unknown, info: RecordInfo) => unknown;

/**
 * Transforms a batch, usually in one piece. A record that cannot be read or transformed ends the piece before it, and so
 * does the end of the invocation's time: what precedes is kept, and only that record is tried again. Batches of one run may share
 * `buffer`.
 *
 * @throws SourceError naming the object and the record, if the first record of a piece fails.
 */
export async function* transformBatch(
  batch: RecordBatch,
  transform: Transform,
  info: Omit<RecordInfo, "record">,
  buffer = new LineBuffer(),
): AsyncGenerator<Piece, void, void> {
  let next = 0;
  do {
    const first = next;
    let written = 0;
    for (; next < batch.records; next++) {
      if (next > first && info.signal.aborted) break;
      try {
        const answer = transformed(batch, next, transform, info);
        const line = answer instanceof Promise ? await answer : answer;
        if (line === undefined) continue;
        buffer.add(line);
        written++;
      } catch (error) {
        if (next === first) throw error;
        break;
      }
    }
    const from = first === 0 ? batch.start : batch.positionOf(first);
    const end = next === batch.records ? batch.end : batch.positionOf(next);
    const rejected = batch.rejected.filter(({ record }) => record >= from.record && record < end.record);
    yield { lines: buffer.take(), written, rejected, end };
  } while (next < batch.records);
}

/** One line of the result, as text or, if `transform` takes its time, later; `undefined` if the record is left out. */
function transformed(
  batch: RecordBatch,
  i: number,
  transform: Transform,
  info: Omit<RecordInfo, "record">,
): string | undefined | Promise<string | undefined> {
  const { record } = batch.place(i);
  const failed = (error: unknown): never => {
    throw transformFailure(error, { ...info, record });
  };
  let value: unknown;
  try {
    value = batch.json(i);
  } catch (error) {
    throw namingSource(info.object, error);
  }
  try {
    const answer = transform(value, { ...info, record });
    if (answer instanceof Promise) return answer.then(line).catch(failed);
    return line(answer);
  } catch (error) {
    return failed(error);
  }
}

function line(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const json = JSON.stringify(value) as string | undefined;
  if (json === undefined) throw new TypeError(`its answer, a ${typeof value}, is not JSON`);
  return `${json}\n`;
}

/** That the time of the hop is over is no fault of the record. */
function transformFailure(error: unknown, { object, record, signal }: RecordInfo): unknown {
  if (signal.aborted) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new SourceError(
    object,
    "TRANSFORM",
    `transform() failed for record ${record}: ${detail}. The run goes on from this record once transform.ts can take it.`,
    { cause: error },
  );
}
