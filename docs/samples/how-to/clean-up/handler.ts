import { recursive } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { copyTable, releaseSnapshot } from "./snapshots.ts";

export const handler = recursive({
  store: dynamodbRunStore(),
  start: (_event: { snapshot: string; tables: string[] }) => ({ next: 0 }),
  async *run(state, { event, signal }) {
    for (let next = state.next; next < event.tables.length; next++) {
      await copyTable(event.snapshot, event.tables[next] ?? "", { signal });
      yield { next: next + 1 };
    }
    return `${event.tables.length} tables`;
  },
  // However the run ends: done, stopped by a guard or a person, or failed.
  async onEnd({ event, status, reason }) {
    await releaseSnapshot(event.snapshot);
    console.log(JSON.stringify({ message: "snapshot released", status, reason }));
  },
});
