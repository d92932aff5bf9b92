import type { InvocationContext } from "@longhaul/core";
import type { SendInvoice } from "../invoices.ts";
import type { Invoke } from "../plain-function.ts";

/** The function of chapter 2, with a mistake. */
export function invoiceOrders(sendInvoice: SendInvoice, invoke: Invoke) {
  // #region handler
  const handler = async (event: { orders: number; position?: number }, context: InvocationContext): Promise<string> => {
    for (let order = event.position ?? 0; order < event.orders; order++) {
      if (context.getRemainingTimeInMillis() < 10_000) {
        await invoke(context.invokedFunctionArn, event); // the mistake: the position is missing
        return `to be continued from ${order}`;
      }
      await sendInvoice(order);
    }
    return "all done";
  };
  // #endregion handler
  return handler;
}
