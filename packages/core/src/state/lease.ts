import { NO_STATS } from "../recursion/envelope.ts";
import { reasonOf } from "./requested-reason.ts";
import { entryIn, firstHistory } from "./run-history.ts";
import type {
  BeginAnswer,
  BeginRefusal,
  BeginRequest,
  CheckpointWrite,
  CreateRequest,
  DueQuery,
  FinishWrite,
  HandOffWrite,
  OwnerWrite,
  ReleaseWrite,
  RenewWrite,
  RewindRequest,
  RunLimits,
  RunRecord,
  RunRequest,
  RunStore,
} from "./run-store.ts";

// The lease protocol as pure functions of the record. Every store follows them; `undefined` means refused.

/** How much longer each further sweep waits for the run that it sent, in milliseconds. */
export const BACK_OFF_STEP_MS = 60_000;

/** Why `request` may not begin, given the record; `undefined` if it may. */
export function refuseBegin(
  record: RunRecord | undefined,
  request: BeginRequest,
  { mustExist = false }: Pick<RunStore, "mustExist"> = {},
): BeginRefusal | undefined {
  if (!record) return request.hop === 0 && !mustExist ? undefined : "unknown";
  const { hop, phase } = record;
  if (isAtRest(record)) return "over";
  if (hop > request.hop) return hop > request.hop + 1 || phase === "running" ? "older" : opening(phase);
  if (hop < request.hop) return "older";
  if (phase === "sleeping") return request.nowMs < (record.wakeAtMs ?? 0) ? "sleeping" : undefined;
  if (phase === "handed-off" || record.owner === request.owner) return undefined;
  return record.leaseUntilMs + request.skewMs < request.nowMs ? undefined : "lease-live";
}

/** The refusal for the event of a hop whose next hop was opened and has not begun. */
function opening(phase: RunRecord["phase"]): BeginRefusal {
  return phase === "sleeping" ? "sleeping" : "handed-off";
}

/** The record of a sleeper that wakes, or is to sleep no longer for now. */
function awakened(record: RunRecord, nowMs: number): RunRecord {
  if (record.phase !== "sleeping") return record;
  const { sleptMs = 0, changedAtMs } = record;
  return { ...record, sleptMs: sleptMs + Math.max(0, nowMs - changedAtMs), changedAtMs: nowMs };
}

/** Takes the lease, or says why not. What a run works on comes from its record; the request makes only a new one. */
export function begin(
  record: RunRecord | undefined,
  request: BeginRequest,
  rules: Pick<RunStore, "mustExist"> = {},
): BeginAnswer {
  const refusal = refuseBegin(record, request, rules);
  if (refusal) return { ok: false, refusal, record };
  const { owner, leaseUntilMs, nowMs, pinned, tellsEnd, keepsHistory } = request;
  // Made before, and only the answer was lost: what the owner did since then must stay.
  if (record?.owner === owner && record.phase === "running") return { ok: true, record };
  const { backOffMs: _, wakeAtMs: __, ...current } = awakened(record ?? create(request), nowMs);
  // The state of a hop that was attempted before may be a later one than it began with.
  const isFirst = current.hop === 0 && (current.attempt === 0 || current.state === undefined);
  return {
    ok: true,
    record: {
      ...current,
      ...(pinned !== undefined && { pinned: current.pinned ?? pinned }),
      ...(tellsEnd && { atEnd: current.atEnd ?? "tell" }),
      ...(keepsHistory && isFirst && { history: current.history ?? firstHistory(current.state) }),
      phase: "running",
      owner,
      leaseUntilMs,
      heartbeatAtMs: nowMs,
      dueAtMs: leaseUntilMs,
      attempt: current.attempt + 1,
      epoch: current.epoch + 1,
      failures: current.failures + 1,
    },
  };
}

/** The record of a run whose first hop may begin. */
export function create(request: CreateRequest): RunRecord {
  const { run, nowMs, startedAtMs, target, tenantId, stateKey, event, state, pinned, stats = NO_STATS } = request;
  return {
    run,
    hop: 0,
    attempt: 0,
    epoch: 0,
    failures: 0,
    phase: "handed-off",
    leaseUntilMs: 0,
    heartbeatAtMs: nowMs,
    dueAtMs: nowMs,
    startedAtMs,
    changedAtMs: nowMs,
    target,
    ...(tenantId !== undefined && { tenantId }),
    ...(stateKey !== undefined && { stateKey }),
    event,
    ...(state !== undefined && { state }),
    ...(pinned !== undefined && { pinned }),
    stats,
  };
}

/** The record, if the writer holds its lease. */
function owned(record: RunRecord | undefined, write: OwnerWrite): RunRecord | undefined {
  const isOwner = record?.owner === write.owner && record.epoch === write.epoch && record.phase === "running";
  return isOwner ? record : undefined;
}

/** Whether the write was made before and only its answer was lost. */
function isRepeated(record: RunRecord | undefined, write: OwnerWrite, hop: number): boolean {
  return record?.lastOwner === write.owner && record.hop === hop;
}

/** Moves the end of the lease on. A renewal that arrives late changes nothing. */
export function renew(record: RunRecord | undefined, write: RenewWrite): RunRecord | undefined {
  const current = owned(record, write);
  if (!current || current.heartbeatAtMs > write.nowMs || current.leaseUntilMs > write.leaseUntilMs) return current;
  const { nowMs, leaseUntilMs } = write;
  return { ...current, heartbeatAtMs: nowMs, leaseUntilMs, dueAtMs: leaseUntilMs };
}

/** Saves a safe point: what failed before it counts no more. One that arrives late changes nothing. */
export function checkpoint(record: RunRecord | undefined, write: CheckpointWrite): RunRecord | undefined {
  const current = owned(record, write);
  if (!current || current.heartbeatAtMs > write.nowMs) return current;
  const { state, stats, progress, nowMs, leaseUntilMs } = write;
  const { lastError: _, ...rest } = current;
  return {
    ...rest,
    state,
    stats,
    ...(progress && { progress }),
    heartbeatAtMs: nowMs,
    failures: 0,
    ...(leaseUntilMs !== undefined && { leaseUntilMs, dueAtMs: leaseUntilMs }),
  };
}

/** The record without a lease. */
function unowned(current: RunRecord, { owner, nowMs }: OwnerWrite): RunRecord {
  const { owner: _, ...rest } = current;
  return { ...rest, lastOwner: owner, leaseUntilMs: 0, heartbeatAtMs: nowMs };
}

/** Ends the hop and opens the next. One that is to sleep does at once what was asked while the hop ran. */
export function handOff(record: RunRecord | undefined, write: HandOffWrite): RunRecord | undefined {
  const current = owned(record, write);
  if (!current) return isRepeated(record, write, write.hop + 1) ? record : undefined;
  const { lastError: _, ...rest } = unowned(current, write);
  const { state, stats, progress, nowMs, wakeAtMs, history } = write;
  const isAsleep = wakeAtMs !== undefined;
  const next: RunRecord = {
    ...rest,
    ...(progress && { progress }),
    ...(history && { history }),
    hop: write.hop + 1,
    phase: isAsleep ? "sleeping" : "handed-off",
    dueAtMs: isAsleep ? wakeAtMs : nowMs,
    ...(isAsleep && { wakeAtMs, changedAtMs: nowMs }),
    attempt: 0,
    failures: 0,
    state,
    stats,
  };
  return isAsleep && next.requested ? ask(next, next.requested, nowMs) : next;
}

/** Gives the lease back; the same hop may begin again. */
export function release(record: RunRecord | undefined, write: ReleaseWrite): RunRecord | undefined {
  const current = owned(record, write);
  if (!current) return undefined;
  const { state, failures, stats, progress, lastError, nowMs } = write;
  return {
    ...unowned(current, write),
    ...(progress && { progress }),
    phase: "handed-off",
    dueAtMs: nowMs,
    ...(failures !== undefined && { failures }),
    ...(stats && { stats }),
    ...(state !== undefined && { state }),
    ...(lastError && { lastError }),
  };
}

/** Ends the run. */
export function finish(record: RunRecord | undefined, write: FinishWrite): RunRecord | undefined {
  const current = owned(record, write);
  const { phase, stats, state, dropsState = false, tellsEnd = false, result, reason, progress, nowMs } = write;
  if (!current) return record?.phase === phase && isRepeated(record, write, write.hop) ? record : undefined;
  const { requested: _, dueAtMs: __, lastError, state: before, ...rest } = unowned(current, write);
  const kept = state ?? (dropsState ? undefined : before);
  return {
    ...rest,
    phase,
    changedAtMs: nowMs,
    stats,
    ...(tellsEnd && { atEnd: "telling", dueAtMs: nowMs }),
    ...(progress && { progress }),
    ...(kept !== undefined && { state: kept }),
    ...(phase !== "done" && lastError && { lastError }),
    ...(result !== undefined && { result }),
    ...(reason && { reason }),
  };
}

/** Whether a run has ended or waits. */
export function isAtRest(record: RunRecord): boolean {
  const { phase } = record;
  return phase !== "running" && phase !== "handed-off" && phase !== "sleeping";
}

/** Asks a run to stop or pause, or takes that back. A sleeper does it at once: nothing else would, until it wakes. */
export function ask(
  record: RunRecord | undefined,
  requested: RunRequest | undefined,
  nowMs: number,
): RunRecord | undefined {
  const phase = requested === "stop" ? "stopped" : "paused";
  // Done before, and only the answer was lost.
  const isRepeated = record?.phase === phase && record.wakeAtMs !== undefined && record.changedAtMs === nowMs;
  if (requested && isRepeated) return record;
  if (!record || isAtRest(record)) return undefined;
  const { requested: _, ...rest } = record;
  // When it is due stays: asking for a stop must not hide a lost hand-off from the sweeper.
  if (record.phase !== "sleeping" || requested === undefined) return requested ? { ...rest, requested } : rest;
  const { dueAtMs: __, backOffMs: ___, ...asleep } = awakened(rest, nowMs);
  const tellsEnd = phase === "stopped" && record.atEnd !== undefined;
  const due = tellsEnd && ({ atEnd: "telling", dueAtMs: nowMs } as const);
  return { ...asleep, phase, reason: reasonOf(requested), ...due };
}

/** Notes that the function of a run was told of its end. */
export function told(record: RunRecord | undefined, epoch: number): RunRecord | undefined {
  if (record?.epoch !== epoch || !isAtRest(record)) return undefined;
  if (record.atEnd === "told") return record;
  if (record.atEnd !== "telling") return undefined;
  const { dueAtMs: _, backOffMs: __, ...rest } = record;
  return { ...rest, atEnd: "told" };
}

/** Empties the record of a run at rest. Only what keeps late events out stays. */
export function erase(record: RunRecord | undefined, nowMs: number): RunRecord | undefined {
  if (!record || !isAtRest(record)) return undefined;
  if (record.phase === "deleted") return record;
  const { run, hop, attempt, epoch, startedAtMs, target } = record;
  const kept = { run, hop, attempt, epoch, startedAtMs, target };
  const empty = { failures: 0, leaseUntilMs: 0, event: "{}", stats: NO_STATS };
  return { ...kept, ...empty, phase: "deleted", heartbeatAtMs: nowMs, changedAtMs: nowMs };
}

/** Lets a run at rest go on; a run that is done stays done. */
export function resumeRecord(record: RunRecord | undefined, nowMs: number, limits?: RunLimits): RunRecord | undefined {
  // Made before, and only the answer was lost.
  if (record && !isAtRest(record) && record.changedAtMs === nowMs) return record;
  if (!record || !isAtRest(record) || record.phase === "done" || record.phase === "deleted") return undefined;
  const { reason: _, requested: __, lastError: ___, backOffMs: ____, wakeAtMs, ...rest } = record;
  const isAsleep = wakeAtMs !== undefined && wakeAtMs > nowMs;
  return {
    ...rest,
    phase: isAsleep ? "sleeping" : "handed-off",
    ...(isAsleep && { wakeAtMs }),
    ...(record.atEnd && { atEnd: "tell" }),
    epoch: record.epoch + 1,
    failures: 0,
    heartbeatAtMs: nowMs,
    dueAtMs: isAsleep ? wakeAtMs : nowMs,
    changedAtMs: nowMs,
    stats: { ...record.stats, stalledHops: 0 },
    ...(limits && { limits: { ...record.limits, ...limits } }),
  };
}

/**
 * Begins a run again at a hop of its history, whatever it does now. The usage of what is done again counts as well. Nothing of
 * a later hop stays but the epoch, which keeps its attempts out.
 */
export function rewindRecord(record: RunRecord | undefined, request: RewindRequest): RunRecord | undefined {
  const { entry, state, nowMs, limits } = request;
  // Made before, and only the answer was lost.
  const isMade = record?.rewinds !== undefined && record.changedAtMs === nowMs && record.hop === entry.hop;
  if (isMade && !isAtRest(record)) return record;
  if (!record?.history || record.phase === "deleted" || !entryIn(record.history, entry)) return undefined;
  const { run, startedAtMs, target, tenantId, stateKey, event, pinned, sleptMs } = awakened(record, nowMs);
  const { hops, slots } = record.history;
  const given = limits || record.limits ? { ...record.limits, ...limits } : undefined;
  return {
    run,
    hop: entry.hop,
    attempt: 0,
    epoch: record.epoch + 1,
    failures: 0,
    phase: "handed-off",
    leaseUntilMs: 0,
    heartbeatAtMs: nowMs,
    dueAtMs: nowMs,
    startedAtMs,
    changedAtMs: nowMs,
    target,
    event,
    stats: { ...record.stats, stalledHops: 0 },
    history: { hops: hops.filter(({ hop }) => hop <= entry.hop), slots },
    rewinds: (record.rewinds ?? 0) + 1,
    ...(tenantId !== undefined && { tenantId }),
    ...(stateKey !== undefined && { stateKey }),
    ...(pinned !== undefined && { pinned }),
    ...(sleptMs !== undefined && { sleptMs }),
    ...(state !== undefined && { state }),
    ...(record.atEnd && { atEnd: "tell" }),
    ...(given && { limits: given }),
  };
}

/** Whether a sweep should send the record's hop again. */
export function isDue(record: RunRecord, { beforeMs }: Pick<DueQuery, "beforeMs">): boolean {
  return record.dueAtMs !== undefined && record.dueAtMs < beforeMs;
}

/** Puts off a run that is due, longer each time: a target that takes nothing gets fewer events to take later. */
export function postpone(record: RunRecord | undefined, query: DueQuery): RunRecord | undefined {
  if (!record || !isDue(record, query)) return undefined;
  const { backOffMs = 0 } = record;
  return { ...record, dueAtMs: query.nowMs + backOffMs, backOffMs: backOffMs + BACK_OFF_STEP_MS };
}
