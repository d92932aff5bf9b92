import {
  ConfigError,
  type HandOffDriver,
  type Host,
  type Observer,
  type RecursiveHandler,
  recursive,
} from "@longhaul/core";
import type { LoopEvent } from "../fleet/start-loop.ts";
import type { MessageQueue } from "../queues/message-queue.ts";
import type { Refusal } from "../tokens/token-protocol.ts";
import type { TokenTable } from "../tokens/token-table.ts";
import { loopRunStore, runOf } from "./loop-run-store.ts";
import { type LoopCounts, type PollParts, pollLoop } from "./poll-loop.ts";
import type { ProcessMessage } from "./process-batch.ts";

/** One queue, as its loops see it. */
export interface LoopQueue extends Pick<PollParts, "batchSize" | "visibilitySeconds"> {
  readonly queue: MessageQueue;
  readonly process: ProcessMessage;
}

/** What the handler of loops works with. */
export interface LoopHandlerParts extends Pick<PollParts, "host" | "waitSeconds" | "heartbeatEveryMs" | "onTrouble"> {
  readonly table: TokenTable;
  readonly driver: HandOffDriver;
  readonly observers: readonly Observer[];
  readonly host: Host;
  readonly reserveMs?: number | "learned";
  /** The queue of this URL; `undefined` if it is none of ours. */
  readonly queueOf: (queueUrl: string) => LoopQueue | undefined;
  readonly onRefused?: (event: LoopEvent, refusal: Refusal) => void;
}

/** A loop may not end by itself, however long it has run and whatever it has cost; its token says when it ends. */
const WITHOUT_END = {
  maxHops: Number.POSITIVE_INFINITY,
  maxDurationMs: Number.POSITIVE_INFINITY,
  maxCostUsd: Number.POSITIVE_INFINITY,
  maxStalledHops: Number.POSITIVE_INFINITY,
  maxAttempts: Number.POSITIVE_INFINITY,
  isSameStateProgress: true,
};

/** The handler of loops: each is a run that never ends by itself, and its row in the token table is its record. */
export function loopHandler(parts: LoopHandlerParts): RecursiveHandler<LoopEvent, LoopCounts> {
  const { table, driver, observers, host, queueOf, heartbeatEveryMs, reserveMs, onRefused, waitSeconds, onTrouble } =
    parts;
  const store = loopRunStore({ table, heartbeatEveryMs, now: host.now, ...(onRefused && { onRefused }) });
  return recursive<LoopEvent, LoopCounts, LoopCounts>({
    store,
    driver,
    observers,
    host,
    guards: WITHOUT_END,
    checkpointEveryMs: heartbeatEveryMs,
    ...(reserveMs !== undefined && { reserveMs }),
    runId: runOf,
    start: () => ({ polls: 0, processed: 0, failed: 0, troubles: 0 }),
    run(counts, context) {
      const { queueUrl } = context.event;
      const queue = queueOf(queueUrl);
      if (!queue) throw new ConfigError(`The settings name no queue ${queueUrl}.`);
      const lease = store.leaseOf(context.run.id);
      if (!lease) throw new ConfigError("A loop runs under its token only.");
      const onLost = (refusal: Refusal) => onRefused?.(context.event, refusal);
      return pollLoop(counts, context, { ...queue, lease, host, waitSeconds, heartbeatEveryMs, onLost, onTrouble });
    },
  });
}
