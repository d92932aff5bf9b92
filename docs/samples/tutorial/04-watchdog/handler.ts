import type { RecursiveHandler, recursive } from "@longhaul/core";
import type { SendInvoice } from "../invoices.ts";

/** The parts that differ between the deployed function and the simulated one. */
export interface Parts {
  readonly recursive: typeof recursive;
  readonly sendInvoice: SendInvoice;
}

/** Sends the invoices of a day. */
export function invoiceOrders({ recursive, sendInvoice }: Parts): RecursiveHandler<{ orders: number }, string> {
  // #region handler
  const handler = recursive({
    time: { stepTimeoutMs: 60_000 },
    start: (_event: { orders: number }) => ({ next: 0 }),
    async *run({ next }, { event, signal }) {
      for (let order = next; order < event.orders; order++) {
        await sendInvoice(order, { signal });
        yield { next: order + 1 };
      }
      return "all done";
    },
  });
  // #endregion handler
  return handler;
}
