import { RunStoreError } from "../errors.ts";
import type { ItemUpdate } from "./item-update.ts";
import { rewindRecord } from "./lease.ts";
import { flatOf } from "./run-item.ts";
import type { RunHistory, RunRecord } from "./run-store.ts";
import type { RunTable } from "./run-table.ts";
import { shardOf } from "./run-table-schema.ts";
import { sha256Hex } from "./spill.ts";

/** How often a rewind is tried again that met another write. */
const MAX_TRIES = 5;

/**
 * The history of the runs of a table. Each slot is an item of its own, which is in no index: its attribute `historyOf` is the
 * id of the run. It is written over by later hops, so a hop needs no permission to delete.
 *
 * @param ttl - when an item expires that counts from a time, in seconds since 1970
 */
export function dynamodbHistory(table: RunTable, ttl: (nowMs: number) => number): RunHistory {
  return {
    async keep({ run, hop, slot, epoch, state, nowMs }, signal) {
      const update: ItemUpdate = {
        condition: "attribute_not_exists(#run) OR (#historyOf = :of AND #epoch <= :epoch)",
        given: { of: run, epoch },
        set: { historyOf: run, hop, epoch, state, ttl: ttl(nowMs) },
      };
      return table.tryItem({ key: await keyOf(run, slot), run }, update, signal);
    },
    async read(run, { hop, slot, epoch }, signal) {
      if (slot === undefined) return undefined;
      const item = await table.item({ key: await keyOf(run, slot), run }, signal);
      const isIts = item?.historyOf?.S === run && Number(item.hop?.N) === hop && Number(item.epoch?.N) === epoch;
      return isIts ? item.state?.S : undefined;
    },
    async rewind(request, signal) {
      const { run, nowMs } = request;
      let record = await table.get(run, signal);
      for (let tries = 1; tries <= MAX_TRIES; tries++) {
        const next = rewindRecord(record, request);
        if (!record || !next || next === record) return next;
        const answer = await table.update(run, rewindUpdate(record, next, ttl(nowMs)), signal);
        if (answer.ok) return answer.record;
        record = answer.record;
      }
      throw new RunStoreError(`Run ${run} changes faster than it can be rewound. Pause it, then try again.`);
    },
  };
}

/** Deletes the states that the slots of a run have. The items stay until their time to live, empty. */
export async function deleteSlots(
  table: RunTable,
  { run, history }: RunRecord,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (!history) return;
  const empty: ItemUpdate = { condition: "#historyOf = :of", given: { of: run }, remove: ["state"] };
  // One more than the record knows of: an attempt may have died after it kept a state.
  const slots = Array.from({ length: history.slots + 1 }, (_, slot) => slot);
  await Promise.all(slots.map(async (slot) => table.tryItem({ key: await keyOf(run, slot), run }, empty, signal)));
}

/** Rewinds a run whose record still is as it was read. */
function rewindUpdate(record: RunRecord, next: RunRecord, ttl: number): ItemUpdate {
  const { run, stats, history, limits, ...fields } = next;
  const names = Object.keys({ ...record, backOffMs: 0 });
  return {
    // Its owner may save a state at any time, and what it used by then must count.
    condition: "#epoch = :epoch AND #phase = :was AND #heartbeatAtMs = :at",
    given: { epoch: record.epoch, was: record.phase, at: record.heartbeatAtMs },
    set: {
      ...flatOf(fields),
      stats: JSON.stringify(stats),
      history: JSON.stringify(history),
      limits: limits && JSON.stringify(limits),
      live: shardOf("live", run),
      status: shardOf("running", run),
      ttl,
    },
    remove: names.filter((name) => !Object.hasOwn(next, name)),
  };
}

/** Hashed: with an id of 2,048 bytes, the longest, the key would be too long. */
async function keyOf(run: string, slot: number): Promise<string> {
  return `history#${await sha256Hex(run)}#${slot}`;
}
