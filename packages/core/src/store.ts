/**
 * For authors of a {@link RunStore}: its types, and the lease protocol as pure functions of the record. A store makes
 * each write atomic: it reads the record, applies the function of the same name, and writes the answer on the condition that
 * the record is still as it was read. `undefined` is a refusal. `@longhaul/core/store/conformance` checks the result.
 */

export { RunStoreError } from "./errors.ts";
export type { RunStats } from "./recursion/envelope.ts";
export {
  ask,
  begin,
  checkpoint,
  create,
  erase,
  finish,
  handOff,
  isAtRest,
  isDue,
  postpone,
  release,
  renew,
  resumeRecord,
  rewindRecord,
  told,
} from "./state/lease.ts";
export { KEPT_BACK_BYTES, recordBytes } from "./state/record-bytes.ts";
export type { HistoryEntry, KeptHistory } from "./state/run-history.ts";
export { isAskedFor, pageOf } from "./state/run-page.ts";
export type { RunPhase, RunStatus } from "./state/run-status.ts";
export type * from "./state/run-store.ts";
export { RUN_TABLE_SHARDS, runTableRequest, runTableSchema } from "./state/run-table-schema.ts";
