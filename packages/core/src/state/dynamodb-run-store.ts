import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ConfigError, RunStoreError } from "../errors.ts";
import { NO_STATS } from "../recursion/envelope.ts";
import type { ItemUpdate } from "./item-update.ts";
import * as lease from "./lease.ts";
import { leaseProtocol } from "./lease-protocol.ts";
import type { BeginRequest, OwnerWrite, RunRecord, RunStore, WriteAnswer } from "./run-store.ts";
import { RunTable, type UpdateAnswer } from "./run-table.ts";

/** Options of {@link dynamodbRunStore}. */
export interface DynamodbRunStoreOptions {
  /** The table: partition key `run` (a string), time to live in `ttl`. The `RunTable` construct makes one. */
  readonly tableName: string;
  /** A client of your own. Default: one per store, made from the environment. */
  readonly client?: DynamoDBClient;
  /** Days after its last write at which a record expires; at least 15. Default 30. */
  readonly ttlDays?: number;
}

// An item holds at most 400 KB, names included. The rest is for the event, the result (a quarter of this) and the small
// fields. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
const MAX_STATE_BYTES = 262_144;
/** An event lives at most 14 days, in SQS; a record that went before it would let a late event begin the run anew. */
const MIN_TTL_DAYS = 15;
/** How often a write is made again whose refusal no longer holds; only an endpoint without the old item needs it. */
const MAX_TRIES = 5;

/**
 * A {@link RunStore} on DynamoDB. Each line of the lease protocol is one conditional `UpdateItem`, whose refusal returns
 * the record. A hop's role needs `dynamodb:UpdateItem` and `dynamodb:GetItem` on the table, a sweeper's
 * `dynamodb:UpdateItem` and `dynamodb:Scan`. Its methods reject with a {@link RunStoreError}; the write may then have
 * been made or not.
 *
 * @throws {@link ConfigError} for an empty table name, or fewer than 15 `ttlDays`.
 *
 * @example `recursive({ start, run, store: dynamodbRunStore({ tableName: process.env.LONGHAUL_RUN_TABLE! }) })`
 */
export function dynamodbRunStore(options: DynamodbRunStoreOptions): RunStore {
  const { tableName, client = new DynamoDBClient({}), ttlDays = 30 } = options;
  if (typeof tableName !== "string" || tableName === "") throw new ConfigError("dynamodbRunStore needs a tableName.");
  if (!(ttlDays >= MIN_TTL_DAYS && Number.isFinite(ttlDays))) {
    throw new ConfigError(
      `ttlDays must be ${MIN_TTL_DAYS} or more, not ${ttlDays}: a record must outlive its run's events, which SQS keeps for up to 14 days.`,
    );
  }
  const table = new RunTable(client, tableName);
  const ttl = (nowMs: number) => Math.ceil(nowMs / 1_000 + ttlDays * 86_400);

  /**
   * Makes a write and, where it is refused, asks the protocol what that means: `record` itself for a repeated write
   * whose first answer was lost, `undefined` for a refusal.
   */
  async function write(
    run: string,
    update: ItemUpdate,
    meaning: (record: RunRecord | undefined) => RunRecord | undefined,
  ): Promise<UpdateAnswer> {
    for (let tries = 1; ; tries++) {
      const answer = await table.update(run, update);
      if (answer.ok) return answer;
      const next = meaning(answer.record);
      if (!next) return answer;
      if (next === answer.record) return { ok: true, record: next };
      // Read after the refusal, not with it: the record has changed in between, and the write is allowed by now.
      if (tries === MAX_TRIES)
        throw new RunStoreError(`Run ${run} in table ${tableName} changes faster than it can be read.`);
    }
  }

  /** A write of the hop that holds the lease. */
  function owned<Write extends OwnerWrite>(
    change: (record: RunRecord | undefined, request: Write) => RunRecord | undefined,
    fields: (request: Write) => Pick<ItemUpdate, "set" | "remove">,
    also: { readonly condition: string; given(request: Write): ItemUpdate["given"] } = {
      condition: "",
      given: () => ({}),
    },
  ): (request: Write) => Promise<WriteAnswer> {
    return async (request) => {
      const { set, remove = [] } = fields(request);
      const update: ItemUpdate = {
        condition: `#owner = :me AND #hop = :mine AND #phase = :running${also.condition}`,
        given: { me: request.owner, mine: request.hop, running: "running", ...also.given(request) },
        set: { ...set, heartbeatAtMs: request.nowMs, ttl: ttl(request.nowMs) },
        remove,
      };
      const answer = await write(request.run, update, (current) => change(current, request));
      return answer.ok ? { ok: true, requested: answer.record.requested } : answer;
    };
  }

  return {
    maxBytes: MAX_STATE_BYTES,
    protocol: leaseProtocol,
    async begin(request) {
      const answer = await write(request.run, beginUpdate(request, ttl(request.nowMs)), (current) => {
        const begun = lease.begin(current, request);
        return begun.ok ? begun.record : undefined;
      });
      return answer.ok ? answer : lease.begin(answer.record, request);
    },
    checkpoint: owned(
      lease.checkpoint,
      ({ state, stats }) => ({ set: { state, stats: JSON.stringify(stats), attempts: 1 } }),
      { condition: " AND #heartbeatAtMs <= :now", given: ({ nowMs }) => ({ now: nowMs }) },
    ),
    handOff: owned(lease.handOff, ({ hop, phase, owner, state, stats, reason }) => ({
      set: {
        hop: hop + 1,
        phase,
        lastOwner: owner,
        leaseUntilMs: 0,
        attempts: 0,
        state,
        stats: JSON.stringify(stats),
        reason: reason && JSON.stringify(reason),
      },
      remove: ["owner", ...(reason ? [] : ["reason"]), ...(phase === "paused" ? ["requested"] : [])],
    })),
    release: owned(lease.release, ({ owner, state, stats, attempts }) => ({
      set: {
        phase: "handed-off",
        lastOwner: owner,
        leaseUntilMs: 0,
        attempts,
        state,
        stats: stats && JSON.stringify(stats),
      },
      remove: ["owner"],
    })),
    finish: owned(lease.finish, ({ phase, owner, state, stats, result, reason }) => ({
      set: {
        phase,
        lastOwner: owner,
        leaseUntilMs: 0,
        state,
        stats: JSON.stringify(stats),
        result,
        reason: reason && JSON.stringify(reason),
      },
      remove: ["owner", "requested"],
    })),
    get: (run) => table.get(run),
    request: (run, requested) =>
      table.tryUpdate(run, {
        condition: "#phase IN (:running, :handedOff)",
        given: { running: "running", handedOff: "handed-off" },
        ...(requested ? { set: { requested } } : { remove: ["requested"] }),
      }),
    async resume(run, nowMs) {
      let record = await table.get(run);
      for (;;) {
        const next = lease.resume(record, nowMs);
        if (!record || !next) return undefined;
        const answer = await table.update(run, {
          condition: "#hop = :hop AND #phase = :phase AND #heartbeatAtMs = :heartbeat",
          given: { hop: record.hop, phase: record.phase, heartbeat: record.heartbeatAtMs },
          set: {
            phase: next.phase,
            attempts: next.attempts,
            heartbeatAtMs: nowMs,
            stats: JSON.stringify(next.stats),
            ttl: ttl(nowMs),
          },
          remove: ["reason", "requested"],
        });
        if (answer.ok) return answer.record;
        record = answer.record;
        // Made before, and only the answer was lost.
        if (record?.hop === next.hop && record.phase === next.phase && record.heartbeatAtMs === nowMs) return record;
      }
    },
    stale: ({ heartbeatBeforeMs, leaseOverMs }) =>
      table.scan({
        FilterExpression:
          "#phase IN (:running, :handedOff) AND #heartbeatAtMs < :heartbeatBefore AND #leaseUntilMs < :leaseOver",
        ExpressionAttributeNames: {
          "#phase": "phase",
          "#heartbeatAtMs": "heartbeatAtMs",
          "#leaseUntilMs": "leaseUntilMs",
        },
        given: {
          running: "running",
          handedOff: "handed-off",
          heartbeatBefore: heartbeatBeforeMs,
          leaseOver: leaseOverMs,
        },
      }),
    touch: (record, nowMs) =>
      table.tryUpdate(record.run, {
        condition: "#hop = :hop AND #heartbeatAtMs = :heartbeat",
        given: { hop: record.hop, heartbeat: record.heartbeatAtMs },
        set: { heartbeatAtMs: nowMs, ttl: ttl(nowMs) },
      }),
    list: () => table.scan({}),
  };
}

/** What `lease.begin` does to a record, as one conditional write. A repeat by the same owner is refused and recognised. */
function beginUpdate(request: BeginRequest, ttl: number): ItemUpdate {
  const { hop, owner, nowMs, leaseUntilMs, skewMs, startedAtMs, target, stateKey, event, pinned } = request;
  const stats = JSON.stringify(request.stats ?? NO_STATS);
  const mayTake =
    "#hop = :hop AND (#phase = :handedOff OR (#phase = :running AND #owner <> :me AND #leaseUntilMs < :leaseOver))";
  return {
    condition: hop === 0 ? `attribute_not_exists(#run) OR (${mayTake})` : mayTake,
    given: { hop, me: owner, handedOff: "handed-off", running: "running", leaseOver: nowMs - skewMs },
    set: { hop, phase: "running", owner, leaseUntilMs, heartbeatAtMs: nowMs, ttl },
    setIfAbsent: { startedAtMs, target, stateKey, event, pinned, stats },
    add: { attempts: 1 },
  };
}
