import type { ThrottleReason } from "./lambda-error.ts";

/** Invocations under way when another asks to begin. */
export interface ConcurrencyState {
  /** Of the function that asks. */
  readonly functionInFlight: number;
  /** The function's own share; `undefined` if it has none. */
  readonly reserved: number | undefined;
  /** Of all functions without a share of their own. */
  readonly unreservedInFlight: number;
  /** Sum of all shares. */
  readonly totalReserved: number;
  readonly accountLimit: number;
}

/**
 * Whether one more invocation may begin; the reason if not. A function with reserved concurrency has that and no more, and
 * what is reserved is taken from the others. https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
 */
export function refusal(state: ConcurrencyState): ThrottleReason | undefined {
  if (state.reserved !== undefined) {
    return state.functionInFlight < state.reserved ? undefined : "ReservedFunctionConcurrentInvocationLimitExceeded";
  }
  return state.unreservedInFlight < state.accountLimit - state.totalReserved
    ? undefined
    : "ConcurrentInvocationLimitExceeded";
}
