import type { HandOffDriver, RunStore } from "@longhaul/core";
import type { Host } from "@longhaul/core/parts";
import { type CallScope, controlCall } from "./call-scope.ts";

/** Options of {@link startPart}. */
export interface PartStart {
  readonly run: string;
  /** The run's first event. */
  readonly event: Record<string, unknown>;
  /** ARN of the function. */
  readonly target: string;
  readonly stateKey: string;
  readonly store: RunStore;
  readonly driver: HandOffDriver;
  readonly host: Pick<Host, "now">;
  readonly scope?: CallScope | undefined;
}

/**
 * Starts a run: first its record, then its event. From the record on the sweeper ensures that the run begins, so the
 * event may be lost. Does nothing if the record is there.
 */
export async function startPart(start: PartStart): Promise<void> {
  const { run, event, target, stateKey, store, driver, host, scope } = start;
  const nowMs = host.now();
  const record = { run, nowMs, startedAtMs: nowMs, target, stateKey, event: JSON.stringify(event) };
  // Another hop of the parent may have been quicker, and sends the event itself.
  if (!(await controlCall("The run store", (signal) => store.create(record, signal), scope))) return;
  const message = { run, hop: 0, event, payload: JSON.stringify(event), target };
  await controlCall(`The start of part ${run}`, (signal) => driver.send(message, signal), scope);
}
