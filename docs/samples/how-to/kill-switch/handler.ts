import { recursive } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";

export const handler = recursive({
  store: dynamodbRunStore(),
  start: (_event: { upTo: number }) => ({ next: 0 }),
  async *run({ next }, { event }) {
    for (; next < event.upTo; next++) yield { next: next + 1 };
  },
});
