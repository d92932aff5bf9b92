import * as lease from "./lease.ts";
import { leaseProtocol } from "./lease-protocol.ts";
import type { OwnerWrite, RunRecord, RunStore, WriteAnswer } from "./run-store.ts";

/**
 * A {@link RunStore} in memory: for tests, and for one process that lives as long as its runs. It is the protocol in its
 * plainest form; the DynamoDB store behaves the same.
 */
export function memoryRunStore(records: Map<string, RunRecord> = new Map()): RunStore {
  const write = <W extends OwnerWrite>(
    change: (record: RunRecord | undefined, request: W) => RunRecord | undefined,
  ): ((request: W) => Promise<WriteAnswer>) => {
    return async (request) => {
      const record = records.get(request.run);
      const next = change(record, request);
      if (!next) return { ok: false, record };
      records.set(request.run, next);
      return { ok: true, requested: next.requested };
    };
  };
  return {
    maxBytes: Number.MAX_SAFE_INTEGER,
    protocol: leaseProtocol,
    async begin(request) {
      const answer = lease.begin(records.get(request.run), request);
      if (answer.ok) records.set(request.run, answer.record);
      return answer;
    },
    checkpoint: write(lease.checkpoint),
    handOff: write(lease.handOff),
    release: write(lease.release),
    finish: write(lease.finish),
    get: async (run) => records.get(run),
    async request(run, requested) {
      const record = records.get(run);
      if (!record || lease.isAtRest(record)) return false;
      const { requested: _, ...rest } = record;
      // The heartbeat stays: asking for a stop must not hide a lost hand-off from the sweeper.
      records.set(run, requested ? { ...rest, requested } : rest);
      return true;
    },
    async resume(run, nowMs) {
      const next = lease.resume(records.get(run), nowMs);
      if (next) records.set(run, next);
      return next;
    },
    async *stale(query) {
      for (const record of [...records.values()]) if (lease.isStale(record, query)) yield record;
    },
    async touch(record, nowMs) {
      const current = records.get(record.run);
      if (!current || current.hop !== record.hop || current.heartbeatAtMs !== record.heartbeatAtMs) return false;
      records.set(record.run, { ...current, heartbeatAtMs: nowMs });
      return true;
    },
    async *list() {
      yield* [...records.values()];
    },
  };
}
