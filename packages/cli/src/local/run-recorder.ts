import type { LambdaEvents } from "@longhaul/local";
import { runEventOf } from "@longhaul/local/testing";
import type { HopHistory, RunHistory } from "../report/run-history.ts";
import { outcomesOf } from "./said-outcome.ts";
import { type BadEnd, endHop, hopOf, SeenRuns } from "./seen-runs.ts";

/** The events of the embedded Lambda a recorder listens to. */
export interface LambdaEventSource {
  on<Name extends keyof LambdaEvents>(name: Name, listener: (event: LambdaEvents[Name]) => void): () => void;
}

/** The status in a run's record. `live`: the run will continue, by itself or when its lease is over. */
export type RecordedRun =
  | { readonly status: "done" }
  | { readonly status: "live" /** Milliseconds since 1970. */; readonly leaseUntilMs: number }
  | BadEnd;

/** A run that a sweep is to wake. */
export interface SilentRun {
  readonly run: string;
  /** Before, a sweep leaves it alone. Milliseconds since 1970. */
  readonly leaseUntilMs: number;
}

/** Options of a recorder, known before the run begins. */
export interface RecorderOptions {
  readonly app: string;
  readonly functionName: string;
  readonly input: RunHistory["input"];
  readonly timeoutMs: number;
  readonly now: () => number;
  /** Settles when nothing is under way: no function at work, nothing queued for one, nothing on its way to one. */
  readonly atRest: () => Promise<void>;
  /** Reads the record of a run; `undefined` if it has none. Default: no run has a record. */
  readonly recordOf?: (run: string) => Promise<RecordedRun | undefined>;
  /** Whether a schedule looks after runs that have gone silent. Default: no. */
  readonly isSwept?: () => boolean;
  /** Whether the runs never end, so that the job is done when all is at rest. Default: no. */
  readonly isEndless?: boolean;
  /** So many runs have to begin. Default 0. */
  readonly leastRuns?: () => number;
  /** Called when nothing is under way but a sweep that is still to come. */
  readonly onSilence?: (silent: SilentRun) => void;
  /** Called after each change. */
  readonly onChange?: (history: RunHistory) => void;
}

/** A job being recorded: a run, and the runs that it starts of the same function. */
export interface RunRecorder {
  readonly history: RunHistory;
  /** Waits, once all is put and started, until the job is over or nothing is left to wait for. */
  ended(): Promise<RunHistory>;
  stop(): void;
}

/** So many sweeps that could wake a silent run may pass without doing so. */
const MAX_SILENT_SWEEPS = 5;

/** Records a job from what the embedded Lambda says of its invocations, what they answer and what the function logs. */
export function recordRun(lambda: LambdaEventSource, options: RecorderOptions): RunRecorder {
  const { now, onChange, atRest, recordOf, isSwept = () => false, leastRuns = () => 0 } = options;
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
  const runs = new SeenRuns(history);
  let invocations = 0;
  /** How the last invocation failed; `undefined` if it did not. */
  let lastError: string | undefined;
  let lastEndMs = history.startedAtMs;
  let wake: () => void = () => {};
  const { promise: endedBadly, resolve: noteBadEnd } = Promise.withResolvers<void>();

  const isOurs = (event: { functionName: string }) => event.functionName === options.functionName;
  const end = (status: RunHistory["status"], reason?: string) => {
    if (history.status !== "running") return;
    history.status = status;
    if (reason !== undefined) history.reason = reason;
    history.endedAtMs = status === "done" && !options.isEndless ? lastEndMs : now();
    history.run ||= history.hops[0]?.requestId ?? `${options.app} at ${history.startedAtMs}`;
    if (status !== "done") noteBadEnd();
  };
  const endBadly = (bad: BadEnd | undefined) => bad && end(bad.status, bad.reason);

  const unsubscribe = [
    lambda.on("invoke.start", (event) => {
      wake();
      if (!isOurs(event)) return;
      invocations += 1;
      const { requestId, attempt, sandboxId, cold, startedAtMs } = event;
      const begun = { run: "", hop: -1, status: "running", steps: 0 } as const;
      const hop: HopHistory = { ...begun, requestId, attempt, sandboxId, cold, startedAtMs };
      open.set(requestId, [hop]);
      history.hops.push(hop);
      onChange?.(history);
    }),
    lambda.on("log", (event) => {
      if (!isOurs(event)) return;
      const said = runEventOf(event.message);
      const hops = open.get(event.requestId ?? "");
      if (!said || !hops) return;
      const hop = hopOf(hops, said.run, now());
      if (!history.hops.includes(hop)) history.hops.push(hop);
      endBadly(runs.note(hop, said));
      onChange?.(history);
    }),
    lambda.on("invoke.end", (event) => {
      const hops = open.get(event.requestId);
      if (!isOurs(event) || !hops) return;
      open.delete(event.requestId);
      lastError = event.error;
      lastEndMs = now();
      for (const outcome of outcomesOf(event.answer)) {
        const hop = hopOf(hops, outcome.run, now());
        if (!history.hops.includes(hop)) history.hops.push(hop);
        endBadly(runs.noteOutcome(hop, outcome));
      }
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

  /** Judges a job at rest: ends it, or answers with the run that a sweep is to wake. */
  async function judge(): Promise<SilentRun | undefined> {
    if (invocations === 0) {
      end("failed", `Nothing invoked the function ${options.functionName}. Does what should start it take this input?`);
      return undefined;
    }
    if (options.isEndless) {
      end("done");
      return undefined;
    }
    const records = await Promise.all(runs.open.map(async (run) => ({ run, record: await recordOf?.(run) })));
    for (const { run, record } of records) {
      if (record === undefined) runs.forgetIfOnlyPrinted(run, recordOf !== undefined);
      else if ("reason" in record) endBadly(record);
      else if (record.status === "done") runs.markOver(run);
    }
    const [silent] = runs.open;
    if (silent !== undefined) {
      const record = records.find(({ run }) => run === silent)?.record;
      if (record?.status === "live" && isSwept()) return { run: silent, leaseUntilMs: record.leaseUntilMs };
      end("failed", silence(silent));
    } else if (runs.count < leastRuns()) {
      end("failed", `${runs.count} runs began, not ${leastRuns()}: some of the input started none.`);
    } else if (runs.count === 0 && lastError !== undefined) end("failed", lastError);
    else end("done");
    return undefined;
  }

  function silence(run: string): string {
    const hop = history.hops.findLast((each) => each.run === run);
    return `Run ${run} went silent after hop ${hop?.hop ?? 0}, and nothing is left to wait for.${lastError === undefined ? "" : ` Last error: ${lastError}`}`;
  }

  return {
    history,
    async ended() {
      let sweeps = 0;
      let judgedInvocations = 0;
      let told = -1;
      while (history.status === "running") {
        await Promise.race([atRest(), endedBadly]);
        if (history.status !== "running") break;
        const { promise: activity, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        const silent = await judge();
        if (silent === undefined) break;
        const { run, leaseUntilMs } = silent;
        sweeps = invocations === judgedInvocations && now() > leaseUntilMs ? sweeps + 1 : 0;
        judgedInvocations = invocations;
        if (sweeps > MAX_SILENT_SWEEPS) {
          end("failed", `${silence(run)} ${MAX_SILENT_SWEEPS} sweeps did not wake it.`);
          break;
        }
        if (told !== leaseUntilMs) options.onSilence?.(silent);
        told = leaseUntilMs;
        await Promise.race([activity, endedBadly]);
      }
      onChange?.(history);
      return history;
    },
    stop() {
      for (const off of unsubscribe) off();
    },
  };
}
