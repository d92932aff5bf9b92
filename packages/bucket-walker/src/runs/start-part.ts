import type { HandOffDriver, RunStore } from "@longhaul/core";

/** What starting a part's run takes. */
export interface PartStart {
  readonly run: string;
  /** The run's first event. */
  readonly event: Record<string, unknown>;
  /** ARN of the function. */
  readonly target: string;
  readonly stateKey: string;
  readonly store: RunStore;
  readonly driver: HandOffDriver;
  readonly now: () => number;
  readonly newId: () => string;
}

/**
 * Starts a run: first its record, as if a hop of it had begun and given up its lease, then its event. From the record on
 * the sweeper sees to it that the run begins, so the event may be lost. Does nothing if the record is there.
 */
export async function startPart(start: PartStart): Promise<void> {
  const { run, event, target, stateKey, store, driver, now, newId } = start;
  if (await store.get(run)) return;
  const nowMs = now();
  const write = { run, hop: 0, owner: newId(), nowMs };
  const lease = { leaseUntilMs: nowMs, skewMs: 0, startedAtMs: nowMs };
  const answer = await store.begin({ ...write, ...lease, target, stateKey, event: JSON.stringify(event) });
  // Another hop of the parent was quicker, and sends the event itself.
  if (!answer.ok) return;
  await store.release({ ...write, state: undefined, attempts: 0, stats: undefined });
  await driver.send({ run, hop: 0, event, payload: JSON.stringify(event), target });
}
