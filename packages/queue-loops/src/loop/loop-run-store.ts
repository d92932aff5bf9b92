import {
  type BeginAnswer,
  leaseProtocol,
  type OwnerWrite,
  type RunRecord,
  type RunStore,
  type WriteAnswer,
} from "@longhaul/core";
import { isFleetRow } from "../fleet/fleet-row.ts";
import type { LoopEvent } from "../fleet/start-loop.ts";
import type { Refusal } from "../tokens/token-protocol.ts";
import type { TokenRow } from "../tokens/token-row.ts";
import type { TokenTable } from "../tokens/token-table.ts";
import { LoopLease } from "./loop-lease.ts";

/** A run store whose records are the rows of the token table. */
export interface LoopRunStore extends RunStore {
  /** The lease of a run that runs in this process. */
  leaseOf(run: string): LoopLease | undefined;
}

/** Options of {@link loopRunStore}. */
export interface LoopRunStoreOptions {
  readonly table: TokenTable;
  /** Time between two heartbeats of a hop, in milliseconds. */
  readonly heartbeatEveryMs: number;
  readonly now: () => number;
  /** Told of each loop that may not go on, and why. */
  readonly onRefused?: (event: LoopEvent, refusal: Refusal) => void;
}

/** The run of a loop in its row. A queue's URL and a token hold no `#`. */
export function runOf({ queueUrl, token, loopId }: LoopEvent): string {
  return `${queueUrl}#${token}#${loopId}`;
}

function loopOf(run: string): LoopEvent {
  const [queueUrl = "", token = "", loopId = ""] = run.split("#");
  return { queueUrl, token, loopId };
}

/**
 * A token is a run: the token table as a {@link RunStore}.
 *
 * `begin` is the claim of a hop, which also is the first heartbeat; `checkpoint` is a heartbeat, at most one per period.
 * `handOff` writes nothing: the claim has used up this hop's event already, so the next event's claim verifies the token
 * again. A loop thus costs one write per hop and one per period. What it gives up for that: a hand-off that is lost is
 * not sent again by a retry; `restart` finds the silent row.
 */
export function loopRunStore(options: LoopRunStoreOptions): LoopRunStore {
  const { table, heartbeatEveryMs, now, onRefused } = options;
  const leases = new Map<string, LoopLease>();

  const owned = async (
    { run, owner }: OwnerWrite,
    write: (lease: LoopLease) => Promise<Refusal | undefined>,
  ): Promise<WriteAnswer> => {
    const lease = leases.get(run);
    if (lease?.place.owner !== owner) return { ok: false, record: undefined };
    const refusal = lease.lost ?? (await write(lease));
    return refusal ? { ok: false, record: undefined } : { ok: true, requested: undefined };
  };
  const leave = (run: string, lease: LoopLease): undefined => {
    if (leases.get(run) === lease) leases.delete(run);
    lease.close("duplicate");
    return undefined;
  };

  return {
    maxBytes: 8_192,
    protocol: leaseProtocol,
    leaseOf: (run) => leases.get(run),
    async begin(request): Promise<BeginAnswer> {
      const { run, hop, owner, nowMs } = request;
      const place = { ...loopOf(run), hop, owner };
      const answer = await table.claim(place, nowMs);
      if (answer.ok) {
        leases.set(run, new LoopLease(table, place, heartbeatEveryMs, nowMs));
        return { ok: true, record: recordOf(answer.row) };
      }
      onRefused?.(place, answer.refusal);
      const record = answer.row && recordOf(answer.row);
      return { ok: false, refusal: answer.refusal === "duplicate" ? "older" : "over", record };
    },
    checkpoint: (write) =>
      owned(write, (lease) => {
        lease.note(JSON.stringify(write.stats));
        return lease.beat(write.nowMs);
      }),
    handOff: (write) => owned(write, async (lease) => leave(write.run, lease)),
    release: (write) =>
      owned(write, async (lease) => {
        leave(write.run, lease);
        const answer = await table.reopen(lease.place);
        return answer.ok ? undefined : answer.refusal;
      }),
    finish: (write) =>
      owned(write, async (lease) => {
        leave(write.run, lease);
        await table.end(lease.place, write.nowMs);
        return undefined;
      }),
    async get(run) {
      const row = await table.get(loopOf(run));
      return row && recordOf(row);
    },
    request: (run, requested) => (requested === "stop" ? table.end(loopOf(run), now()) : Promise.resolve(false)),
    // A loop that has ended stays ended: `start` begins another.
    resume: async () => undefined,
    async *stale({ heartbeatBeforeMs }) {
      for await (const record of this.list()) {
        if (record.phase === "running" && record.heartbeatAtMs < heartbeatBeforeMs) yield record;
      }
    },
    // `restart` takes rows over instead: the same loop may be stuck and not dead.
    touch: async () => false,
    async *list() {
      for await (const page of table.pages()) {
        for (const row of page) if (!isFleetRow(row)) yield recordOf(row);
      }
    },
  };
}

function recordOf(row: TokenRow): RunRecord {
  const { queueUrl, token, loopId, hop, state, startedAtMs, lastUsedMs, owner, stats } = row;
  const event: LoopEvent = { queueUrl, token, loopId };
  return {
    run: runOf(event),
    hop: Math.max(0, hop - 1),
    phase: state === "running" ? "running" : "stopped",
    ...(owner !== undefined && { owner }),
    leaseUntilMs: 0,
    heartbeatAtMs: lastUsedMs ?? startedAtMs,
    startedAtMs,
    attempts: 1,
    target: "",
    stateKey: "state",
    event: JSON.stringify(event),
    stats: statsOf(stats),
  };
}

function statsOf(json: string | undefined): RunRecord["stats"] {
  const nothing = { steps: 0, usedMs: 0, costUsd: 0, stalledHops: 0 };
  return json === undefined ? nothing : { ...nothing, ...(JSON.parse(json) as Partial<RunRecord["stats"]>) };
}
