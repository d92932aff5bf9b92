import type { LambdaEvents } from "../lambda/lambda-events.ts";
import { runEventOf } from "./run-event.ts";
import type { HopHistory, RunHistory } from "./run-history.ts";

/** The events of the embedded Lambda a recorder listens to. */
export interface LambdaEventSource {
  on<Name extends keyof LambdaEvents>(name: Name, listener: (event: LambdaEvents[Name]) => void): () => void;
}

/** What is known when a run is begun. */
export interface RecorderOptions {
  readonly app: string;
  readonly functionName: string;
  readonly input: RunHistory["input"];
  readonly timeoutMs: number;
  readonly now: () => number;
  /** Resolves when nothing is under way any more: then a run that was started by another has been seen. */
  readonly idle?: () => Promise<void>;
  /** So many runs there are at the least; the job is not over before. Default 1. */
  readonly leastRuns?: () => number;
  /** Called after each change. */
  readonly onChange?: (history: RunHistory) => void;
}

/** A run being recorded. */
export interface RunRecorder {
  readonly history: RunHistory;
  /** Resolves when all runs that were seen have ended, or an event was dropped by the platform. */
  readonly ended: Promise<RunHistory>;
  /** Looks again whether all are over, after `leastRuns` has changed. */
  look(): void;
  stop(): void;
}

/** What is known of one of the job's runs. */
interface SeenRun {
  isOver: boolean;
  /** What the work reported last. */
  progress: Readonly<Record<string, number>>;
  costUsd: number;
}

/** Records a run, and the runs that it starts of the same function, from what the embedded Lambda says of its invocations and what the function logs. */
export function recordRun(lambda: LambdaEventSource, options: RecorderOptions): RunRecorder {
  const { now, onChange, idle = async () => {}, leastRuns = () => 1 } = options;
  const history: RunHistory = {
    version: 1,
    run: "",
    app: options.app,
    input: options.input,
    timeoutMs: options.timeoutMs,
    startedAtMs: now(),
    status: "running",
    hops: [],
    samples: [],
    costUsd: 0,
  };
  /** By invocation: one hop mostly; one for each run if it began several, as with messages of a batch. */
  const open = new Map<string, HopHistory[]>();
  const runs = new Map<string, SeenRun>();
  const { promise: ended, resolve } = Promise.withResolvers<RunHistory>();
  const isOurs = (event: { functionName: string }) => event.functionName === options.functionName;
  const end = (status: RunHistory["status"], reason?: string, atMs = now()) => {
    if (history.status !== "running") return;
    history.status = status;
    if (reason !== undefined) history.reason = reason;
    history.endedAtMs = atMs;
    resolve(history);
  };
  const endIfAllAreOver = async () => {
    const areOver = () => runs.size >= leastRuns() && [...runs.values()].every(({ isOver }) => isOver);
    if (!areOver()) return;
    const overAtMs = now();
    await idle();
    if (areOver()) end("done", undefined, overAtMs);
  };
  const unsubscribe = [
    lambda.on("invoke.start", (event) => {
      if (!isOurs(event)) return;
      const { requestId, attempt, sandboxId, cold, startedAtMs } = event;
      const hop: HopHistory = {
        requestId,
        run: "",
        hop: -1,
        attempt,
        sandboxId,
        cold,
        startedAtMs,
        status: "running",
        steps: 0,
      };
      open.set(requestId, [hop]);
      history.hops.push(hop);
      onChange?.(history);
    }),
    lambda.on("log", (event) => {
      if (!isOurs(event)) return;
      const said = runEventOf(event.message);
      const hops = open.get(event.requestId ?? "");
      if (!said || !hops) return;
      const hop = hopOf(hops, String(said.run ?? ""), now());
      if (!history.hops.includes(hop)) history.hops.push(hop);
      note(history, runs, hop, said);
      if (said.type === "done" || said.type === "duplicate") void endIfAllAreOver();
      if (said.type === "stopped") end("stopped", String(said.message));
      onChange?.(history);
    }),
    lambda.on("invoke.end", (event) => {
      const hops = open.get(event.requestId);
      if (!isOurs(event) || !hops) return;
      open.delete(event.requestId);
      const endedAtMs = (hops[0]?.startedAtMs ?? now()) + event.durationMs;
      for (const hop of hops) endHop(history, hop, endedAtMs, event);
      onChange?.(history);
    }),
    lambda.on("dropped", (event) => {
      if (!isOurs(event)) return;
      const last = history.hops.findLast(({ error }) => error !== undefined)?.error;
      end("failed", last ?? `the platform dropped the event: ${event.reason}`);
      onChange?.(history);
    }),
  ];
  return {
    history,
    ended,
    look: () => void endIfAllAreOver(),
    stop() {
      for (const off of unsubscribe) off();
    },
  };
}

/** The hop of a run among those of an invocation; a new one if all are other runs'. */
function hopOf(hops: HopHistory[], run: string, nowMs: number): HopHistory {
  const known = hops.find((hop) => hop.run === run || hop.run === "");
  if (known) return known;
  const [{ requestId, attempt, sandboxId }] = hops as [HopHistory];
  const begun = { cold: false, startedAtMs: nowMs, status: "running", steps: 0 } as const;
  const hop: HopHistory = { requestId, run, hop: -1, attempt, sandboxId, ...begun };
  hops.push(hop);
  return hop;
}

/** Takes in what the platform said of the end of a hop's invocation. */
function endHop(history: RunHistory, hop: HopHistory, endedAtMs: number, event: LambdaEvents["invoke.end"]): void {
  hop.endedAtMs = endedAtMs;
  hop.billedMs = event.billedMs;
  if (event.initMs !== undefined && hop.cold) hop.initMs = event.initMs;
  if (event.maxMemoryMb !== undefined) hop.maxMemoryMb = event.maxMemoryMb;
  if (event.status !== "ok") {
    hop.status = event.status;
    if (event.error !== undefined) hop.error = event.error;
  } else if (hop.hop === -1) {
    // It did something else, such as taking messages from a queue.
    history.hops.splice(history.hops.indexOf(hop), 1);
  } else if (hop.status === "running") {
    hop.status = "duplicate";
  }
}

/** Takes in what the function said of its hop. */
function note(history: RunHistory, runs: Map<string, SeenRun>, hop: HopHistory, said: Record<string, unknown>): void {
  if (typeof said.run === "string") hop.run = said.run;
  history.run ||= hop.run;
  if (typeof said.hop === "number") hop.hop = said.hop;
  if (typeof said.steps === "number") hop.steps = said.steps;
  if (typeof said.remainingMs === "number") hop.unusedMs = said.remainingMs;
  const run = runs.get(hop.run) ?? { isOver: false, progress: {}, costUsd: 0 };
  runs.set(hop.run, run);
  // Who was killed just after the end cannot say so; whoever comes later finds the run over.
  if (said.type === "done" || (said.type === "duplicate" && said.refusal === "over")) run.isOver = true;
  if (typeof said.costUsd === "number") run.costUsd = Math.max(run.costUsd, said.costUsd);
  history.costUsd = [...runs.values()].reduce((sum, { costUsd }) => sum + costUsd, 0);
  const { progress } = said;
  if (
    typeof progress === "object" &&
    progress !== null &&
    typeof said.at === "number" &&
    Object.keys(progress).length > 0
  ) {
    run.progress = progress as Record<string, number>;
    history.samples.push({ atMs: said.at, progress: sumOf([...runs.values()]) });
  }
  switch (said.type) {
    case "hop.start":
      hop.windowMs = said.windowMs as number;
      hop.reserveMs = said.reserveMs as number;
      hop.attempt = Math.max(hop.attempt, Number(said.attempt));
      break;
    case "handoff":
      hop.status = "continued";
      hop.cause = said.cause as string;
      hop.handOffMs = said.durationMs as number;
      break;
    case "done":
    case "stopped":
    case "duplicate":
      hop.status = said.type;
      break;
    case "error":
      hop.error = `${said.code}: ${said.message}`;
      break;
  }
}

/** Counters of all runs together. */
function sumOf(runs: readonly SeenRun[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const { progress } of runs) {
    for (const [name, count] of Object.entries(progress)) sum[name] = (sum[name] ?? 0) + count;
  }
  return sum;
}
