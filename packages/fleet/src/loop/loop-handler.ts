import type { RunStore } from "@longhaul/core";
import { ConfigError, type HandOffDriver, type Observer, type RecursiveHandler, recursive } from "@longhaul/core";
import type { Host } from "@longhaul/core/parts";
import { type LoopEvent, runOf } from "../tokens/token-row.ts";
import { LoopLeases } from "./loop-leases.ts";
import { type LoopCounts, type PollParts, pollLoop } from "./poll-loop.ts";

/** One queue, as its loops see it. */
export type LoopQueue = Pick<PollParts, "queue" | "process" | "capacity" | "visibilitySeconds" | "messageTimeoutMs">;

/** Parts of the handler of loops. */
export interface LoopHandlerParts extends Pick<PollParts, "host" | "waitSeconds" | "onTrouble" | "onQueueMissing"> {
  readonly store: RunStore;
  readonly driver: HandOffDriver;
  readonly observers: readonly Observer[];
  readonly host: Host;
  /** Time between two heartbeats, in milliseconds. */
  readonly heartbeatMs: number;
  readonly reserveMs?: number | "learned";
  /** The queue of this URL; `undefined` if the settings do not name it. */
  readonly queueOf: (queueUrl: string) => LoopQueue | undefined;
}

/** Longer than any invocation, in milliseconds. Each wait of a loop has its own limit, so the step needs none. */
const LONGER_THAN_A_HOP_MS = 1_000_000;

/** No guard ends a loop. Its token says when it ends. */
const WITHOUT_END = {
  maxHops: Number.POSITIVE_INFINITY,
  maxDurationMs: Number.POSITIVE_INFINITY,
  maxCostUsd: Number.POSITIVE_INFINITY,
  maxStalledHops: Number.POSITIVE_INFINITY,
  maxAttempts: Number.POSITIVE_INFINITY,
  isSameStateProgress: true,
};

/** The handler of loops. Each loop is a run without an end, and its row in the token table holds its record. */
export function loopHandler(parts: LoopHandlerParts): RecursiveHandler<LoopEvent, LoopCounts> {
  const { store, driver, observers, host, queueOf, heartbeatMs, reserveMs } = parts;
  const leases = new LoopLeases(store, host);
  return recursive<LoopEvent, LoopCounts, LoopCounts>({
    store: leases.store,
    lease: { heartbeatMs },
    // A crash may lose a loop's counts, which are all of its state. So heartbeats are enough.
    time: { stepTimeoutMs: LONGER_THAN_A_HOP_MS, checkpointEveryMs: LONGER_THAN_A_HOP_MS, reserveMs },
    driver,
    observers,
    advanced: { host },
    guards: WITHOUT_END,
    runId: runOf,
    start: () => ({ polls: 0, processed: 0, failed: 0, troubles: 0 }),
    run(counts, context) {
      const { queueUrl } = context.event;
      const queue = queueOf(queueUrl);
      if (!queue) throw new ConfigError(`The settings name no queue ${queueUrl}.`);
      const lease = leases.of(context.run.id);
      if (!lease) throw new ConfigError("A loop runs under the lease of its token only.");
      return pollLoop(counts, context, { ...parts, ...queue, lease });
    },
  });
}
