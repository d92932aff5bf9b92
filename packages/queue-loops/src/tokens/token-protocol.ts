import type { LoopPlace, TokenRow } from "./token-row.ts";

// The token protocol as pure functions of the row. Every table follows them; each is one conditional write.

/**
 * Why a loop may not go on. `gone`: there is no such token. `ended`: the token was asked to end. `other-loop`: another
 * loop has taken the token over. `duplicate`: another invocation of this loop has it.
 */
export type Refusal = "gone" | "ended" | "other-loop" | "duplicate";

/** The row after a write, or why there was none and the row as it is. */
export type TokenAnswer =
  | { readonly ok: true; readonly row: TokenRow }
  | { readonly ok: false; readonly refusal: Refusal; readonly row: TokenRow | undefined };

/** What `restart` saw of a row before it takes it over. */
export type SeenLoop = Pick<TokenRow, "queueUrl" | "token" | "loopId" | "lastUsedMs" | "restarts">;

function refused(refusal: Refusal, row: TokenRow | undefined): TokenAnswer {
  return { ok: false, refusal, row };
}

/** Why a row is not that of this loop; `undefined` if it is. */
function foreign(row: TokenRow | undefined, loopId: string): Refusal | undefined {
  if (!row) return "gone";
  if (row.state === "ended") return "ended";
  return row.loopId === loopId ? undefined : "other-loop";
}

/** Begins a hop: verifies the token, notes the heartbeat, and uses up the event, so that its duplicate begins nothing. */
export function claim(row: TokenRow | undefined, place: LoopPlace, nowMs: number): TokenAnswer {
  const refusal = foreign(row, place.loopId);
  if (refusal || !row) return refused(refusal ?? "gone", row);
  // Made before, and only the answer was lost.
  if (row.hop === place.hop + 1 && row.owner === place.owner) return { ok: true, row };
  if (row.hop !== place.hop) return refused("duplicate", row);
  return { ok: true, row: { ...row, hop: place.hop + 1, owner: place.owner, lastUsedMs: nowMs } };
}

/** Verifies the token and notes the heartbeat. */
export function beat(row: TokenRow | undefined, place: LoopPlace, nowMs: number, stats?: string): TokenAnswer {
  const refusal = foreign(row, place.loopId);
  if (refusal || !row) return refused(refusal ?? "gone", row);
  if (row.owner !== place.owner || row.hop !== place.hop + 1) return refused("duplicate", row);
  return { ok: true, row: { ...row, lastUsedMs: nowMs, stats: stats ?? row.stats } };
}

/** Gives the hop of a failed invocation back: Lambda's retry of the same event may begin it again. */
export function reopen(row: TokenRow | undefined, place: LoopPlace): TokenAnswer {
  const refusal = foreign(row, place.loopId);
  if (refusal || !row) return refused(refusal ?? "gone", row);
  if (row.owner !== place.owner || row.hop !== place.hop + 1) return refused("duplicate", row);
  return { ok: true, row: { ...row, hop: place.hop, owner: undefined } };
}

/** Puts another loop in the place of one that is still what was seen: of two sweeps at once one succeeds. */
export function takeOver(row: TokenRow | undefined, seen: SeenLoop, loopId: string, nowMs: number): TokenAnswer {
  // Made before, and only the answer was lost.
  if (row?.loopId === loopId && row.state === "running") return { ok: true, row };
  const refusal = foreign(row, seen.loopId);
  if (refusal || !row) return refused(refusal ?? "gone", row);
  if (row.lastUsedMs !== seen.lastUsedMs) return refused("duplicate", row);
  const fresh = { hop: 0, startedAtMs: nowMs, lastUsedMs: undefined, owner: undefined, stats: undefined };
  return { ok: true, row: { ...row, loopId, ...fresh, restarts: seen.restarts + 1 } };
}

/** Whether a loop has shown no sign of life for so long: neither its start nor a heartbeat. */
export function isStale(row: TokenRow, nowMs: number, staleAfterMs: number): boolean {
  return row.state === "running" && Math.max(row.startedAtMs, row.lastUsedMs ?? 0) < nowMs - staleAfterMs;
}
