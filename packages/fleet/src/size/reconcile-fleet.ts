import { endRow, isRunning, type LoopEvent, newRow } from "../tokens/token-row.ts";
import { changeRow, FleetBusyError, type TokenTable } from "../tokens/token-table.ts";
import { planFleet } from "./fleet-plan.ts";
import type { FleetRow } from "./fleet-row.ts";
import type { Resize, Writing } from "./resize.ts";

/** Starts loops. */
export interface LoopStarter {
  /** Name or ARN of the function that runs the loops. */
  readonly target: string;
  /** Sends a loop's first event. Returns whether it was sent; if not, `restart` replaces the loop. */
  start(event: LoopEvent): Promise<boolean>;
}

/** Parts that the functions beside the loops share. */
export interface FleetParts {
  readonly table: TokenTable;
  /** `undefined` for a function that only shrinks fleets. It leaves missing loops to `restart`. */
  readonly starter: LoopStarter | undefined;
  readonly now: () => number;
  readonly newId: () => string;
}

/** Report of a change to the size of a fleet. */
export interface FleetReport {
  readonly queueUrl: string;
  readonly desired: number;
  readonly added: number;
  readonly removed: number;
  /** Loops whose first event could not be sent. `restart` replaces them. */
  readonly failedStarts: number;
  /** Reason why the size stays the same. */
  readonly ignored?: string;
}

/** Tries of a change whose row others keep changing. */
const MAX_TRIES = 20;
/** Most reads of the tokens for changes by others. `restart` corrects the rest. */
const MAX_LOOKS = 4;

/** Changes the desired size of a fleet, then its tokens. Doing it twice is doing it once. */
export async function resizeFleet(
  parts: FleetParts,
  queueUrl: string,
  minLoops: number,
  change: (fleet: FleetRow | undefined, writing: Writing) => Resize,
): Promise<FleetReport> {
  const { table, now } = parts;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const { fleet } = await table.ofQueue(queueUrl);
    const resize = change(fleet, { queueUrl, nowMs: now() });
    if ("row" in resize && !(await table.putFleet(resize.row))) continue;
    // Also if there was nothing to write: an earlier invocation may have died between the row and its tokens.
    const report = await reconcileFleet(parts, queueUrl, minLoops);
    return resize.ignored === undefined ? report : { ...report, ignored: resize.ignored };
  }
  throw new FleetBusyError(`The fleet of ${queueUrl}`);
}

/**
 * Adds or ends tokens until a queue has the desired number, and starts the loops of new ones. Reads the tokens again
 * afterwards, so that two invocations that grow a fleet at once do not exceed its maximum.
 */
export async function reconcileFleet(parts: FleetParts, queueUrl: string, minLoops: number): Promise<FleetReport> {
  const { table, starter, now, newId } = parts;
  let [desired, added, removed, failedStarts] = [0, 0, 0, 0];
  for (let looks = 0; looks < MAX_LOOKS; looks++) {
    const { fleet, tokens } = await table.ofQueue(queueUrl);
    if (!fleet) break;
    desired = fleet.desired;
    const plan = planFleet(fleet, tokens, minLoops);
    const add = starter ? plan.add : [];
    if (add.length + plan.remove.length === 0) break;
    for (const token of plan.remove) {
      const known = tokens.find((row) => row.token === token);
      const { changed } = await changeRow(
        table,
        { queueUrl, token },
        (row) => (row && isRunning(row) ? endRow(row, now()) : undefined),
        { known },
      );
      if (changed) removed++;
    }
    for (const token of add) {
      const loopId = newId();
      const row = newRow({ queueUrl, token }, { loopId, target: starter?.target ?? "", nowMs: now() });
      if (!(await table.put(row)).ok) continue;
      added++;
      if (!(await starter?.start({ queueUrl, token, loopId }))) failedStarts++;
    }
  }
  return { queueUrl, desired, added, removed, failedStarts };
}
