import { jsonLogObserver, recursive } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { work } from "./work.ts";

/** Works off the items of an event, one after the other. Your part is in `work.ts`. */
export const handler = recursive({
  start: (_event: { items: number }) => ({ next: 0 }),
  async *run(state, { event, signal }) {
    for (let next = state.next; next < event.items; next++) {
      await work(next, signal);
      yield { next: next + 1 }; // may stop here and continue in the next invocation
    }
    return `${event.items} items`;
  },
  store: dynamodbRunStore({ tableName: process.env.LONGHAUL_RUN_TABLE ?? "" }),
  observers: [jsonLogObserver()],
});
