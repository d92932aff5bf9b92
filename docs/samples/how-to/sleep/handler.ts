import { recursive } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { sleepFor } from "@longhaul/core/sleep";
import { isPaid, remind } from "./invoices.ts";

const DAYS_MS = 24 * 3_600_000;

export const handler = recursive({
  store: dynamodbRunStore(),
  start: (_event: { invoice: string }) => ({ reminders: 0 }),
  async *run(state, { event, signal }) {
    for (let { reminders } = state; reminders < 3; reminders++) {
      if (await isPaid(event.invoice, { signal })) return "paid";
      await remind(event.invoice, reminders + 1, { signal });
      // The hop ends here. The next one begins three days later, with this state.
      yield sleepFor(3 * DAYS_MS, { reminders: reminders + 1 });
    }
    return "unpaid";
  },
});
