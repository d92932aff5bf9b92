import { StepTimeoutError } from "../errors.ts";
import type { Host } from "../host.ts";
import { countdown } from "./countdown.ts";

/** Options of {@link stepLimit}. */
interface StepLimitOptions {
  readonly host: Pick<Host, "timer">;
  /** Longest that one step may take, in milliseconds. */
  readonly limitMs: number;
  /** Milliseconds left of the invocation, now. */
  readonly remainingMs: () => number;
  /** Milliseconds that were left when the step under way began. */
  readonly stepBeganAtMs: () => number;
  /** Called once when a step has taken too long; the signal is aborted by then. */
  readonly onTimeout: () => void;
}

/**
 * Bounds each step: aborts `signal` with a {@link StepTimeoutError} when one takes too long. One timer serves all steps, so
 * that a short step costs nothing.
 */
export function stepLimit(options: StepLimitOptions): { readonly signal: AbortSignal; readonly stop: () => void } {
  const { host, limitMs, remainingMs, stepBeganAtMs, onTimeout } = options;
  const controller = new AbortController();
  const stop = countdown({
    host,
    leftMs: () => limitMs - (stepBeganAtMs() - remainingMs()),
    onEnd() {
      controller.abort(new StepTimeoutError(limitMs));
      onTimeout();
    },
  });
  return { signal: controller.signal, stop };
}
