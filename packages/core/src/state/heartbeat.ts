import { joinedSignal } from "../calls/joined-signal.ts";
import { pause } from "../calls/retries.ts";
import { timeBox } from "../calls/time-box.ts";
import { FencedError, RunUnknownError } from "../errors.ts";
import type { Hop } from "../hop.ts";
import type { Host } from "../host.ts";
import type { Lease } from "./run-lease.ts";

/** The input of a {@link Heartbeat}. */
export interface HeartbeatParts {
  readonly lease: Pick<Lease, "isOver" | "renew">;
  readonly hop: Pick<Hop<unknown>, "run" | "number" | "end">;
  readonly host: Host;
  readonly heartbeatMs: number;
  readonly remainingMs: () => number;
  /** Called with what kept a renewal from being made; the next heartbeat tries again. */
  readonly onTrouble: (error: unknown) => void;
}

/** How often a lease that ran out is renewed anew in the time of one heartbeat, while the store does not answer. */
const HEARTBEAT_TRIES = 4;

/** Renews a lease beside the work, once in each heartbeat. */
export class Heartbeat {
  readonly #parts: HeartbeatParts;
  readonly #lost = new AbortController();
  readonly #stopped = new AbortController();
  #failure: RunUnknownError | undefined;
  #cancel: (() => void) | undefined;

  constructor(parts: HeartbeatParts) {
    this.#parts = parts;
    this.#wait(parts.heartbeatMs);
  }

  /** Aborted once another invocation may have the run: with a {@link FencedError}, or with what {@link assertKnown} throws. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** @throws {@link RunUnknownError} if the record vanished under the lease. */
  assertKnown(): void {
    if (this.#failure) throw this.#failure;
  }

  /**
   * Whether a step may begin, where the lease {@link isOver}: the store did not answer, or the process stood still. Renews it
   * first, which takes until the store answers, or `signal` aborts.
   */
  async isSure(signal: AbortSignal): Promise<boolean> {
    const { lease, host, heartbeatMs } = this.#parts;
    const { signal: ends, leave } = joinedSignal([signal, this.#lost.signal]);
    try {
      for (;;) {
        await Promise.race([this.#renew(), untilAborted(ends)]);
        if (!lease.isOver || ends.aborted) return !lease.isOver && !this.#lost.signal.aborted;
        await pause(host, heartbeatMs / HEARTBEAT_TRIES, ends).catch(() => {});
      }
    } finally {
      leave();
    }
  }

  /** Whether the lease has run out, by the clock of this host. */
  get isOver(): boolean {
    return this.#parts.lease.isOver;
  }

  /** Ends the renewals, and one that is under way. */
  stop(): void {
    this.#cancel?.();
    this.#stopped.abort();
  }

  #wait(delayMs: number): void {
    if (this.#stopped.signal.aborted || this.#lost.signal.aborted) return;
    this.#cancel?.();
    this.#cancel = this.#parts.host.timer(delayMs, () => void this.#renew());
  }

  async #renew(): Promise<void> {
    const { lease, hop, host, heartbeatMs, remainingMs, onTrouble } = this.#parts;
    const beganMs = host.now();
    try {
      const answer = await lease.renew(timeBox(remainingMs, heartbeatMs), this.#stopped.signal);
      if (answer?.ok === false) this.#lose(new FencedError(hop.run, hop.number));
    } catch (error) {
      if (this.#stopped.signal.aborted) return;
      if (error instanceof RunUnknownError) {
        this.#failure = error;
        this.#lose(error);
      } else onTrouble(error);
    }
    this.#wait(Math.max(0, beganMs + heartbeatMs - host.now()));
  }

  #lose(reason: unknown): void {
    this.#parts.hop.end();
    this.#lost.abort(reason);
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
