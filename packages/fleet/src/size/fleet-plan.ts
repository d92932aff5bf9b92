import { createHash } from "node:crypto";
import { isRunning, type TokenRow } from "../tokens/token-row.ts";
import type { FleetRow } from "./fleet-row.ts";

/** Changes that give a queue the right number of tokens. */
export interface FleetPlan {
  /** Names of tokens to add. */
  readonly add: readonly string[];
  /** Names of tokens to end. */
  readonly remove: readonly string[];
}

/**
 * Plans which tokens to add or end.
 *
 * - The choice depends on the fleet's version. Two invocations that see the same rows make the same plan, so doing it twice
 *   is doing it once.
 * - Names are numbered across all versions. Two invocations that grow a fleet at once, to different sizes, name the same
 *   tokens, and together do not exceed the larger size.
 * - The greatest `minLoops` names are never removed. So the minimum stays, however many invocations shrink a fleet at once,
 *   and however old the rows they read.
 * - Names are hashes, so the choice is random.
 */
export function planFleet(fleet: FleetRow, tokens: readonly TokenRow[], minLoops: number): FleetPlan {
  const { queueUrl, desired, version } = fleet;
  const running = tokens.filter(isRunning).map(({ token }) => token);
  if (running.length <= desired) {
    return { add: newNames(queueUrl, new Set(tokens.map(({ token }) => token)), desired - running.length), remove: [] };
  }
  const kept = fleet.isStopped || fleet.missingSinceMs > 0 ? 0 : minLoops;
  const removable = running.sort().slice(0, Math.max(0, running.length - kept));
  const rank = new Map(removable.map((token) => [token, hash(queueUrl, version, token)]));
  removable.sort((a, b) => ((rank.get(a) ?? "") < (rank.get(b) ?? "") ? -1 : 1));
  return { add: [], remove: removable.slice(0, running.length - desired) };
}

function newNames(queueUrl: string, taken: ReadonlySet<string>, count: number): string[] {
  const names: string[] = [];
  for (let at = 0; names.length < count; at++) {
    const name = hash(queueUrl, at);
    if (!taken.has(name)) names.push(name);
  }
  return names;
}

function hash(...parts: readonly (string | number)[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 24);
}
