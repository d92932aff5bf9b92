import { diag } from "@opentelemetry/api";
import { assertAmount } from "../config.ts";
import { optionsOf, rememberOptions } from "../handler-options.ts";
import type { InvocationContext } from "../options.ts";

/** A provider of OpenTelemetry's SDK. */
export interface Flushable {
  forceFlush(): Promise<void>;
}

/** Options of {@link flushed}. */
export interface FlushOptions {
  /** Longest time that an invocation waits for the export, in milliseconds; at most half of what is left. Default 1,000. */
  readonly timeoutMs?: number;
}

/**
 * Makes a handler export what was recorded before its invocation ends: afterwards the environment is frozen. The answer, or
 * the error, is the handler's. An export that fails or takes too long is a warning of OpenTelemetry's `diag`.
 *
 * @throws {@link ConfigError} for a `timeoutMs` that is no amount.
 */
export function flushed<Event, Context extends InvocationContext, Result>(
  handler: (event: Event, context: Context) => Promise<Result>,
  providers: Flushable | readonly Flushable[],
  { timeoutMs = 1_000 }: FlushOptions = {},
): (event: Event, context: Context) => Promise<Result> {
  assertAmount("timeoutMs", timeoutMs);
  const exported = async (event: Event, context: Context) => {
    try {
      return await handler(event, context);
    } finally {
      await flush([providers].flat(), Math.min(timeoutMs, context.getRemainingTimeInMillis() / 2));
    }
  };
  // The simulator runs it as it runs the handler itself.
  const options = optionsOf(handler);
  return options ? rememberOptions(exported, options) : exported;
}

async function flush(providers: readonly Flushable[], limitMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<"late">();
  const timer = setTimeout(() => resolve("late"), limitMs);
  const all = Promise.allSettled(providers.map(async (provider) => provider.forceFlush()));
  const results = await Promise.race([all, promise]);
  clearTimeout(timer);
  if (results === "late")
    return diag.warn(`Exporting took longer than ${Math.round(limitMs)} ms; the rest may be lost.`);
  for (const result of results) if (result.status === "rejected") diag.warn("Exporting failed.", result.reason);
}
