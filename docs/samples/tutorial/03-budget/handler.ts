import { continueAsNew, type HandOffDriver, type InvocationContext, TimeBudget } from "@longhaul/core";
import type { SendInvoice } from "../invoices.ts";

/** Sends the invoices of a day, and asks a time budget whether the next one still fits. */
export function invoiceOrders(sendInvoice: SendInvoice, driver: HandOffDriver) {
  // #region handler
  const handler = async (event: { orders: number; position?: number }, context: InvocationContext) => {
    const budget = new TimeBudget({ remainingMs: () => context.getRemainingTimeInMillis() });
    for (let order = event.position ?? 0; order < event.orders; order++) {
      await sendInvoice(order);
      if (!budget.hasTimeForStep()) {
        return continueAsNew({ event, context, stateKey: "position", state: order + 1, driver });
      }
    }
    return "all done";
  };
  // #endregion handler
  return handler;
}
