import { type Host, systemHost } from "../host.ts";
import { CallTimeoutError } from "./call-errors.ts";
import { IDLE_MS } from "./call-limits.ts";

/** Options of {@link IdleLimit}. */
export interface IdleLimitOptions {
  /** The call, for messages: `S3 GetObject`. */
  readonly name: string;
  /** Longest time without a byte, in milliseconds. Default 10,000. */
  readonly idleMs?: number | undefined;
  /** Aborts too. */
  readonly signal?: AbortSignal | undefined;
  readonly host?: Pick<Host, "timer"> | undefined;
}

/**
 * The limit of a stream: its signal aborts when no byte has moved for a while. Close it when the stream is over.
 *
 * @example
 * ```ts
 * using idle = new IdleLimit({ name: "S3 GetObject" });
 * const { Body } = await s3.send(new GetObjectCommand(input), { abortSignal: idle.signal });
 * for await (const chunk of Body) idle.moved(), work(chunk);
 * ```
 */
export class IdleLimit implements Disposable {
  readonly #options: IdleLimitOptions;
  readonly #idleMs: number;
  readonly #host: Pick<Host, "timer">;
  readonly #controller = new AbortController();
  #cancel: () => void = () => {};
  #hasMoved = false;
  #isHeld = false;
  readonly #onAbort = (): void => this.#abort(this.#options.signal?.reason);

  constructor(options: IdleLimitOptions) {
    this.#options = options;
    this.#idleMs = options.idleMs ?? IDLE_MS;
    this.#host = options.host ?? systemHost;
    const { signal } = options;
    if (signal?.aborted) this.#controller.abort(signal.reason);
    else {
      signal?.addEventListener("abort", this.#onAbort, { once: true });
      this.#watch();
    }
  }

  /** Aborted with a {@link CallTimeoutError} when nothing moved, or with the reason of the signal given. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** A byte moved. Costs an assignment. */
  moved(): void {
    this.#hasMoved = true;
  }

  /** While the reader keeps a chunk, nothing is asked of the connection, so the time does not count. */
  hold(): void {
    this.#isHeld = true;
  }

  /** The reader asks for the next chunk. */
  unhold(): void {
    this.#isHeld = false;
    this.#hasMoved = true;
  }

  /** The stream is over. */
  close(): void {
    this.#cancel();
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  // Looks twice in each limit rather than arming a timer for every chunk: it aborts after 1 to 1.5 limits.
  #watch(): void {
    let wasIdle = false;
    const look = (): void => {
      const isIdle = !this.#hasMoved && !this.#isHeld;
      if (isIdle && wasIdle) {
        this.#abort(new CallTimeoutError(this.#options.name, this.#idleMs));
        return;
      }
      wasIdle = isIdle;
      this.#hasMoved = false;
      this.#cancel = this.#host.timer(this.#idleMs / 2, look);
    };
    this.#cancel = this.#host.timer(this.#idleMs / 2, look);
  }

  #abort(reason: unknown): void {
    this.close();
    this.#controller.abort(reason);
  }
}
