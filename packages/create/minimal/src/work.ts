import { setTimeout as delay } from "node:timers/promises";

/**
 * Your work on one item. Replace it. After a crash the items since the last checkpoint come again, so doing an item twice must
 * be harmless. `signal` aborts shortly before the invocation ends.
 */
export async function work(item: number, signal: AbortSignal): Promise<void> {
  await delay(20, undefined, { signal });
  console.log(`item ${item} is done`);
}
