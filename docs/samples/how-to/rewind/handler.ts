import { recursive } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { writeInvoice } from "./invoices.ts";

export const handler = recursive({
  store: dynamodbRunStore(),
  // The states that the latest 20 hops began with.
  history: { hops: 20 },
  start: (_event: { month: string; invoices: number }) => ({ next: 0 }),
  async *run(state, { event, run, signal }) {
    for (let next = state.next; next < event.invoices; next++) {
      // A write that is made again replaces the one before, unless it is that of an older attempt.
      await writeInvoice(`${event.month}/${next}`, { token: run.fence.token, signal });
      yield { next: next + 1 };
    }
    return `${event.invoices} invoices`;
  },
});
