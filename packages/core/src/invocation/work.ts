import { call } from "../calls/call.ts";
import { CallTimeoutError } from "../calls/call-errors.ts";
import { timeBox } from "../calls/time-box.ts";
import { HopEndingError, isPermanent } from "../errors.ts";
import type { RunContext } from "../options.ts";
import { pump, type StopCause } from "../pump.ts";
import { checkGuards, type StopReason } from "../recursion/guards.ts";
import { lineageDepth } from "../recursion/lineage.ts";
import { admitState, StateVersionError } from "../state/codec.ts";
import { entryState } from "../state/entry-state.ts";
import { toJson } from "../state/json.ts";
import { reasonOf } from "../state/requested-reason.ts";
import type { WriteAnswer } from "../state/run-store.ts";
import { spillWithin } from "../state/spill.ts";
import { YieldedState } from "../state/yielded-state.ts";
import type { EnteredHop } from "./enter.ts";
import type { Invocation } from "./invocation.ts";

/** A checkpoint may take so long, in milliseconds, or as long as the time between two if that is longer. */
const CHECKPOINT_MS = 5_000;

/** How the work of a hop ended. */
export type WorkEnd<State, Result> =
  /** It was not to begin, or could not. */
  | { readonly kind: "stop"; readonly reason: StopReason }
  | { readonly kind: "returned"; readonly result: Result }
  /** Another invocation has the run. */
  | { readonly kind: "fenced" }
  | {
      readonly kind: "continue";
      readonly cause: StopCause;
      /** The run sleeps until then. */
      readonly wakeAtMs?: number | undefined;
      /** The last safe point, made durable, and as JSON; the state that the hop began with if it reached none. */
      readonly state: State;
      readonly text: string;
      /** Whether that is the very state that the hop began with, although it made steps. */
      readonly isSame: boolean;
      /** Milliseconds that were left when the work ended. */
      readonly leftMs: number;
    };

/** Does the work of a hop: from the guards to its last safe point, or its result. */
export async function workHop<Event, State, Result>(
  invocation: Invocation<Event, State, Result>,
  entered: EnteredHop<State, Result>,
): Promise<WorkEnd<State, Result>> {
  const { settings, remainingMs } = invocation;
  const { host, limits } = settings;
  const { hop, budget, reporter } = entered;
  const reason = await guard(invocation, entered);
  if (reason) return { kind: "stop", reason };
  const { attempt, startedAtMs: startedAt } = entered;
  reporter.emit({ type: "hop.start", reserveMs: budget.reserveMs, attempt, startedAt });
  let entry: State;
  await entered.lease?.keepFirst(() => budget.usableMs);
  try {
    entry = await entryOf(invocation, entered);
  } catch (error) {
    if (!(error instanceof StateVersionError)) throw error;
    return { kind: "stop", reason: { code: "VERSION_MISMATCH", message: error.message } };
  }
  const entryText = toJson(entry);
  // Where the platform does not kill, a slow start can outlast the lease: another invocation may have the run by now.
  // https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances.html
  if (remainingMs() <= 0) throw new HopEndingError(remainingMs());
  const yielded = new YieldedState();
  const wantsSteps = settings.observers.some((observer) => observer.wantsSteps);
  const end = await pump<State, Result>({
    host,
    hop,
    budget,
    watchdogIntervalMs: settings.watchdogIntervalMs,
    stepTimeoutMs: settings.stepTimeoutMs,
    heartbeat: entered.heartbeat,
    tickEveryMs: settings.checkpointEveryMs,
    tick: (cut) => tick(invocation, entered, cut),
    onYield: (state) => yielded.check(state, hop.steps),
    onStep: wantsSteps ? () => reporter.emit({ type: "step" }) : undefined,
    work: (signal) => settings.run(entry, runContext(invocation, entered, signal)),
  });
  if (hop.hasEnded) {
    await end.close?.();
    entered.heartbeat?.assertKnown();
    return { kind: "fenced" };
  }
  if (end.cause === "returned") return { kind: "returned", result: end.result };
  const leftMs = remainingMs();
  let text: string;
  try {
    const durable = await hop.durableState("handoff");
    text = hop.steps === 0 ? entryText : toJson(durable);
    hop.persistState = undefined;
  } finally {
    // Not before: the generator's `finally` blocks may change what it yielded.
    await end.close?.();
  }
  const state = JSON.parse(text) as State;
  hop.state = hop.steps === 0 ? undefined : state;
  const { cause, wakeAtMs } = end;
  // One that polls sleeps at the same state again and again.
  const mayBeSame = limits.isSameStateProgress || wakeAtMs !== undefined;
  const isSame = hop.steps > 0 && hop.number > 0 && text === entryText && !mayBeSame;
  return { kind: "continue", cause, wakeAtMs, state, text, isSame, leftMs };
}

async function guard<Event, State, Result>(
  invocation: Invocation<Event, State, Result>,
  { hop, record, pinned, stats, startedAtMs }: EnteredHop<State, Result>,
): Promise<StopReason | undefined> {
  const { settings, context } = invocation;
  const { limits, host } = settings;
  if (await isKilled(invocation)) return { code: "KILL_SWITCH", message: "The kill switch is on." };
  const requested = reasonOf(record?.requested);
  if (requested) return requested;
  const { functionVersion } = context;
  if (pinned !== undefined && pinned !== functionVersion) {
    const message = `The run is pinned to function version ${pinned}, and this is ${functionVersion}.`;
    return { code: "VERSION_MISMATCH", message };
  }
  return checkGuards(
    { ...limits, ...record?.limits },
    {
      hop: hop.number,
      stats,
      ageMs: host.now() - startedAtMs - (record?.sleptMs ?? 0),
      failures: (record?.failures ?? 1) - 1,
      lastError: record?.lastError,
      depth: lineageDepth(host.env("_X_AMZN_TRACE_ID")),
    },
  );
}

/** Asks whether the kill switch is on. A question that is not answered must not hold the run up. */
function isKilled<Event, State, Result>({
  settings,
  remainingMs,
}: Invocation<Event, State, Result>): boolean | Promise<boolean> {
  const answer = settings.isKilled();
  if (typeof answer === "boolean") return answer;
  const { host } = settings;
  return call(() => answer, { name: "isKilled()", kind: "control", budgetMs: remainingMs, attempts: 1, host });
}

/** The state to go on from: what an earlier hop or attempt left, else a new one. */
async function entryOf<Event, State, Result>(
  { settings, context }: Invocation<Event, State, Result>,
  { opened, base, hop, record, budget }: EnteredHop<State, Result>,
): Promise<State> {
  const { host, stateKey, start } = settings;
  const budgetMs = () => budget.usableMs;
  const codec = { ...settings, spill: settings.spill && spillWithin(settings.spill, host, budgetMs) };
  const found = await entryState({ opened, run: hop.run, record, codec, stateKey });
  const admit = async () => (found ? admitState(settings, found.state, found.version) : start(base as Event, context));
  const name = found ? "migrate()" : "start()";
  try {
    // What is the user's may take as long as there is time to give the lease back.
    return await call(admit, { name, kind: "long-operation", budgetMs, attempts: 1, host });
  } catch (error) {
    // It is the work that took too long, and no service.
    if (error instanceof CallTimeoutError && error.call === name) throw new HopEndingError(budget.remainingMs);
    throw error;
  }
}

function runContext<Event, State, Result>(
  { context, settings: { historyHops } }: Invocation<Event, State, Result>,
  { hop, lease, record, attempt, startedAtMs, base, budget }: EnteredHop<State, Result>,
  signal: AbortSignal,
): RunContext<Event, State> {
  return {
    run: {
      id: hop.run,
      hop: hop.number,
      attempt,
      isRecorded: lease !== undefined,
      isRewindable: historyHops !== undefined,
      rewinds: record?.rewinds ?? 0,
      deaths: record === undefined || record.lastError ? 0 : Math.max(0, record.failures - 1),
      startedAt: startedAtMs,
      fence: hop.fence,
    },
    event: base as Event,
    context,
    budget,
    signal,
    progress(counters) {
      hop.progress = counters;
    },
    saveNext() {
      hop.isSaveAsked = true;
    },
    onPersist(persist) {
      if (!hop.hasEnded) hop.persistState = persist;
    },
    onSaved(saved) {
      if (!hop.hasEnded) hop.onSaved = saved;
    },
  };
}

/** At a safe point every few seconds: saves it, and sees what is asked of the run. `true` ends the hop. */
async function tick<Event, State, Result>(
  invocation: Invocation<Event, State, Result>,
  { hop, lease, budget, accounts, record, startedAtMs, reporter }: EnteredHop<State, Result>,
  cut: AbortSignal | undefined,
): Promise<boolean> {
  const { settings, remainingMs } = invocation;
  const { host, checkpointEveryMs } = settings;
  const beganMs = remainingMs();
  let answer: WriteAnswer | undefined;
  if (lease) {
    // A store that does not answer makes the work slower, by no more than it makes it safer.
    const limitMs = Math.min(Math.max(CHECKPOINT_MS, checkpointEveryMs), lease.heartbeatMs ?? Number.POSITIVE_INFINITY);
    const budgetMs = timeBox(() => budget.usableMs, limitMs);
    try {
      const durable = await hop.durableState("checkpoint");
      answer = await lease.checkpoint(durable, accounts.now(), budgetMs, cut);
      if (answer.ok) await hop.onSaved?.(durable);
    } catch (error) {
      if (isPermanent(error)) throw error;
      // A checkpoint bounds what a crash repeats; without it the work is no less right.
      reporter.error(error);
    }
    if (answer && !answer.ok) {
      hop.end();
      return true;
    }
  }
  reporter.emit({
    type: "checkpoint",
    isDurable: answer?.ok === true,
    durationMs: Math.max(0, beganMs - remainingMs()),
  });
  if (answer?.ok && answer.requested) return true;
  const { maxCostUsd, maxDurationMs } = { ...settings.limits, ...record?.limits };
  const isTooOld = host.now() - startedAtMs - (record?.sleptMs ?? 0) >= maxDurationMs;
  return accounts.now().costUsd >= maxCostUsd || isTooOld || (await isKilled(invocation));
}
