import { NO_STATS } from "../recursion/envelope.ts";
import type {
  BeginAnswer,
  BeginRefusal,
  BeginRequest,
  CheckpointWrite,
  FinishWrite,
  HandOffWrite,
  OwnerWrite,
  ReleaseWrite,
  RunRecord,
} from "./run-store.ts";

// The lease protocol as pure functions of the record. Every store follows them; `undefined` means refused.

/** Why `request` may not begin, given the record; `undefined` if it may. */
export function refuseBegin(record: RunRecord | undefined, request: BeginRequest): BeginRefusal | undefined {
  if (!record) return request.hop === 0 ? undefined : "unknown";
  const { hop, phase } = record;
  if (phase !== "handed-off" && phase !== "running") return "over";
  if (hop > request.hop) return hop === request.hop + 1 && phase === "handed-off" ? "handed-off" : "older";
  if (hop < request.hop) return "older";
  if (phase === "handed-off" || record.owner === request.owner) return undefined;
  return record.leaseUntilMs + request.skewMs < request.nowMs ? undefined : "lease-live";
}

/** Takes the lease, or says why not. */
export function begin(record: RunRecord | undefined, request: BeginRequest): BeginAnswer {
  const refusal = refuseBegin(record, request);
  if (refusal) return { ok: false, refusal, record };
  const { run, hop, owner, leaseUntilMs, nowMs, startedAtMs, target, stateKey, event, pinned } = request;
  // Made before, and only the answer was lost: what the owner did since then must stay.
  if (record?.owner === owner && record.phase === "running") return { ok: true, record };
  return {
    ok: true,
    record: {
      ...(record ?? {
        run,
        startedAtMs,
        target,
        stateKey,
        event,
        stats: request.stats ?? NO_STATS,
      }),
      ...(pinned !== undefined && { pinned: record?.pinned ?? pinned }),
      hop,
      phase: "running",
      owner,
      leaseUntilMs,
      heartbeatAtMs: nowMs,
      attempts: (record?.attempts ?? 0) + 1,
    },
  };
}

/** The record, if the writer holds its lease. */
function owned(record: RunRecord | undefined, write: OwnerWrite): RunRecord | undefined {
  return record?.owner === write.owner && record.hop === write.hop && record.phase === "running" ? record : undefined;
}

/** Whether the write was made before and only its answer was lost. */
function isRepeated(record: RunRecord | undefined, write: OwnerWrite, hop: number): boolean {
  return record?.lastOwner === write.owner && record.hop === hop;
}

/** Saves a safe point; attempts start again, as there was progress. One that arrives late changes nothing. */
export function checkpoint(record: RunRecord | undefined, write: CheckpointWrite): RunRecord | undefined {
  const current = owned(record, write);
  if (current && current.heartbeatAtMs > write.nowMs) return record;
  return current && { ...current, state: write.state, stats: write.stats, heartbeatAtMs: write.nowMs, attempts: 1 };
}

/** Ends the hop and opens the next. */
export function handOff(record: RunRecord | undefined, write: HandOffWrite): RunRecord | undefined {
  const current = owned(record, write);
  if (!current) return isRepeated(record, write, write.hop + 1) ? record : undefined;
  const { owner, requested, reason: _, ...rest } = current;
  return {
    ...rest,
    hop: write.hop + 1,
    phase: write.phase,
    lastOwner: write.owner,
    leaseUntilMs: 0,
    heartbeatAtMs: write.nowMs,
    attempts: 0,
    stats: write.stats,
    ...(write.state !== undefined && { state: write.state }),
    ...(write.reason && { reason: write.reason }),
    ...(requested && write.phase === "handed-off" && { requested }),
  };
}

/** Gives the lease back; the same hop may begin again. */
export function release(record: RunRecord | undefined, write: ReleaseWrite): RunRecord | undefined {
  const current = owned(record, write);
  if (!current) return undefined;
  const { owner, ...rest } = current;
  return {
    ...rest,
    phase: "handed-off",
    lastOwner: write.owner,
    leaseUntilMs: 0,
    heartbeatAtMs: write.nowMs,
    ...(write.attempts !== undefined && { attempts: write.attempts }),
    ...(write.stats && { stats: write.stats }),
    ...(write.state !== undefined && { state: write.state }),
  };
}

/** Ends the run. */
export function finish(record: RunRecord | undefined, write: FinishWrite): RunRecord | undefined {
  const current = owned(record, write);
  if (!current) return record?.phase === write.phase && isRepeated(record, write, write.hop) ? record : undefined;
  const { owner, requested: _, ...rest } = current;
  return {
    ...rest,
    phase: write.phase,
    lastOwner: write.owner,
    leaseUntilMs: 0,
    heartbeatAtMs: write.nowMs,
    stats: write.stats,
    ...(write.state !== undefined && { state: write.state }),
    ...(write.result !== undefined && { result: write.result }),
    ...(write.reason && { reason: write.reason }),
  };
}

/** Whether a run has ended or waits. */
export function isAtRest(record: RunRecord): boolean {
  return record.phase !== "running" && record.phase !== "handed-off";
}

/** Lets a run at rest go on; a run that is done stays done. */
export function resume(record: RunRecord | undefined, nowMs: number): RunRecord | undefined {
  if (!record || !isAtRest(record) || record.phase === "done") return undefined;
  const { reason: _, requested: __, ...rest } = record;
  return {
    ...rest,
    phase: "handed-off",
    // Not a first attempt: the record's state counts from now on, not that of an event still under way.
    attempts: 1,
    heartbeatAtMs: nowMs,
    stats: { ...record.stats, stalledHops: 0 },
  };
}

/** Whether the sweeper should send the record's hop again. */
export function isStale(record: RunRecord, query: { heartbeatBeforeMs: number; leaseOverMs: number }): boolean {
  return !isAtRest(record) && record.heartbeatAtMs < query.heartbeatBeforeMs && record.leaseUntilMs < query.leaseOverMs;
}
