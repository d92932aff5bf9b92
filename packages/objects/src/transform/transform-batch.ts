import { CallTimeoutError } from "@longhaul/core/errors";
import { IdleLimit, type IdleLimitOptions } from "@longhaul/core/parts";
import type { RecordBatch } from "../records/batch.ts";
import { BrokenRecordError } from "../records/errors.ts";
import { jsonText } from "../records/json-text.ts";
import type { ReadPosition } from "../records/position.ts";
import type { CarefulSteps } from "./caution.ts";
import { LineBuffer } from "./line-buffer.ts";
import type { SetAsideRecord } from "./rejects.ts";
import { namingSource, TransformError } from "./source-error.ts";
import type { RecordInfo, Transform } from "./transform.ts";

/** A stretch of a batch, transformed. */
export interface Piece {
  /** Lines of the result, as UTF-8; good until the next piece is asked for. */
  readonly lines: Uint8Array;
  /** How many. */
  readonly written: number;
  /** Records of this stretch that were set aside. */
  readonly rejected: readonly SetAsideRecord[];
  /** Where reading continues. */
  readonly end: ReadPosition;
}

/** How a batch is transformed. */
export interface TransformOptions {
  /** Longest time for one record, in milliseconds; half as long again may pass before it is noticed. Default 60,000. */
  readonly timeoutMs?: number | undefined;
  /** Whether a record that takes longer is set aside. Default: it fails. */
  readonly skipsHanging?: boolean | undefined;
  /** Limits of the next piece, asked before each. Default: none. */
  readonly careful?: Pick<CarefulSteps, "maxRecords" | "isSuspectNext"> | undefined;
  /** Batches of one run may share it. */
  readonly buffer?: LineBuffer | undefined;
  /** Time. Default: the machine's. */
  readonly host?: IdleLimitOptions["host"];
}

const TIMEOUT_MS = 60_000;

/**
 * Transforms a batch, usually in one piece. A record that cannot be read or transformed ends the piece before it, and so
 * does the end of the invocation's time: what precedes is kept, and only that record is tried again.
 *
 * @throws TransformError naming the object and the record, if the first record of a piece fails.
 */
export async function* transformBatch(
  batch: RecordBatch,
  transform: Transform,
  info: Omit<RecordInfo, "record">,
  options: TransformOptions = {},
): AsyncGenerator<Piece, void, void> {
  const { buffer = new LineBuffer(), skipsHanging = false, careful } = options;
  let time = new RecordTime(info.signal, options);
  let told = { ...info, signal: time.signal };
  try {
    let next = 0;
    do {
      const first = next;
      let written = 0;
      const aside: SetAsideRecord[] = [];
      const { maxRecords = Number.POSITIVE_INFINITY, isSuspectNext = false } = careful ?? {};
      for (; next < batch.records && next - first < maxRecords; next++) {
        if (next > first && info.signal.aborted) break;
        if (isSuspectNext && next === first) {
          aside.push(setAside(batch, next, "killed-its-hops"));
          continue;
        }
        try {
          time.begin();
          const answer = transformed(batch, next, transform, told);
          const line = answer instanceof Promise ? await time.within(answer) : answer;
          if (line === undefined) continue;
          buffer.add(line);
          written++;
        } catch (error) {
          if (skipsHanging && time.isOver) {
            aside.push(setAside(batch, next, "transform-timeout"));
            time = new RecordTime(info.signal, options);
            told = { ...info, signal: time.signal };
          } else if (next === first) {
            throw failure(error, info, batch.place(next).record);
          } else break;
        }
      }
      const from = first === 0 ? batch.start : batch.positionOf(first);
      const end = next === batch.records ? batch.end : batch.positionOf(next);
      const broken = batch.rejected.filter(({ record }) => record >= from.record && record < end.record);
      const rejected = aside.length === 0 ? broken : [...broken, ...aside].sort((a, b) => a.record - b.record);
      yield { lines: buffer.take(), written, rejected, end };
    } while (next < batch.records);
  } finally {
    time.close();
  }
}

function setAside(batch: RecordBatch, i: number, reason: SetAsideRecord["reason"]): SetAsideRecord {
  return { ...batch.place(i), bytes: Buffer.from(batch.bytes(i)), reason };
}

/** The time that one record may take after another. */
class RecordTime {
  readonly #limit: IdleLimit;
  readonly #over = Promise.withResolvers<never>();

  constructor(signal: AbortSignal, { timeoutMs = TIMEOUT_MS, host }: TransformOptions) {
    this.#limit = new IdleLimit({ name: "transform()", idleMs: timeoutMs, signal, host });
    this.#over.promise.catch(() => {}); // told through within()
    // That the hop ends is no fault of the record, which may still end in time.
    const onAbort = (): void => {
      if (this.isOver) this.#over.reject(this.#limit.signal.reason);
    };
    this.#limit.signal.addEventListener("abort", onAbort, { once: true });
  }

  /** Aborted when the time is over, or the hop ends. */
  get signal(): AbortSignal {
    return this.#limit.signal;
  }

  get isOver(): boolean {
    return this.#limit.signal.reason instanceof CallTimeoutError;
  }

  /** The next record begins. */
  begin(): void {
    this.#limit.moved();
  }

  /** Waits for an answer, unless the time is over before. */
  within<Answer>(answer: Promise<Answer>): Promise<Answer> {
    return Promise.race([this.#over.promise, answer]);
  }

  close(): void {
    this.#limit.close();
  }
}

/** One line of the result, as text or, if `transform` takes its time, later; `undefined` if the record is left out. */
function transformed(
  batch: RecordBatch,
  i: number,
  transform: Transform,
  info: Omit<RecordInfo, "record">,
): string | undefined | Promise<string | undefined> {
  const answer = transform(batch.json(i), { ...info, record: batch.place(i).record });
  return isThenable(answer) ? Promise.resolve(answer).then(line) : line(answer);
}

/** A promise, of this realm or of a library. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

function line(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const json = jsonText(value);
  if (json === undefined) throw new TypeError(`its answer, a ${typeof value}, is not JSON`);
  return `${json}\n`;
}

/** Names object and record. That the time of the hop is over is no fault of the record. */
function failure(error: unknown, { object, signal }: Omit<RecordInfo, "record">, record: number): unknown {
  if (error instanceof BrokenRecordError) return namingSource(object, error);
  if (signal.aborted) return error;
  return new TransformError(object, record, error);
}
