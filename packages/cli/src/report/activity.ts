import type { HopHistory, RunHistory } from "./run-history.ts";

/** A stretch of time, in milliseconds since 1970. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The time of a job, by what is known of it. */
export interface Activity {
  /** At least one hop worked whose progress is known. */
  readonly known: readonly Stretch[];
  /** Hops worked, and all of them died: nothing is known behind the last checkpoint of each. */
  readonly lost: readonly Stretch[];
  /** No hop ran. */
  readonly idle: readonly Stretch[];
}

/** Derives when a job worked. Pure. */
export function activityOf(history: RunHistory, untilMs: number): Activity {
  const hops = history.hops.filter(({ status }) => status !== "duplicate");
  const spanOf = ({ startedAtMs, endedAtMs = untilMs }: HopHistory) => ({ fromMs: startedAtMs, toMs: endedAtMs });
  const ran = union(hops.map(spanOf));
  const known = union(hops.map((hop) => (isKilled(hop) ? upToLastSample(history, hop, spanOf(hop)) : spanOf(hop))));
  const whole = [{ fromMs: history.startedAtMs, toMs: untilMs }];
  return { known, lost: without(ran, known), idle: without(whole, ran) };
}

/** Whether a hop ended without a word: nobody knows how far it was. */
function isKilled({ status }: HopHistory): boolean {
  return status === "timeout" || status === "exit";
}

function upToLastSample({ samples }: RunHistory, { run }: HopHistory, { fromMs, toMs }: Stretch): Stretch {
  const last = samples.findLast(
    (sample) => (sample.run ?? run) === run && sample.atMs >= fromMs && sample.atMs <= toMs,
  );
  return { fromMs, toMs: last?.atMs ?? fromMs };
}

/** Joins stretches that touch or overlap; those without length vanish. */
function union(stretches: readonly Stretch[]): Stretch[] {
  const joined: { fromMs: number; toMs: number }[] = [];
  for (const { fromMs, toMs } of stretches.toSorted((a, b) => a.fromMs - b.fromMs)) {
    if (toMs <= fromMs) continue;
    const last = joined.at(-1);
    if (last && fromMs <= last.toMs) last.toMs = Math.max(last.toMs, toMs);
    else joined.push({ fromMs, toMs });
  }
  return joined;
}

/** The parts of the one, sorted, which no stretch of the other, sorted, covers. */
function without(ones: readonly Stretch[], others: readonly Stretch[]): Stretch[] {
  return ones.flatMap(({ fromMs, toMs }) => {
    const rest: Stretch[] = [];
    let atMs = fromMs;
    for (const other of others) {
      if (other.toMs <= atMs || other.fromMs >= toMs) continue;
      if (other.fromMs > atMs) rest.push({ fromMs: atMs, toMs: other.fromMs });
      atMs = Math.max(atMs, other.toMs);
    }
    if (atMs < toMs) rest.push({ fromMs: atMs, toMs });
    return rest;
  });
}
