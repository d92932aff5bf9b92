/** How one invocation ended. `error`, `timeout` and `exit` are what the platform saw; the rest is what the run said. */
export type HopStatus = "running" | "continued" | "done" | "stopped" | "duplicate" | "error" | "timeout" | "exit";

/** One invocation of a run, as it was seen from outside. Times are milliseconds since 1970, durations milliseconds. */
export interface HopHistory {
  readonly requestId: string;
  /** The run it was a hop of; empty until the function has said so. */
  run: string;
  /** -1 until the function has said which hop it is. */
  hop: number;
  attempt: number;
  readonly sandboxId: string;
  readonly cold: boolean;
  readonly startedAtMs: number;
  endedAtMs?: number;
  initMs?: number;
  billedMs?: number;
  maxMemoryMb?: number;
  status: HopStatus;
  /** Why it handed off. */
  cause?: string;
  steps: number;
  /** Milliseconds the invocation had. */
  windowMs?: number;
  reserveMs?: number;
  handOffMs?: number;
  /** How long it waited so as not to be faster than it is allowed to be, as its work reported. */
  pausedMs?: number;
  /** Left when it ended. */
  unusedMs?: number;
  error?: string;
  /** Estimated cost of its run up to its end, as the run reported it there; a hop that was killed reports none. */
  costUsd?: number;
}

/** Progress that the work of a run reported. */
export interface ProgressSample {
  readonly atMs: number;
  /** The counters of all runs of the job, summed up. */
  readonly progress: Readonly<Record<string, number>>;
  /** The run that reported; absent in histories that older versions wrote. */
  readonly run?: string;
  /** The counters of that run alone. */
  readonly runProgress?: Readonly<Record<string, number>>;
}

/** The status of a run. */
export type RunStatus = "running" | "done" | "stopped" | "failed";

/** The history of one job, mostly one run: what the report draws. */
export interface RunHistory {
  readonly version: 1;
  /** The run, or of several the first. */
  run: string;
  readonly app: string;
  readonly input: { readonly name: string; readonly bytes: number };
  readonly timeoutMs: number;
  readonly startedAtMs: number;
  endedAtMs?: number;
  status: RunStatus;
  /** Why it did not end by itself. */
  reason?: string;
  readonly hops: HopHistory[];
  /** Progress that the work reported, over time. */
  readonly samples: ProgressSample[];
  costUsd: number;
  /** The verdict of the check of the output against the input. */
  check?: { readonly isOk: boolean; readonly message: string };
}

/** Figures of a run, derived from its history. */
export interface RunSummary {
  readonly run: string;
  readonly status: RunStatus;
  readonly hops: number;
  readonly records: number;
  readonly elapsedMs: number;
  readonly recordsPerSecond: number;
  /** Time in which at least one hop was at work: without cold starts, hand-offs, waits between hops, and pauses to keep a pace. */
  readonly workMs: number;
  readonly workRecordsPerSecond: number;
  /** Share of the granted time of handed-off hops that was used, from 0 to 1. */
  readonly usedShare: number;
  readonly timeouts: number;
  readonly errors: number;
  readonly coldStarts: number;
  readonly costUsd: number;
  readonly maxMemoryMb: number;
  readonly medianHandOffMs: number;
}

/** A hop's number as a text; an invocation that refused its event has none. */
export function hopNumber({ hop }: Pick<HopHistory, "hop">): string {
  return hop < 0 ? "-" : String(hop);
}

/** Whether an invocation ended badly, or its work reported an error. */
export function isFault({ status, error }: HopHistory): boolean {
  return status === "timeout" || status === "error" || status === "exit" || error !== undefined;
}

/** Derives the figures. Pure. */
export function summarize(history: RunHistory, nowMs: number): RunSummary {
  const { hops, samples } = history;
  const counted = hops.filter(({ status }) => status !== "duplicate");
  const elapsedMs = (history.endedAtMs ?? nowMs) - history.startedAtMs;
  const records = samples.reduce((most, { progress }) => Math.max(most, progress.records ?? 0), 0);
  const handedOff = hops.filter(({ status }) => status === "continued");
  const grantedMs = handedOff.reduce((sum, { windowMs = 0 }) => sum + windowMs, 0);
  const unusedMs = handedOff.reduce((sum, { unusedMs = 0 }) => sum + unusedMs, 0);
  const workMs = workTime(counted, nowMs);
  const handOffs = handedOff.map(({ handOffMs = 0 }) => handOffMs).sort((a, b) => a - b);
  return {
    run: history.run,
    status: history.status,
    hops: new Set(counted.map(({ run, hop }) => `${run} ${hop}`)).size,
    records,
    elapsedMs,
    recordsPerSecond: elapsedMs > 0 ? (records / elapsedMs) * 1000 : 0,
    workMs,
    workRecordsPerSecond: workMs > 0 ? (records / workMs) * 1000 : 0,
    usedShare: grantedMs > 0 ? 1 - unusedMs / grantedMs : 1,
    timeouts: hops.filter(({ status }) => status === "timeout").length,
    errors: hops.filter(({ status }) => status === "error" || status === "exit").length,
    coldStarts: hops.filter(({ cold }) => cold).length,
    costUsd: history.costUsd,
    maxMemoryMb: hops.reduce((most, { maxMemoryMb = 0 }) => Math.max(most, maxMemoryMb), 0),
    medianHandOffMs: handOffs[Math.floor(handOffs.length / 2)] ?? 0,
  };
}

/** How long at least one of the hops was at work. */
function workTime(hops: readonly HopHistory[], nowMs: number): number {
  const spans = hops.map(
    ({ startedAtMs, endedAtMs = nowMs, handOffMs = 0, pausedMs = 0 }) =>
      [startedAtMs, endedAtMs - handOffMs - pausedMs] as const,
  );
  let totalMs = 0;
  let untilMs = Number.NEGATIVE_INFINITY;
  for (const [fromMs, toMs] of spans.sort(([a], [b]) => a - b)) {
    totalMs += Math.max(0, toMs - Math.max(fromMs, untilMs));
    untilMs = Math.max(untilMs, toMs);
  }
  return totalMs;
}
