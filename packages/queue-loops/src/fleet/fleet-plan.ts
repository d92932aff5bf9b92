import { createHash } from "node:crypto";
import type { TokenRow } from "../tokens/token-row.ts";
import type { FleetRow } from "./fleet-row.ts";

/** What brings the tokens of a queue to the number that should be there. */
export interface FleetPlan {
  /** Names of tokens to add. */
  readonly add: readonly string[];
  /** Names of tokens to end. */
  readonly remove: readonly string[];
}

/**
 * Plans the way from the tokens that are there to the fleet that should be.
 *
 * The choice comes from the fleet's version, so that two invocations that see the same plan the same: what one has done,
 * the other finds done. Names are numbered through all versions: two that make a fleet larger at once, to different
 * sizes, name the same tokens, and do not add up to more than the larger. Whatever they see, the greatest `minLoops`
 * names are never among those to remove; so however many shrink a fleet at once, and however old what they have read,
 * the minimum stays. Names are hashes, so the choice is random.
 */
export function planFleet(fleet: FleetRow, tokens: readonly TokenRow[], minLoops: number): FleetPlan {
  const { queueUrl, desired, version } = fleet;
  const running = tokens.filter(({ state }) => state === "running").map(({ token }) => token);
  if (running.length <= desired) {
    return { add: newNames(queueUrl, new Set(tokens.map(({ token }) => token)), desired - running.length), remove: [] };
  }
  const kept = fleet.isStopped ? 0 : minLoops;
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
