import { lastUsedMs, type TokenRow } from "../src/tokens/token-row.ts";
import type { LoopCloud } from "./loop-cloud.ts";

/** The loops of the queue of orders, as tests use them. */
export interface OrderLoops {
  /** Starts so many, and waits until each has begun. */
  started(loops?: number): Promise<TokenRow[]>;
  rowOf(token: string | undefined): Promise<TokenRow | undefined>;
  processedAll(ids: readonly string[]): Promise<void>;
  /** Why invocations of a loop were not to go on. */
  refusals(loopId: string | undefined): unknown[];
  /** Ends all faults and loops. */
  end(): Promise<void>;
}

/** Time between two heartbeats, as the stack of these tests sets it. */
export const HEARTBEAT_MS = 1_000;

/** So few messages that no alarm adds a loop, which might then be the one that stays. */
export const FEW = 9;

/** Bodies of messages, all alike. */
export function quick(count: number, work: object = {}): object[] {
  return Array.from({ length: count }, () => work);
}

export function orderLoops(cloud: LoopCloud): OrderLoops {
  const { orders, log } = cloud;
  return {
    async started(loops = 1) {
      await cloud.call("StartFunctionName", { queueUrl: orders, loops });
      const alive = async () => (await cloud.tokens(orders)).every((row) => lastUsedMs(row) !== undefined);
      await cloud.until("each loop has begun", alive);
      return cloud.tokens(orders);
    },
    rowOf: (token = "") => cloud.table.get({ queueUrl: orders, token }),
    processedAll: (ids) =>
      cloud.until(`${ids.length} messages are processed`, () => {
        const processed = new Set(cloud.processed());
        return ids.every((id) => processed.has(id)) && cloud.depth(orders) === 0;
      }),
    refusals: (loopId) =>
      log.flatMap(({ longhaul }) => {
        const { type, run = "", refusal } = (longhaul ?? {}) as { type?: string; run?: string; refusal?: string };
        return type === "duplicate" && run.endsWith(`#${loopId}`) ? [refusal] : [];
      }),
    async end() {
      for (const name of ["deliveries", "killAfterMs", "throttle", "calls"] as const) delete cloud.faults[name];
      await cloud.call("StopFunctionName");
      await cloud.aws.lambda.idle();
    },
  };
}
