import { rememberOptions } from "./handler-options.ts";
import { EndedRuns } from "./invocation/ended-runs.ts";
import { handleEvent } from "./invocation/handle-event.ts";
import type { ContainerMemory } from "./invocation/invocation.ts";
import type { InvocationContext, RecursiveOptions } from "./options.ts";
import { lazyLambdaDriver } from "./recursion/lazy-lambda.ts";
import type { Outcome } from "./recursion/outcome.ts";
import { settle } from "./settings.ts";
import type { StateIsJson } from "./state/jsonable.ts";

/** A Lambda handler made by {@link recursive}. */
export type RecursiveHandler<Event, Result> = (event: Event, context: InvocationContext) => Promise<Outcome<Result>>;

/**
 * Makes a Lambda handler whose work outlasts the invocation. The work is a generator; each `yield` is a safe point,
 * where it may stop here and continue in the next invocation. Event, State and Result are inferred from `start` and `run`;
 * the state must be JSON, which is checked at compile time and at the first yield of each hop.
 *
 * @throws {@link ConfigError} for options that cannot work: here, or at the first event if they depend on the timeout.
 *
 * @example
 * ```ts
 * export const handler = recursive({
 *   start: (event: { upTo: number }) => ({ next: 0 }),
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
  options: RecursiveOptions<Event, State, Result> & StateIsJson<State>,
): RecursiveHandler<Event, Result> {
  return unchecked(options);
}

/** {@link recursive} for options whose state's type is not known. */
export function unchecked<Event extends object, State, Result>(
  options: RecursiveOptions<Event, State, Result>,
): RecursiveHandler<Event, Result> {
  const settings = settle(options, lazyLambdaDriver);
  // A frozen container keeps it for its next invocation.
  const container: ContainerMemory = { handOffMs: undefined, ended: new EndedRuns() };
  const handler: RecursiveHandler<Event, Result> = (event, context) => {
    settings.driver.prepare?.().catch(() => {
      // The hand-off itself will say what is wrong.
    });
    return handleEvent(settings, container, context, event);
  };
  return rememberOptions(handler, options);
}
