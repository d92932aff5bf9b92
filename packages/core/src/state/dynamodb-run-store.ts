import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { sdkSettings } from "../calls/sdk-settings.ts";
import { ConfigError, RunStoreError } from "../errors.ts";
import type { Progress } from "../observe/progress.ts";
import { deleteSlots, dynamodbHistory } from "./dynamodb-history.ts";
import type { ItemUpdate } from "./item-update.ts";
import * as lease from "./lease.ts";
import { flatOf, RECORD_VERSION } from "./run-item.ts";
import type {
  BeginAnswer,
  BeginRequest,
  HandOffWrite,
  OwnerWrite,
  RunLimits,
  RunRecord,
  RunStore,
  WriteAnswer,
} from "./run-store.ts";
import { RunTable, type UpdateAnswer } from "./run-table.ts";
import { shardOf } from "./run-table-schema.ts";

/** Options of {@link dynamodbRunStore}. */
export interface DynamodbRunStoreOptions {
  /**
   * The table. The `RunTable` construct makes one; {@link runTableSchema} says what keys and indexes it needs. Default: the
   * environment variable `LONGHAUL_RUN_TABLE`, which `RunTable` sets.
   */
  readonly tableName?: string | undefined;
  /** A client of your own. Default: one per store, made from the environment. */
  readonly client?: DynamoDBClient;
  /** Days after its last write at which a record expires; at least 15. Default 30. */
  readonly ttlDays?: number;
}

// An item holds at most 400 KB, names included.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
const MAX_ITEM_BYTES = 409_600;
/** An event lives at most 14 days, in SQS; a record that went before it would let a late event begin the run anew. */
const MIN_TTL_DAYS = 15;
/** How often a write is made again that is refused by what no longer holds. */
const MAX_TRIES = 5;

/**
 * A {@link RunStore} on DynamoDB. Each line of the lease protocol is one conditional `UpdateItem`, whose refusal returns
 * the record. A hop's role needs `dynamodb:UpdateItem` and `dynamodb:GetItem` on the table; a sweeper's
 * `dynamodb:UpdateItem` on the table and `dynamodb:Query` on its index `live`; a list, `dynamodb:Query` on its index
 * `status` and `dynamodb:BatchGetItem` on the table. Its methods reject with a
 * {@link RunStoreError}; the write may then have been made or not.
 *
 * @throws {@link ConfigError} for no table name, or fewer than 15 `ttlDays`.
 *
 * @example `recursive({ start, run, store: dynamodbRunStore() })`
 */
export function dynamodbRunStore(options: DynamodbRunStoreOptions = {}): RunStore {
  const {
    tableName = process.env.LONGHAUL_RUN_TABLE,
    client = new DynamoDBClient(sdkSettings()),
    ttlDays = 30,
  } = options;
  if (typeof tableName !== "string" || tableName === "") {
    throw new ConfigError("dynamodbRunStore needs a tableName, or the environment variable LONGHAUL_RUN_TABLE.");
  }
  if (!(ttlDays >= MIN_TTL_DAYS && Number.isFinite(ttlDays))) {
    throw new ConfigError(
      `ttlDays must be ${MIN_TTL_DAYS} or more, not ${ttlDays}: a record must outlive its run's events, which SQS keeps for up to 14 days.`,
    );
  }
  const table = new RunTable(client, tableName);
  const ttl = (nowMs: number) => Math.ceil(nowMs / 1_000 + ttlDays * 86_400);
  const changesTooFast = (run: string) =>
    new RunStoreError(`Run ${run} in table ${tableName} changes faster than it can be read.`);

  /**
   * Makes a write and, where it is refused, asks the protocol what that means: `record` itself for a repeated write
   * whose first answer was lost, `undefined` for a refusal.
   */
  async function write(
    run: string,
    update: ItemUpdate,
    meaning: (record: RunRecord | undefined) => RunRecord | undefined,
    signal: AbortSignal | undefined,
  ): Promise<UpdateAnswer> {
    for (let tries = 1; tries <= MAX_TRIES; tries++) {
      const answer = await table.update(run, update, signal);
      if (answer.ok) return answer;
      const next = meaning(answer.record);
      if (!next) return answer;
      if (next === answer.record) return { ok: true, record: next };
      // Read after the refusal, not with it: the record has changed in between, and the write is allowed by now.
    }
    throw changesTooFast(run);
  }

  /** A write of the attempt that holds the lease. */
  function owned<Write extends OwnerWrite>(
    change: (record: RunRecord | undefined, request: Write) => RunRecord | undefined,
    fields: (request: Write) => Pick<ItemUpdate, "set" | "remove">,
    also: { readonly condition: string; given(request: Write): ItemUpdate["given"] } = {
      condition: "",
      given: () => ({}),
    },
  ): (request: Write, signal?: AbortSignal) => Promise<WriteAnswer> {
    return async (request, signal) => {
      const { set, remove = [] } = fields(request);
      const update: ItemUpdate = {
        condition: `#owner = :me AND #epoch = :mine AND #phase = :running${also.condition}`,
        given: { me: request.owner, mine: request.epoch, running: "running", ...also.given(request) },
        set: { heartbeatAtMs: request.nowMs, ttl: ttl(request.nowMs), ...set },
        remove,
      };
      const answer = await write(request.run, update, (current) => change(current, request), signal);
      return answer.ok ? { ok: true, requested: answer.record.requested } : answer;
    };
  }

  /** Takes the lease. The first hop mostly finds no record; what it finds instead decides about the next write. */
  async function begin(request: BeginRequest, signal?: AbortSignal): Promise<BeginAnswer> {
    const { run, hop, nowMs } = request;
    let isNew = hop === 0;
    let isAsleep = false;
    let begun: RunRecord | undefined;
    for (let tries = 1; tries <= MAX_TRIES; tries++) {
      const fresh = isNew ? lease.begin(undefined, request).record : undefined;
      const update = fresh ? createUpdate(fresh, ttl(nowMs)) : takeUpdate(request, ttl(nowMs), begun, isAsleep);
      const answer = await table.update(run, update, signal);
      if (answer.ok) return answer;
      const next = lease.begin(answer.record, request);
      if (!next.ok || next.record === answer.record) return next;
      isNew = answer.record === undefined;
      isAsleep = answer.record?.phase === "sleeping";
      begun = next.record;
    }
    throw changesTooFast(run);
  }

  /** Ends the hop and opens the next. What was asked of a run that is to sleep decides about the write. */
  async function handOff(request: HandOffWrite, signal?: AbortSignal): Promise<WriteAnswer> {
    let next: RunRecord | undefined;
    for (let tries = 1; tries <= MAX_TRIES; tries++) {
      const { ok, record } = await table.update(request.run, handOffUpdate(request, next, ttl), signal);
      if (ok) return { ok, requested: record.requested };
      next = lease.handOff(record, request);
      if (!next) return { ok, record };
      if (next === record) return { ok: true, requested: record.requested };
    }
    throw changesTooFast(request.run);
  }

  return {
    maxBytes: MAX_ITEM_BYTES,
    async create(request, signal) {
      const update = createUpdate(lease.create(request), ttl(request.nowMs));
      return (await table.tryUpdate(request.run, update, signal)) !== undefined;
    },
    begin,
    renew: owned(lease.renew, ({ leaseUntilMs }) => ({ set: { leaseUntilMs, dueAtMs: leaseUntilMs } }), {
      condition: " AND #heartbeatAtMs <= :now AND #leaseUntilMs <= :until",
      given: ({ nowMs, leaseUntilMs }) => ({ now: nowMs, until: leaseUntilMs }),
    }),
    checkpoint: owned(
      lease.checkpoint,
      ({ state, stats, progress, leaseUntilMs }) => ({
        set: {
          state,
          stats: JSON.stringify(stats),
          ...reported(progress),
          failures: 0,
          leaseUntilMs,
          dueAtMs: leaseUntilMs,
        },
        remove: ["lastError"],
      }),
      { condition: " AND #heartbeatAtMs <= :now", given: ({ nowMs }) => ({ now: nowMs }) },
    ),
    handOff,
    release: owned(lease.release, ({ owner, state, stats, progress, failures, lastError, nowMs }) => ({
      set: {
        phase: "handed-off",
        lastOwner: owner,
        leaseUntilMs: 0,
        dueAtMs: nowMs,
        failures,
        state,
        stats: stats && JSON.stringify(stats),
        ...reported(progress),
        lastError: lastError && JSON.stringify(lastError),
      },
      remove: ["owner"],
    })),
    finish: owned(
      lease.finish,
      ({ run, phase, owner, state, dropsState, tellsEnd, stats, progress, result, reason, nowMs }) => ({
        set: {
          phase,
          status: shardOf(phase, run),
          changedAtMs: nowMs,
          lastOwner: owner,
          leaseUntilMs: 0,
          state,
          stats: JSON.stringify(stats),
          ...reported(progress),
          result,
          reason: reason && JSON.stringify(reason),
          ...(tellsEnd && { atEnd: "telling", dueAtMs: nowMs }),
        },
        remove: [
          ...["owner", "requested"],
          ...(tellsEnd ? [] : ["live", "dueAtMs"]),
          ...(phase === "done" ? ["lastError"] : []),
          ...(dropsState && state === undefined ? ["state"] : []),
        ],
      }),
    ),
    async told(run, epoch, signal) {
      const update: ItemUpdate = {
        condition: "#epoch = :epoch AND #atEnd = :telling",
        given: { epoch, telling: "telling" },
        set: { atEnd: "told" },
        remove: ["live", "dueAtMs", "backOffMs"],
      };
      return (await write(run, update, (record) => lease.told(record, epoch), signal)).ok;
    },
    get: (run, signal) => table.get(run, signal),
    async request(run, requested, nowMs, signal) {
      let update: ItemUpdate = {
        condition: "#phase IN (:running, :handedOff)",
        given: { running: "running", handedOff: "handed-off" },
        ...(requested ? { set: { requested } } : { remove: ["requested"] }),
      };
      const asking = update;
      for (let tries = 1; tries <= MAX_TRIES; tries++) {
        const { ok, record } = await table.update(run, update, signal);
        if (ok) return true;
        const next = lease.ask(record, requested, nowMs);
        if (!record || !next || next === record) return next !== undefined;
        update = record.phase === "sleeping" ? sleeperUpdate(record, next, ttl(nowMs)) : asking;
      }
      throw changesTooFast(run);
    },
    async resume(run, nowMs, limits, signal) {
      let record = await table.get(run, signal);
      for (let tries = 1; tries <= MAX_TRIES; tries++) {
        const next = lease.resumeRecord(record, nowMs, limits);
        if (!record || !next || next === record) return next;
        const answer = await table.update(run, resumeUpdate(record, next, ttl(nowMs), limits), signal);
        if (answer.ok) return answer.record;
        record = answer.record;
      }
      throw changesTooFast(run);
    },
    async delete(run, nowMs, signal) {
      let record = await table.get(run, signal);
      for (let tries = 1; tries <= MAX_TRIES; tries++) {
        const next = lease.erase(record, nowMs);
        if (!record || !next || next === record) return next !== undefined;
        await deleteSlots(table, record, signal);
        const answer = await table.update(run, eraseUpdate(record, next, ttl(nowMs)), signal);
        if (answer.ok) return true;
        record = answer.record;
      }
      throw changesTooFast(run);
    },
    due: (query, signal) => table.due(query, signal),
    postpone: (run, { beforeMs, nowMs }, signal) =>
      table.tryUpdate(
        run,
        {
          condition: "#dueAtMs < :before",
          given: { before: beforeMs },
          set: { ttl: ttl(nowMs) },
          setSum: { dueAtMs: ["backOffMs", nowMs], backOffMs: ["backOffMs", lease.BACK_OFF_STEP_MS] },
        },
        signal,
      ),
    page: (query, signal) => table.page(query, signal),
    list: (signal) => table.list(signal),
    history: dynamodbHistory(table, ttl),
  };
}

/** The first write of a run: from here on its record can begin it again. */
function createUpdate(record: RunRecord, ttl: number): ItemUpdate {
  const { run, stats, history, ...fields } = record;
  return {
    condition: "attribute_not_exists(#run)",
    given: {},
    set: {
      v: RECORD_VERSION,
      ...flatOf(fields),
      stats: JSON.stringify(stats),
      history: history && JSON.stringify(history),
      live: shardOf("live", run),
      status: shardOf("running", run),
      ttl,
    },
  };
}

/** The attribute of a report. */
function reported(progress: Progress | undefined): ItemUpdate["set"] {
  return { progress: progress && JSON.stringify(progress) };
}

/** Empties the record of a run that still is as it was read. */
function eraseUpdate(record: RunRecord, next: RunRecord, ttl: number): ItemUpdate {
  const { run: _, stats, ...kept } = next;
  const names = Object.keys({ ...record, live: 0, status: 0 });
  return {
    condition: "#epoch = :epoch AND #phase = :was",
    given: { epoch: record.epoch, was: record.phase },
    set: { ...flatOf(kept), stats: JSON.stringify(stats), ttl },
    remove: names.filter((name) => !Object.hasOwn(next, name)),
  };
}

/**
 * Takes the lease of a hop that was handed off, or whose owner is dead; or that of a sleeper that was read. A repeat by the
 * same owner is refused and recognised.
 *
 * @param begun - the record as it is to be, if it was read
 * @param isAsleep - whether it is a sleeper's
 */
function takeUpdate(request: BeginRequest, ttl: number, begun: RunRecord | undefined, isAsleep: boolean): ItemUpdate {
  const { run, hop, owner, nowMs, leaseUntilMs, skewMs, pinned, tellsEnd, keepsHistory } = request;
  const { epoch = 0, changedAtMs, sleptMs, history } = begun ?? {};
  return {
    ...(isAsleep
      ? {
          condition: "#hop = :hop AND #phase = :sleeping AND #epoch = :before",
          given: { hop, sleeping: "sleeping", before: epoch - 1 },
        }
      : {
          condition:
            "#hop = :hop AND (#phase = :handedOff OR (#phase = :running AND #owner <> :me AND #leaseUntilMs < :leaseOver))",
          given: { hop, me: owner, handedOff: "handed-off", running: "running", leaseOver: nowMs - skewMs },
        }),
    set: {
      ...{ phase: "running", owner, leaseUntilMs, heartbeatAtMs: nowMs, dueAtMs: leaseUntilMs, ttl },
      ...(isAsleep && { changedAtMs, sleptMs, status: shardOf("running", run) }),
    },
    setIfAbsent: {
      pinned,
      atEnd: tellsEnd ? "tell" : undefined,
      history: keepsHistory ? history && JSON.stringify(history) : undefined,
    },
    add: { attempt: 1, epoch: 1, failures: 1 },
    remove: ["backOffMs", ...(isAsleep ? ["wakeAtMs"] : [])],
  };
}

/**
 * Ends the hop under its lease, and opens the next.
 *
 * @param next - the record as it is to be, if it was read: one that is to sleep may be asked to stop or pause
 */
function handOffUpdate(request: HandOffWrite, next: RunRecord | undefined, ttl: (ms: number) => number): ItemUpdate {
  const { run, hop, owner, epoch, state, stats, progress, history, nowMs, wakeAtMs } = request;
  const isAsleep = wakeAtMs !== undefined;
  const rested = next?.phase === "stopped" || next?.phase === "paused" ? next : undefined;
  const requested = rested && (rested.phase === "stopped" ? "stop" : "pause");
  const asked = rested ? " AND #requested = :requested" : " AND attribute_not_exists(#requested)";
  return {
    condition: `#owner = :me AND #epoch = :mine AND #phase = :running${isAsleep ? asked : ""}`,
    given: { me: owner, mine: epoch, running: "running", requested },
    set: {
      hop: hop + 1,
      phase: isAsleep ? "sleeping" : "handed-off",
      lastOwner: owner,
      leaseUntilMs: 0,
      heartbeatAtMs: nowMs,
      dueAtMs: wakeAtMs ?? nowMs,
      ttl: ttl(wakeAtMs ?? nowMs),
      ...(isAsleep && { wakeAtMs, changedAtMs: nowMs, status: shardOf("sleeping", run) }),
      attempt: 0,
      failures: 0,
      state,
      stats: JSON.stringify(stats),
      history: history && JSON.stringify(history),
      ...reported(progress),
      ...(rested && restedFields(run, rested)),
    },
    remove: ["owner", "lastError", ...(rested ? goneOf(rested) : [])],
  };
}

/** Attributes of a sleeper that was stopped or paused. */
function restedFields(run: string, { phase, changedAtMs, sleptMs, reason, atEnd, dueAtMs }: RunRecord) {
  const status = shardOf(phase as "stopped" | "paused", run);
  return { phase, status, changedAtMs, sleptMs, reason: JSON.stringify(reason), atEnd, dueAtMs };
}

/** Attributes that it has no more. It is due only if its end is to be told. */
function goneOf({ dueAtMs }: RunRecord): string[] {
  return ["backOffMs", "requested", ...(dueAtMs === undefined ? ["live", "dueAtMs"] : [])];
}

/** Stops or pauses a sleeper that still is as it was read, or takes a request back. */
function sleeperUpdate(record: RunRecord, next: RunRecord, ttl: number): ItemUpdate {
  const { run, epoch } = record;
  const still = { condition: "#phase = :sleeping AND #epoch = :epoch", given: { sleeping: "sleeping", epoch } };
  if (next.phase === "sleeping") return { ...still, remove: ["requested"] };
  return { ...still, set: { ...restedFields(run, next), ttl }, remove: goneOf(next) };
}

/** Lets a run go on that still is as it was read. */
function resumeUpdate(record: RunRecord, next: RunRecord, ttl: number, limits: RunLimits | undefined): ItemUpdate {
  const { run, phase, heartbeatAtMs, dueAtMs, changedAtMs, failures, epoch, stats } = next;
  const isAsleep = phase === "sleeping";
  return {
    condition: "#epoch = :epoch AND #phase = :phase",
    given: { epoch: record.epoch, phase: record.phase },
    set: {
      phase,
      live: shardOf("live", run),
      status: shardOf(isAsleep ? "sleeping" : "running", run),
      epoch,
      failures,
      heartbeatAtMs,
      dueAtMs,
      changedAtMs,
      stats: JSON.stringify(stats),
      limits: limits && JSON.stringify(next.limits),
      atEnd: next.atEnd,
      ttl,
    },
    remove: ["reason", "requested", "lastError", "backOffMs", ...(isAsleep ? [] : ["wakeAtMs"])],
  };
}
