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
/** How often the tokens are looked at for what others changed meanwhile; what is left is for `restart`. */
const MAX_LOOKS = 4;

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
    if ("row" in resize && !(await table.putFleet(resize.row))) continue;
    // Also if nothing was to be written: an invocation before this one may have died between the row and its tokens.
    const report = await reconcileFleet(parts, queueUrl, minLoops);
    return resize.ignored === undefined ? report : { ...report, ignored: resize.ignored };
  }
  throw new Error(`The fleet of ${queueUrl} changes faster than it can be written; try again.`);
}

/**
 * Brings a queue's tokens to the number that should be there, and starts the loops of new ones. What others changed
 * meanwhile is looked at again, so that two who make a fleet larger at once do not leave it beyond its maximum.
 */
export async function reconcileFleet(parts: FleetParts, queueUrl: string, minLoops: number): Promise<FleetReport> {
  const { table, startLoop, now, newId } = parts;
  let [desired, added, removed, failedStarts] = [0, 0, 0, 0];
  for (let looks = 0; looks < MAX_LOOKS; looks++) {
    const { fleet, tokens } = await table.ofQueue(queueUrl);
    if (!fleet) break;
    desired = fleet.desired;
    const plan = planFleet(fleet, tokens, minLoops);
    const add = startLoop ? plan.add : [];
    if (add.length + plan.remove.length === 0) break;
    for (const token of plan.remove) if (await table.end({ queueUrl, token }, now())) removed++;
    for (const token of add) {
      const loopId = newId();
      if (!(await table.add({ queueUrl, token }, loopId, now()))) continue;
      added++;
      if (!(await startLoop?.({ queueUrl, token, loopId }))) failedStarts++;
    }
  }
  return { queueUrl, desired, added, removed, failedStarts };
}
