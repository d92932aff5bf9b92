import type { SimulatedInvocation } from "./container.ts";
import { placeOf, type World } from "./world.ts";

/** The answer of a service to a request that is too large. */
export function tooLarge(
  world: World,
  invocation: SimulatedInvocation | undefined,
  what: string,
  bytes: number,
  maxBytes: number,
): Error {
  world.note(placeOf(invocation), { type: "too-large", what, bytes, maxBytes });
  const $metadata = { httpStatusCode: 413 };
  const error = new Error(`${what} has ${bytes} bytes, more than ${maxBytes}`);
  return Object.assign(error, { name: "RequestTooLargeException", $metadata });
}
