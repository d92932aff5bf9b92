import type { RecursiveHandler } from "@longhaul/core";
import type { Parts } from "../06-run-record/handler.ts";

/** Sends invoices, and forgets to move on. */
export function invoiceOrders({ recursive, sendInvoice, store }: Parts): RecursiveHandler<{ orders: number }, string> {
  // #region handler
  const handler = recursive({
    store,
    guards: { maxHops: 50, maxDurationMs: 12 * 3_600_000, maxCostUsd: 1 },
    start: (_event: { orders: number }) => ({ next: 0 }),
    async *run({ next }, { event, run, signal }) {
      for (let order = next; order < event.orders; order++) {
        await sendInvoice(order, { signal, idempotencyKey: `${run.id}/${order}` });
        yield { next }; // the mistake: it has to be order + 1
      }
      return "all done";
    },
  });
  // #endregion handler
  return handler;
}
