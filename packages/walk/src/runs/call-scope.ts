import type { InvocationContext, RunContext, TimeBudget } from "@longhaul/core";
import { type CallOptions, call } from "@longhaul/core/parts";

/**
 * Limits that the calls of one invocation share: how much time they may use, and what ends them. Without one a call has
 * the limits that calls have by themselves.
 */
export type CallScope = Pick<CallOptions, "budgetMs" | "attempts" | "signal" | "host">;

/** Below so much time, in milliseconds, a try is not shortened further: the hop ends at about that moment. */
const LEAST_MS = 60;

/** Share of an invocation that what is called before its work may use. */
const ENTRY_SHARE = 0.75;

/** The calls of a hop's work: made again until the hop ends, by its signal, so that trouble of a service ends no run. */
export function workScope(
  { budget, signal }: Pick<RunContext<unknown>, "budget" | "signal">,
  host?: CallScope["host"],
): CallScope {
  return {
    budgetMs: () => Math.max(LEAST_MS, budget.usableMs),
    attempts: Number.POSITIVE_INFINITY,
    signal,
    host,
  };
}

/** The time for work that an invocation has when it begins, in milliseconds. */
export function hopMs({ windowMs, reserveMs }: Pick<TimeBudget, "windowMs" | "reserveMs">): number {
  return windowMs - reserveMs;
}

/** The calls before a hop's work, when nothing ends them but the time. */
export function entryScope(
  context: Pick<InvocationContext, "getRemainingTimeInMillis">,
  host?: CallScope["host"],
): CallScope {
  const untilMs = context.getRemainingTimeInMillis() * (1 - ENTRY_SHARE);
  return { budgetMs: () => context.getRemainingTimeInMillis() - untilMs, host };
}

/** Makes a control call that may be made twice. */
export function controlCall<Answer>(
  name: string,
  send: (abortSignal: AbortSignal) => Promise<Answer>,
  scope: CallScope & Pick<CallOptions, "retryable"> = {},
): Promise<Answer> {
  return call(send, { ...scope, name, kind: "control" });
}
