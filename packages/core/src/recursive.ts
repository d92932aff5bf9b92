import { Invocation } from "./invocation.ts";
import { type InvocationContext, type RecursiveOptions, settle } from "./options.ts";
import { lazyLambdaDriver } from "./recursion/lazy-lambda.ts";
import type { Outcome } from "./recursion/outcome.ts";

/** A Lambda handler made by {@link recursive}. */
export type RecursiveHandler<Event, Result> = (event: Event, context: InvocationContext) => Promise<Outcome<Result>>;

/**
 * Makes a Lambda handler whose work outlasts the invocation. The work is a generator; each `yield` is a safe point,
 * where it may stop here and continue in the next invocation.
 *
 * @throws {@link ConfigError} for options that cannot work: here, or at the first event if they depend on the timeout.
 *
 * @example
 * ```ts
 * export const handler = recursive<{ upTo: number }, { next: number }>({
 *   start: () => ({ next: 0 }),
 *   async *run(state, { event, signal }) {
 *     for (let next = state.next; next < event.upTo; next++) {
 *       await work(next, { signal });
 *       yield { next: next + 1 };
 *     }
 *     return "all done";
 *   },
 * });
 * ```
 */
export function recursive<Event extends object, State, Result = unknown>(
  options: RecursiveOptions<Event, State, Result>,
): RecursiveHandler<Event, Result> {
  const settings = settle(options, lazyLambdaDriver);
  // What this container measured; a frozen container keeps it for its next invocation.
  const container = { handOffMs: undefined as number | undefined };
  return (event, context) => {
    settings.driver.prepare?.().catch(() => {
      // The hand-off itself will say what is wrong.
    });
    return new Invocation(settings, container, context).handle(event);
  };
}
