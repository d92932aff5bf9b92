import type { RunStore } from "@longhaul/core";
import {
  ask,
  begin,
  checkpoint,
  create,
  erase,
  finish,
  handOff,
  isDue,
  type OwnerWrite,
  pageOf,
  postpone,
  type RunRecord,
  release,
  renew,
  resumeRecord,
  told,
  type WriteAnswer,
} from "@longhaul/core/store";
import { isFleetRow } from "../size/fleet-row.ts";
import { loopOf, type TokenRow } from "./token-row.ts";
import { changeRow, type TokenTable } from "./token-table.ts";

/** A row is an item of 400 KB at most, in which the record is JSON in JSON. */
const MAX_RECORD_BYTES = 100_000;

/**
 * The token table as a {@link RunStore}: each token's row holds the record of its loop's run. A run is unknown once its
 * row is gone or another loop's, which for a loop is the request to end.
 */
export function tokenRunStore(table: TokenTable): RunStore {
  /** Rows as this process wrote them last, so that a heartbeat is one write and no read. */
  const known = new Map<string, TokenRow>();

  async function change(
    run: string,
    next: (record: RunRecord | undefined, row: TokenRow | undefined) => RunRecord | undefined,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly changed: RunRecord | undefined; readonly record: RunRecord | undefined }> {
    const loop = loopOf(run);
    const recordIn = (row: TokenRow | undefined) => (row?.loopId === loop.loopId ? row.record : undefined);
    const { changed, row } = await changeRow(
      table,
      loop,
      (current) => {
        const record = next(recordIn(current), current);
        if (!record || record === recordIn(current)) return record && current;
        return { restarts: 0, rev: "", ...current, ...loop, record };
      },
      { known: known.get(run), signal },
    );
    if (changed && changed.record.phase === "running") known.set(run, changed);
    else known.delete(run);
    return { changed: recordIn(changed), record: recordIn(row) };
  }

  const write =
    <Write extends OwnerWrite>(next: (record: RunRecord | undefined, write: Write) => RunRecord | undefined) =>
    async (request: Write, signal?: AbortSignal): Promise<WriteAnswer> => {
      const { changed, record } = await change(request.run, (current) => next(current, request), signal);
      return changed ? { ok: true, requested: changed.requested } : { ok: false, record };
    };

  async function* records(): AsyncGenerator<RunRecord> {
    for await (const page of table.pages()) for (const row of page) if (!isFleetRow(row)) yield row.record;
  }

  const store: RunStore = {
    maxBytes: MAX_RECORD_BYTES,
    mustExist: true,
    onMissing: "end",
    async create(request, signal) {
      const { changed, record } = await change(request.run, (_, row) => (row ? undefined : create(request)), signal);
      return changed !== undefined && changed === record;
    },
    async begin(request, signal) {
      let answer = begin(undefined, request, store);
      const { record } = await change(
        request.run,
        (current) => {
          answer = begin(current, request, store);
          return answer.ok ? answer.record : undefined;
        },
        signal,
      );
      return answer.ok && record ? { ok: true, record } : answer;
    },
    renew: write(renew),
    checkpoint: write(checkpoint),
    handOff: write(handOff),
    release: write(release),
    finish: write(finish),
    async get(run, signal) {
      const row = await table.get(loopOf(run), signal);
      return row?.record.run === run ? row.record : undefined;
    },
    request: async (run, requested, nowMs, signal) =>
      (await change(run, (current) => ask(current, requested, nowMs), signal)).changed !== undefined,
    resume: async (run, nowMs, limits, signal) =>
      (await change(run, (current) => resumeRecord(current, nowMs, limits), signal)).changed,
    told: async (run, epoch, signal) =>
      (await change(run, (current) => told(current, epoch), signal)).changed !== undefined,
    delete: async (run, nowMs, signal) =>
      (await change(run, (current) => erase(current, nowMs), signal)).changed !== undefined,
    async due(query) {
      const runs: string[] = [];
      for await (const record of records()) if (isDue(record, query)) runs.push(record.run);
      return { runs };
    },
    postpone: async (run, query, signal) => (await change(run, (current) => postpone(current, query), signal)).changed,
    async page(query) {
      const all: RunRecord[] = [];
      for await (const record of records()) all.push(record);
      return pageOf(all, query);
    },
    list: records,
  };
  return store;
}
