import type { InvocationContext } from "@longhaul/core";
import type { SimulatedHandler, SimulatedHost } from "@longhaul/core/testing";

/** Puts an event into the queue of a function. */
export type Invoke = (functionArn: string, event: object) => Promise<void>;

/** A function without Longhaul, as the simulated platform calls it. It answers with a text. */
export function plainFunction<Event extends object>(
  { driver }: SimulatedHost,
  make: (invoke: Invoke) => (event: Event, context: InvocationContext) => Promise<string>,
): SimulatedHandler {
  return async (payload: never, context) => {
    const { hop = 0, event = payload as Event }: { readonly hop?: number; readonly event?: Event } = payload;
    const invoke: Invoke = (target, next) => {
      const sent = JSON.stringify({ hop: hop + 1, event: next });
      return driver.send({ run: "", hop: hop + 1, event: {}, payload: sent, target });
    };
    const message = await make(invoke)(event, context);
    if (message !== "all done") return { status: "continued", run: "", hop, message };
    return { status: "done", run: "", hop, message, result: message };
  };
}
