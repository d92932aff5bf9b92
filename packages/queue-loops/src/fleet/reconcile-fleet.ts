import type { TokenTable } from "../tokens/token-table.ts";
import { planFleet } from "./fleet-plan.ts";
import type { FleetRow } from "./fleet-row.ts";
import type { Resize, Writing } from "./resize.ts";
import type { StartLoop } from "./start-loop.ts";

/** What the fleet's functions work with. */
export interface FleetParts {
  readonly table: TokenTable;
  /** `undefined` for a function that only ever makes fleets smaller: what is missing is left to `restart`. */
  readonly startLoop: StartLoop | undefined;
  readonly now: () => number;
  readonly newId: () => string;
}

/** What was done to a queue's tokens. */
export interface FleetReport {
  readonly queueUrl: string;
  readonly desired: number;
  readonly added: number;
  readonly removed: number;
  /** Loops whose first event could not be sent; `restart` will. */
  readonly failedStarts: number;
  /** Why the size stayed as it was. */
  readonly ignored?: string;
}

/** How often a change is tried whose row others keep changing meanwhile. */
const MAX_TRIES = 20;

/** Changes what a fleet should be, then brings its tokens there. Doing it twice is doing it once. */
export async function resizeFleet(
  parts: FleetParts,
  queueUrl: string,
  minLoops: number,
  change: (fleet: FleetRow | undefined, writing: Writing) => Resize,
): Promise<FleetReport> {
  const { table, now, newId } = parts;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const { fleet } = await table.ofQueue(queueUrl);
    const resize = change(fleet, { queueUrl, writer: newId(), nowMs: now() });
    if ("ignored" in resize) {
      // An invocation before this one may have died between the fleet's row and its tokens.
      return { ...(await reconcileFleet(parts, queueUrl, minLoops)), ignored: resize.ignored };
    }
    if (await table.putFleet(resize.row)) return reconcileFleet(parts, queueUrl, minLoops);
  }
  throw new Error(`The fleet of ${queueUrl} changes faster than it can be written; try again.`);
}

/** Brings a queue's tokens to the number that should be there, and starts the loops of new ones. */
export async function reconcileFleet(parts: FleetParts, queueUrl: string, minLoops: number): Promise<FleetReport> {
  const { table, startLoop, now, newId } = parts;
  const { fleet, tokens } = await table.ofQueue(queueUrl);
  if (!fleet) return { queueUrl, desired: 0, added: 0, removed: 0, failedStarts: 0 };
  const plan = planFleet(fleet, tokens, minLoops);
  let [added, removed, failedStarts] = [0, 0, 0];
  for (const token of plan.remove) if (await table.end({ queueUrl, token }, now())) removed++;
  for (const token of startLoop ? plan.add : []) {
    const loopId = newId();
    if (!(await table.add({ queueUrl, token }, loopId, now()))) continue;
    added++;
    if (!(await startLoop?.({ queueUrl, token, loopId }))) failedStarts++;
  }
  return { queueUrl, desired: fleet.desired, added, removed, failedStarts };
}
