import { recursive } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";

export const handler = recursive({
  store: dynamodbRunStore(),
  start: (_event: { pages: number }) => ({ next: 0 }),
  async *run({ next }, { event, context, signal }) {
    for (; next < event.pages; next++) {
      await fetch(`https://reports.example.com/${context.tenantId}/${next}`, { method: "PUT", signal });
      yield { next: next + 1 };
    }
    return next;
  },
});
