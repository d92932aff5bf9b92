import { assertAmount } from "../config.ts";
import { ConfigError, HopEndingError } from "../errors.ts";
import type { Host } from "../host.ts";
import { countdown } from "./countdown.ts";

/** Options of a {@link Watchdog}. */
export interface WatchdogOptions {
  readonly host: Host;
  /** Milliseconds left of the invocation. */
  readonly remainingMs: () => number;
  /** Milliseconds before the end at which the work is asked to stop. Read again at each look. */
  readonly reserveMs: () => number;
  /**
   * Looks at the clock at least this often, in milliseconds. Default: one timer for the moment itself. Must be smaller
   * than the reserve, else the end could pass between two looks.
   */
  readonly intervalMs?: number | undefined;
  /** Called once when the reserve begins; the signal is aborted by then. */
  readonly onReserve?: () => void;
}

/**
 * Watches the clock beside the work: aborts {@link signal} when only the reserve is left, even if the work never looks.
 * It needs the event loop: work that blocks it (an endless synchronous loop) can only be ended by the platform.
 *
 * @example
 * ```ts
 * const watchdog = new Watchdog({ host: systemHost, remainingMs: () => context.getRemainingTimeInMillis(), reserveMs: () => 1_000 });
 * try { await fetch(url, { signal: watchdog.signal }); } finally { watchdog.stop(); }
 * ```
 */
export class Watchdog {
  readonly #controller = new AbortController();
  readonly #stop: () => void;

  /** @throws {@link ConfigError} if `intervalMs` is not a positive number smaller than the reserve. */
  constructor({ host, remainingMs, reserveMs, intervalMs, onReserve }: WatchdogOptions) {
    if (intervalMs !== undefined) assertInterval(intervalMs, reserveMs());
    this.#stop = countdown({
      host,
      leftMs: () => remainingMs() - reserveMs(),
      intervalMs,
      onEnd: () => {
        this.#controller.abort(new HopEndingError(remainingMs()));
        onReserve?.();
      },
    });
  }

  /** Aborted with a {@link HopEndingError} when the reserve begins. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Ends the watch; the signal stays as it is. */
  stop(): void {
    this.#stop();
  }
}

/** @throws {@link ConfigError} unless the watchdog's interval is above 0 and below the reserve. */
export function assertInterval(intervalMs: unknown, reserveMs: number): void {
  assertAmount("watchdogIntervalMs", intervalMs);
  if ((intervalMs as number) < reserveMs) return;
  throw new ConfigError(`watchdogIntervalMs ${intervalMs} must be below the reserve, which may be ${reserveMs} ms.`);
}
