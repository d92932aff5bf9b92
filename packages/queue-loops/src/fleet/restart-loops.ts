import { isStale } from "../tokens/token-protocol.ts";
import type { TokenRow } from "../tokens/token-row.ts";
import { isFleetRow } from "./fleet-row.ts";
import { type FleetParts, resizeFleet } from "./reconcile-fleet.ts";
import { type FleetLimits, sweep } from "./resize.ts";

/** What a sweep did. */
export interface RestartReport {
  /** Rows seen. */
  readonly scanned: number;
  /** Loops that showed no sign of life, or never had. */
  readonly stale: number;
  /** Of them, those in whose place this sweep put another; another sweep may have been faster with the rest. */
  readonly restarted: number;
  /** Loops whose first event could not be sent; the next sweep will. */
  readonly failedStarts: number;
  /** Tokens added or ended because a queue had fewer or more than it should. */
  readonly corrected: number;
  /** Queues in the table that the settings do not know. */
  readonly unknownQueues: readonly string[];
}

/** Settings of a sweep. */
export interface RestartOptions {
  /** How long a loop may show no sign of life, in milliseconds. */
  readonly staleAfterMs: number;
  /** Between how many loops the fleet of a queue moves; `undefined` for a queue that is not ours. */
  readonly limitsOf: (queueUrl: string) => FleetLimits | undefined;
  /** Messages in the queue, seen or hidden; asked for fleets above their minimum. */
  readonly depthOf: (queueUrl: string) => Promise<number>;
  /** How long a queue must be empty for its fleet to go back to its minimum, in milliseconds. */
  readonly idleAfterMs: number;
  /** Told of what could not be done for a queue; the next sweep will. */
  readonly onError: (error: unknown, queueUrl: string) => void;
}

/** Takeovers at a time. */
const WIDTH = 16;

/** Sweeps the whole table: puts new loops in the place of dead ones, and corrects the number of tokens. */
export async function restartLoops(parts: FleetParts, options: RestartOptions): Promise<RestartReport> {
  const { staleAfterMs, idleAfterMs, limitsOf, depthOf, onError } = options;
  const queues = new Map<string, number>();
  let [scanned, stale, restarted, failedStarts, corrected] = [0, 0, 0, 0, 0];

  async function restart(row: TokenRow): Promise<void> {
    const { queueUrl, token } = row;
    const loopId = parts.newId();
    try {
      const answer = await parts.table.takeOver(row, loopId, parts.now());
      if (!answer.ok) return;
    } catch (error) {
      return onError(error, queueUrl);
    }
    restarted++;
    if (!(await parts.startLoop?.({ queueUrl, token, loopId }))) failedStarts++;
  }

  for await (const page of parts.table.pages()) {
    scanned += page.length;
    for (const row of page) queues.set(row.queueUrl, isFleetRow(row) ? row.desired : (queues.get(row.queueUrl) ?? 0));
    const dead = page.filter(
      (row): row is TokenRow =>
        !isFleetRow(row) && limitsOf(row.queueUrl) !== undefined && isStale(row, parts.now(), staleAfterMs),
    );
    stale += dead.length;
    for (let at = 0; at < dead.length; at += WIDTH) await Promise.all(dead.slice(at, at + WIDTH).map(restart));
  }
  const unknownQueues: string[] = [];
  for (const [queueUrl, desired] of queues) {
    const limits = limitsOf(queueUrl);
    if (limits === undefined) {
      unknownQueues.push(queueUrl);
      continue;
    }
    try {
      const depth = desired > limits.minLoops ? await depthOf(queueUrl) : 0;
      const report = await resizeFleet(parts, queueUrl, limits.minLoops, (fleet, writing) =>
        sweep(fleet, depth, { ...limits, idleAfterMs }, writing),
      );
      corrected += report.added + report.removed;
      failedStarts += report.failedStarts;
    } catch (error) {
      onError(error, queueUrl);
    }
  }
  return { scanned, stale, restarted, failedStarts, corrected, unknownQueues };
}
