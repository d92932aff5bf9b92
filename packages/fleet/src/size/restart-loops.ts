import type { QueueDepth } from "../queues/message-queue.ts";
import { isStale, type TokenRow, takeOver } from "../tokens/token-row.ts";
import { isFleetRow } from "./fleet-row.ts";
import { type FleetParts, resizeFleet } from "./reconcile-fleet.ts";
import { type FleetLimits, sweep } from "./resize.ts";

/** Report of a sweep. */
export interface RestartReport {
  /** Rows read. */
  readonly scanned: number;
  /** Loops without a sign of life. */
  readonly stale: number;
  /** Stale loops that this sweep replaced. Another sweep may have replaced the rest. */
  readonly restarted: number;
  /** Loops whose first event could not be sent. The next sweep replaces them. */
  readonly failedStarts: number;
  /** Tokens added or ended because a queue had too few or too many. */
  readonly corrected: number;
  /** Queues in the table that the settings do not name. */
  readonly unknownQueues: readonly string[];
  /** Queues of the settings that do not exist. They get no loops. */
  readonly missingQueues: readonly string[];
}

/** Settings of a sweep. */
export interface RestartOptions {
  /** Silence after which a loop counts as dead, in milliseconds. */
  readonly staleAfterMs: number;
  /** The queues of the settings, with the limits of their fleets. */
  readonly queues: readonly (FleetLimits & { readonly queueUrl: string })[];
  /** Number of messages in a queue, hidden ones included; `missing` if the queue does not exist. */
  readonly depthOf: (queueUrl: string) => Promise<number | "missing">;
  /** Time a queue must be empty before its fleet returns to its minimum, in milliseconds. */
  readonly idleAfterMs: number;
  /** Called with each error. The next sweep tries again. */
  readonly onError: (error: unknown, queueUrl: string) => void;
}

/** Most takeovers at once. */
const WIDTH = 16;

/**
 * Sweeps the whole table: replaces dead loops, and corrects the number of tokens. Asks first which queues exist, so that it
 * revives no loop of a deleted queue.
 */
export async function restartLoops(parts: FleetParts, options: RestartOptions): Promise<RestartReport> {
  const { staleAfterMs, idleAfterMs, depthOf, onError } = options;
  const ours = new Map(options.queues.map((queue) => [queue.queueUrl, queue]));
  const depths = new Map(await Promise.all([...ours.keys()].map(async (url) => [url, await depth(url)] as const)));
  const inTable = new Set<string>();
  let [scanned, stale, restarted, failedStarts, corrected] = [0, 0, 0, 0, 0];

  async function depth(queueUrl: string): Promise<QueueDepth> {
    try {
      return await depthOf(queueUrl);
    } catch (error) {
      onError(error, queueUrl);
      return "unknown";
    }
  }

  async function restart(row: TokenRow): Promise<void> {
    const { queueUrl, token } = row;
    const loopId = parts.newId();
    try {
      const loop = { loopId, target: parts.starter?.target ?? "", nowMs: parts.now() };
      // Refused if the loop has shown life since then, or if another sweep was faster.
      if (!(await parts.table.put(takeOver(row, loop))).ok) return;
    } catch (error) {
      return onError(error, queueUrl);
    }
    restarted++;
    if (!(await parts.starter?.start({ queueUrl, token, loopId }))) failedStarts++;
  }

  for await (const page of parts.table.pages()) {
    scanned += page.length;
    for (const { queueUrl } of page) inTable.add(queueUrl);
    const dead = page.filter(
      (row): row is TokenRow =>
        !isFleetRow(row) &&
        (depths.get(row.queueUrl) ?? "missing") !== "missing" &&
        isStale(row, parts.now(), staleAfterMs),
    );
    stale += dead.length;
    for (let at = 0; at < dead.length; at += WIDTH) await Promise.all(dead.slice(at, at + WIDTH).map(restart));
  }
  for (const [queueUrl, limits] of ours) {
    if (!inTable.has(queueUrl)) continue;
    try {
      const report = await resizeFleet(parts, queueUrl, limits.minLoops, (fleet, writing) =>
        sweep(fleet, depths.get(queueUrl) ?? "unknown", { ...limits, idleAfterMs }, writing),
      );
      corrected += report.added + report.removed;
      failedStarts += report.failedStarts;
    } catch (error) {
      onError(error, queueUrl);
    }
  }
  return {
    scanned,
    stale,
    restarted,
    failedStarts,
    corrected,
    unknownQueues: [...inTable].filter((queueUrl) => !ours.has(queueUrl)),
    missingQueues: [...depths].flatMap(([queueUrl, depth]) => (depth === "missing" ? [queueUrl] : [])),
  };
}
