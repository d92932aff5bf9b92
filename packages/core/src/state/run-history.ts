/** A hop that a run can begin again at. */
export interface HistoryEntry {
  readonly hop: number;
  /**
   * Which of the run's slots has the state that the hop began with. Absent: it began without one, and `start` makes it.
   */
  readonly slot?: number;
  /** The record's when the state was kept; the state in the slot is this entry's only if it has the same. */
  readonly epoch: number;
}

/** The part of a record that names the run's history. The states are outside the record, each in a slot of its own. */
export interface KeptHistory {
  /** The hops that the run can begin again at, the earliest first. */
  readonly hops: readonly HistoryEntry[];
  /** Slots that were used up to now: some may hold states that no entry names any more. */
  readonly slots: number;
}

/** The history of a run that begins: its first hop, which has a slot if its event brought a state. */
export function firstHistory(state: string | undefined): KeptHistory {
  const entry = { hop: 0, epoch: 0 };
  return state === undefined ? { hops: [entry], slots: 0 } : { hops: [{ ...entry, slot: 0 }], slots: 1 };
}

/**
 * The history with one more hop. Its slot is one that no entry names, so that the history before stays whole until the record
 * has the new one.
 *
 * @param hops - most hops in the history
 */
export function withHop(
  history: KeptHistory | undefined,
  { hop, epoch }: { readonly hop: number; readonly epoch: number },
  hops: number,
): { readonly history: KeptHistory; readonly slot: number } {
  const { hops: before, slots } = history ?? { hops: [], slots: 0 };
  const used = new Set(before.map((entry) => entry.slot));
  let slot = 0;
  while (used.has(slot)) slot++;
  const kept = before.filter((entry) => entry.hop > hop - hops && entry.hop < hop);
  return { history: { hops: [...kept, { hop, slot, epoch }], slots: Math.max(slots, slot + 1) }, slot };
}

/** The entry of a history that a request names. */
export function entryIn(history: KeptHistory | undefined, { hop, epoch }: HistoryEntry): HistoryEntry | undefined {
  return history?.hops.find((entry) => entry.hop === hop && entry.epoch === epoch);
}
