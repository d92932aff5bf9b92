import type { InvocationContext } from "@longhaul/core";
import type { SendInvoice } from "../invoices.ts";
import type { Invoke } from "../plain-function.ts";

/** Fires once, after so many milliseconds; answers with a function that cancels. As `setTimeout` does. */
export type After = (ms: number, fire: () => void) => () => void;

/** Sends the invoices of a day, with a timer beside the loop. */
export function invoiceOrders(sendInvoice: SendInvoice, invoke: Invoke, after: After) {
  // #region handler
  const handler = async (event: { orders: number; position?: number }, context: InvocationContext): Promise<string> => {
    let position = event.position ?? 0;
    const handOff = () => void invoke(context.invokedFunctionArn, { ...event, position });
    const cancel = after(context.getRemainingTimeInMillis() - 60_000, handOff);
    for (; position < event.orders; position++) {
      await sendInvoice(position);
    }
    cancel();
    return "all done";
  };
  // #endregion handler
  return handler;
}
