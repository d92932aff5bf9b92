import { type Host, systemHost } from "../host.ts";
import { CallTimeoutError } from "./call-errors.ts";
import { type CallKind, callLimitMs } from "./call-limits.ts";
import { IdleLimit } from "./idle-limit.ts";
import { type CallTuning, Retries } from "./retries.ts";

/** Options of {@link call}. */
export interface CallOptions extends CallTuning {
  /** The call, for messages: `DynamoDB UpdateItem`. */
  readonly name: string;
  /** Decides how long one try may take. */
  readonly kind: CallKind;
  /** The wait that a long poll asks for, in milliseconds. */
  readonly waitMs?: number | undefined;
  /** Aborts the call and its pauses. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes a call to a service. Each try has a time limit of its own by its {@link CallKind}. It is repeated, with pauses,
 * while the budget lasts and the error says that this may help. `send` gets a signal that aborts at the limit; a `send`
 * that ignores it is abandoned, and may still take effect later: only calls that may be made twice belong here.
 *
 * The limit of a `stream` is a time without a byte: `send` calls `moved` with each piece that it sends or receives.
 *
 * @throws the last error; {@link CallTimeoutError} if no answer came in time; the signal's reason if it was aborted.
 *
 * @example
 * ```ts
 * const answer = await call((abortSignal) => s3.send(new HeadObjectCommand(input), { abortSignal }), {
 *   name: "S3 HeadObject",
 *   kind: "control",
 *   budgetMs: () => budget.remainingMs - budget.reserveMs,
 * });
 * ```
 */
export async function call<Answer>(
  send: (signal: AbortSignal, moved: () => void) => Promise<Answer>,
  options: CallOptions,
): Promise<Answer> {
  const { kind, signal, waitMs } = options;
  const retries = new Retries(options, signal);
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await once(send, options, callLimitMs(kind, { budgetMs: retries.leftMs, waitMs }));
    } catch (error) {
      await retries.pauseAfter(error);
    }
  }
}

async function once<Answer>(
  send: (signal: AbortSignal, moved: () => void) => Promise<Answer>,
  { name, kind, signal, host = systemHost }: CallOptions,
  limitMs: number,
): Promise<Answer> {
  if (!(limitMs > 0)) throw new CallTimeoutError(name, 0);
  const limit =
    kind === "stream"
      ? new IdleLimit({ name, idleMs: limitMs, signal, host })
      : new TimeLimit(name, limitMs, signal, host);
  const { promise: cut, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(limit.signal.reason);
  limit.signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([cut, send(limit.signal, () => limit.moved())]);
  } catch (error) {
    // What an aborted request says is less than why it was aborted.
    throw limit.signal.aborted ? limit.signal.reason : error;
  } finally {
    limit.close();
  }
}

/** The limit of one try, whatever moves meanwhile. */
class TimeLimit {
  readonly #controller = new AbortController();
  readonly #signal: AbortSignal | undefined;
  readonly #cancel: () => void;
  readonly #onAbort = (): void => this.#controller.abort(this.#signal?.reason);

  constructor(name: string, limitMs: number, signal: AbortSignal | undefined, host: Pick<Host, "timer">) {
    this.#signal = signal;
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    this.#cancel = Number.isFinite(limitMs)
      ? host.timer(limitMs, () => this.#controller.abort(new CallTimeoutError(name, limitMs)))
      : () => {};
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  moved(): void {}

  close(): void {
    this.#cancel();
    this.#signal?.removeEventListener("abort", this.#onAbort);
  }
}
