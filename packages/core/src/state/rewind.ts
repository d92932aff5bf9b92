import { ConfigError } from "../errors.ts";
import { type Host, systemHost } from "../host.ts";
import { type HandOffDriver, sendWithRetry } from "../recursion/driver.ts";
import { handOffOfRecord } from "../recursion/event-of-record.ts";
import { RunHistoryError } from "./run-history-error.ts";
import { assertHigher, finite } from "./run-limits.ts";
import type { RunLimits, RunRecord, RunStore } from "./run-store.ts";
import { storeCalls } from "./store-calls.ts";

/** Options of {@link rewind}. */
export interface RewindOptions {
  /** Id of the run. */
  readonly run: string;
  /** The hop to begin again at, with the state that it began with. */
  readonly hop: number;
  readonly store: RunStore;
  /** The channel that the run's hops are handed off by. */
  readonly driver: HandOffDriver;
  /** Limits of this run from now on, in place of the function's guards: totals, counted from its beginning. */
  readonly limits?: RunLimits | undefined;
  readonly host?: Host;
}

/**
 * Begins a run again at an earlier hop: in its record first, then by its event. It may be done, failed, stopped, paused,
 * asleep or under way; the attempt under way then loses its lease. Its effects outside are not undone.
 *
 * @returns the record, or `undefined` if there is no such run.
 * @throws {@link RunHistoryError} for a hop that is not in the history, naming those that are; {@link ConfigError} for a store
 * without a history, or a limit that is no number above 0 or that the run has reached; {@link HandOffError} if the event could
 * not be sent: the next sweep sends it.
 *
 * @example
 * ```ts
 * await rewind({ run: "orders/s3:in/a.csv@005", hop: 12, store, driver: lambdaDriver() });
 * ```
 */
export async function rewind(options: RewindOptions): Promise<RunRecord | undefined> {
  const { run, hop, store, driver, host = systemHost } = options;
  const { history } = store;
  if (!history) throw new ConfigError("rewind() needs a store that has a history, such as dynamodbRunStore().");
  const limits = options.limits && finite(options.limits);
  const { ask, budgetMs } = storeCalls(host);
  const read = async () => {
    const record = await ask("get", (signal) => store.get(run, signal));
    return record?.phase === "deleted" ? undefined : record;
  };
  const before = await read();
  if (!before) return undefined;
  const entry = before.history?.hops.find((each) => each.hop === hop);
  if (!entry) throw new RunHistoryError(run, hop, rewindableHops(before));
  if (limits) assertHigher({ ...before, hop }, limits, host.now());
  const state = await ask("history", (signal) => history.read(run, entry, signal));
  const nowMs = host.now();
  const record =
    state === undefined && entry.slot !== undefined
      ? undefined
      : await ask("history", (signal) => history.rewind({ run, entry, state, nowMs, limits }, signal));
  if (record) {
    await sendWithRetry(driver, handOffOfRecord(record, driver), host, budgetMs);
    return record;
  }
  // It has left the history since it was read, or its state has expired.
  const now = await read();
  if (!now) return undefined;
  const others = rewindableHops(now).filter((each) => each !== hop);
  throw new RunHistoryError(run, hop, others);
}

/** The hops that a run can begin again at, the earliest first. */
export function rewindableHops({ history }: Pick<RunRecord, "history">): number[] {
  return history?.hops.map(({ hop }) => hop) ?? [];
}
