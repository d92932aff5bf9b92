import type { RecursiveHandler, RunStore, recursive } from "@longhaul/core";
import type { SendInvoice } from "../invoices.ts";

/** The parts that differ between the deployed function and the simulated one. */
export interface Parts {
  readonly recursive: typeof recursive;
  readonly sendInvoice: SendInvoice;
  /** `dynamodbRunStore()` in the deployed function. */
  readonly store: RunStore | undefined;
}

/** Sends the invoices of a day, each once. */
export function invoiceOrders({ recursive, sendInvoice, store }: Parts): RecursiveHandler<{ orders: number }, string> {
  // #region handler
  const handler = recursive({
    store,
    start: (_event: { orders: number }) => ({ next: 0 }),
    async *run({ next }, { event, run, signal }) {
      for (let order = next; order < event.orders; order++) {
        await sendInvoice(order, { signal, idempotencyKey: `${run.id}/${order}` });
        yield { next: order + 1 };
      }
      return "all done";
    },
  });
  // #endregion handler
  return handler;
}
