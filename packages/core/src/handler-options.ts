import type { InvocationContext, RecursiveOptions } from "./options.ts";
import type { Outcome } from "./recursion/outcome.ts";

/** Options of a handler whose event, state and result are not known. */
export type AnyOptions = RecursiveOptions<object, unknown, unknown>;

// Registered by name: in a test, two copies of this package may meet.
const OPTIONS = Symbol.for("@longhaul/core: options");

/** Keeps a handler's options with it, so that the simulator can run it on another host. */
export function rememberOptions<Handler extends object>(handler: Handler, options: object): Handler {
  return Object.defineProperty(handler, OPTIONS, { value: options });
}

/** The options of a handler that `recursive()` made; `undefined` for any other function. */
export function optionsOf(handler: object): AnyOptions | undefined {
  return (handler as { readonly [OPTIONS]?: AnyOptions })[OPTIONS];
}

/** The function itself, if `recursive()` made it. */
export function deployedHandler(
  handler: object,
): ((event: never, context: InvocationContext) => Promise<Outcome<unknown>>) | undefined {
  return optionsOf(handler) && (handler as (event: never, context: InvocationContext) => Promise<Outcome<unknown>>);
}
