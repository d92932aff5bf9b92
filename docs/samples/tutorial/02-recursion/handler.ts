import type { InvocationContext } from "@longhaul/core";
import type { SendInvoice } from "../invoices.ts";
import type { Invoke } from "../plain-function.ts";

/** Ten seconds, as everybody does it. */
const RESERVE_MS = 10_000;

/** Sends the invoices of a day, and calls itself before its time is over. */
export function invoiceOrders(sendInvoice: SendInvoice, invoke: Invoke) {
  // #region handler
  const handler = async (event: { orders: number; position?: number }, context: InvocationContext): Promise<string> => {
    for (let order = event.position ?? 0; order < event.orders; order++) {
      if (context.getRemainingTimeInMillis() < RESERVE_MS) {
        await invoke(context.invokedFunctionArn, { ...event, position: order });
        return `to be continued from ${order}`;
      }
      await sendInvoice(order);
    }
    return "all done";
  };
  // #endregion handler
  return handler;
}
