import type { SendInvoice } from "../invoices.ts";

/** Sends the invoices of a day, all in one invocation. */
export function invoiceOrders(sendInvoice: SendInvoice) {
  // #region handler
  const handler = async (event: { orders: number }): Promise<string> => {
    for (let order = 0; order < event.orders; order++) {
      await sendInvoice(order);
    }
    return "all done";
  };
  // #endregion handler
  return handler;
}
