import { setTimeout as delay } from "node:timers/promises";
import { jsonLogObserver, recursive } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";

/** Your mail service goes here; this one takes a tenth of a second. */
async function sendInvoice(_key: string, signal: AbortSignal): Promise<void> {
  await delay(100, undefined, { signal });
}

// #region handler
export const handler = recursive({
  store: dynamodbRunStore(),
  observers: [jsonLogObserver()],
  start: (_event: { orders: number }) => ({ next: 0 }),
  async *run({ next }, { event, run, signal, progress }) {
    for (let order = next; order < event.orders; order++) {
      await sendInvoice(`${run.id}/${order}`, signal);
      progress({ records: order + 1 });
      yield { next: order + 1 };
    }
    return `${event.orders} invoices`;
  },
});
// #endregion handler
