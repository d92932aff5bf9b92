import { recursive } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { endEvents } from "@longhaul/core/end-events";

export const handler = recursive({
  store: dynamodbRunStore(),
  start: (_event: { customer: string; upTo: number }) => 0,
  async *run(done, { event }) {
    for (let next = done; next < event.upTo; next++) yield next + 1;
  },
  onEnd: endEvents({ detail: ({ event }) => ({ customer: event.customer }) }),
});
