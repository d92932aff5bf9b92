import * as lease from "./lease.ts";
import { pageOf } from "./run-page.ts";
import type { KeepRequest, OwnerWrite, RunRecord, RunStore, WriteAnswer } from "./run-store.ts";

/**
 * A {@link RunStore} in memory: for tests, and for one process that lives as long as its runs. It is the protocol in its
 * plainest form; the DynamoDB store behaves the same.
 */
export function memoryRunStore(
  records: Map<string, RunRecord> = new Map(),
  rules: Pick<RunStore, "mustExist" | "onMissing"> = {},
): RunStore {
  /** By run: what its slots have. */
  const slots = new Map<string, Map<number, KeepRequest>>();
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
    ...rules,
    maxBytes: Number.MAX_SAFE_INTEGER,
    async create(request) {
      if (records.has(request.run)) return false;
      records.set(request.run, lease.create(request));
      return true;
    },
    async begin(request) {
      const answer = lease.begin(records.get(request.run), request, rules);
      if (answer.ok) records.set(request.run, answer.record);
      return answer;
    },
    renew: write(lease.renew),
    checkpoint: write(lease.checkpoint),
    handOff: write(lease.handOff),
    release: write(lease.release),
    finish: write(lease.finish),
    get: async (run) => records.get(run),
    async request(run, requested, nowMs) {
      const next = lease.ask(records.get(run), requested, nowMs);
      if (next) records.set(run, next);
      return next !== undefined;
    },
    async resume(run, nowMs, limits) {
      const next = lease.resumeRecord(records.get(run), nowMs, limits);
      if (next) records.set(run, next);
      return next;
    },
    async told(run, epoch) {
      const next = lease.told(records.get(run), epoch);
      if (next) records.set(run, next);
      return next !== undefined;
    },
    async delete(run, nowMs) {
      const next = lease.erase(records.get(run), nowMs);
      if (!next) return false;
      records.set(run, next);
      slots.delete(run);
      return true;
    },
    async due(query) {
      const due = [...records.values()].filter((record) => lease.isDue(record, query));
      due.sort((one, other) => (one.dueAtMs ?? 0) - (other.dueAtMs ?? 0));
      return { runs: due.map(({ run }) => run) };
    },
    async postpone(run, query) {
      const next = lease.postpone(records.get(run), query);
      if (next) records.set(run, next);
      return next;
    },
    page: async (query) => pageOf(records.values(), query),
    async *list() {
      yield* [...records.values()];
    },
    history: {
      async keep(request) {
        const { run, slot, epoch } = request;
        const ofRun = slots.get(run) ?? new Map<number, KeepRequest>();
        if ((ofRun.get(slot)?.epoch ?? 0) > epoch) return false;
        slots.set(run, ofRun.set(slot, request));
        return true;
      },
      async read(run, { hop, slot, epoch }) {
        const kept = slot === undefined ? undefined : slots.get(run)?.get(slot);
        return kept?.hop === hop && kept.epoch === epoch ? kept.state : undefined;
      },
      async rewind(request) {
        const next = lease.rewindRecord(records.get(request.run), request);
        if (next) records.set(request.run, next);
        return next;
      },
    },
  };
}
