import { callerDriver, recursive } from "@longhaul/core";
import { importRow } from "./rows.ts";

export const handler = recursive({
  driver: callerDriver(),
  start: (_event: { rows: number }) => ({ next: 0 }),
  async *run({ next }, { event, signal }) {
    for (let row = next; row < event.rows; row++) {
      await importRow(row, { signal });
      yield { next: row + 1 };
    }
    return `${event.rows} rows`;
  },
});
