import { assertTimeToWork, TimeBudget } from "../budget/time-budget.ts";
import { call } from "../calls/call.ts";
import { timeBox } from "../calls/time-box.ts";
import { EventError, RunUnknownError } from "../errors.ts";
import { Hop, type HopId } from "../hop.ts";
import { type HandOffDriver, sendAtWaking, sendWithRetry } from "../recursion/driver.ts";
import { isRunId, NO_STATS, type OpenedEvent, openEvent, RUN_ID, type RunStats } from "../recursion/envelope.ts";
import { handOffOfRecord } from "../recursion/event-of-record.ts";
import { type Outcome, RunFailedError } from "../recursion/outcome.ts";
import { defaultRunId } from "../recursion/run-id.ts";
import { pinnedTarget } from "../recursion/target.ts";
import { broughtState } from "../state/entry-state.ts";
import { Heartbeat } from "../state/heartbeat.ts";
import { fromJson } from "../state/json.ts";
import { type Lease, resultOf, takeLease } from "../state/run-lease.ts";
import type { BeginAnswer, RunRecord } from "../state/run-store.ts";
import { isWakeUp, openSealed } from "../state/sealed-event.ts";
import { Accounts } from "./accounts.ts";
import type { Invocation } from "./invocation.ts";
import type { Reporter } from "./reporter.ts";
import { tellEnd } from "./tell-end.ts";

/** An event, and the hop that it is for. */
export interface IdentifiedHop {
  readonly id: HopId;
  readonly opened: OpenedEvent;
  /** Whether it is to be checked against the run's record, as it is not sealed. */
  readonly isUnsealed: boolean;
}

/** Facts about a run when its hop begins. */
interface RunFacts {
  /** The parameters of the run: its record's event where there is one. */
  readonly base: OpenedEvent["base"];
  /** The record as it was when the lease was taken. */
  readonly record: RunRecord | undefined;
  /** Which attempt of the hop this is, from 1. */
  readonly attempt: number;
  readonly startedAtMs: number;
  /** Usage before this hop. */
  readonly stats: RunStats;
  /** The function version that the run is to stay on. */
  readonly pinned: string | undefined;
}

/** A hop that may run. */
export interface EnteredHop<State, Result> extends IdentifiedHop, RunFacts {
  readonly isRefused: false;
  readonly hop: Hop<State>;
  readonly reporter: Reporter<Result>;
  readonly lease: Lease | undefined;
  /** Renews the lease, where heartbeats keep it. */
  readonly heartbeat: Heartbeat | undefined;
  /** ARN by which the next hop is invoked. */
  readonly target: string;
  /** The version that this function pins the run to. */
  readonly pin: string | undefined;
  readonly budget: TimeBudget;
  readonly accounts: Accounts;
}

/** An invocation that is not to run, and what it answers. */
export interface RefusedHop<Result> {
  readonly isRefused: true;
  readonly outcome: Outcome<Result>;
}

/**
 * Opens the event and names its run.
 *
 * @throws {@link EventError} for an event that this handler cannot begin or continue from; {@link ConfigError} if the
 * reserve leaves no time to work.
 */
export async function identifyHop<Event, State, Result>(
  { settings, context, windowMs }: Invocation<Event, State, Result>,
  event: unknown,
): Promise<IdentifiedHop> {
  const { host, store, stateKey, runId, runScope, seal, reserveMs = "learned" } = settings;
  assertTimeToWork(reserveMs, windowMs);
  let opened = openEvent(event, stateKey);
  const isUnsealed = seal !== undefined && store !== undefined && isWakeUp(opened);
  if (seal && !isUnsealed) opened = await openSealed(seal, opened);
  const { base, envelope } = opened;
  const run = envelope?.run ?? runId?.(base as Event, context) ?? defaultRunId(base, context, runScope);
  if (!isRunId(run)) throw new EventError(`runId() must answer with ${RUN_ID}.`);
  return { id: { run, number: envelope?.hop ?? 0, owner: host.id() }, opened, isUnsealed };
}

/** Takes the lease of the hop, where there is a store. What the run works on and has used then comes from its record. */
export async function enterHop<Event, State, Result>(
  invocation: Invocation<Event, State, Result>,
  identified: IdentifiedHop,
  reporter: Reporter<Result>,
): Promise<EnteredHop<State, Result> | RefusedHop<Result>> {
  const { settings, context, remainingMs, windowMs } = invocation;
  const { host, store, stateKey, skewMs, version, pricing } = settings;
  const { id, opened, isUnsealed } = identified;
  const { base, envelope } = opened;
  const pin = version === "pin" ? (envelope?.pinned ?? context.functionVersion) : undefined;
  const target = pin === undefined ? context.invokedFunctionArn : pinnedTarget(context.invokedFunctionArn, pin);
  const startedAtMs = envelope?.startedAt ?? host.now();
  const stats = envelope?.stats ?? NO_STATS;
  const enter = (hop: Hop<State>, lease: Lease | undefined, facts: RunFacts): EnteredHop<State, Result> => {
    hop.progress = facts.record?.progress ?? {};
    const budget = budgetOf(invocation, facts.stats);
    const memoryMb = Number(context.memoryLimitInMB) || 128;
    const parts = { before: facts.stats, hop, budget, remainingMs, windowMs, memoryMb, pricing };
    const accounts = new Accounts(parts);
    const own = reporter.of(hop);
    const heartbeat = lease && heartbeatOf(invocation, hop, lease, own);
    const found = { ...identified, ...facts, hop, lease, heartbeat, target, pin, budget, accounts };
    return { ...found, isRefused: false, reporter: own };
  };
  if (!store) {
    const pinned = envelope?.pinned ?? pin;
    return enter(new Hop<State>(id, undefined), undefined, {
      base,
      record: undefined,
      attempt: 1,
      startedAtMs,
      stats,
      pinned,
    });
  }
  // A store that does not answer must not use up the whole invocation; the platform's retry asks again.
  const budgetMs = timeBox(remainingMs, windowMs / 2);
  const event = JSON.stringify(base);
  if (isUnsealed) await assertRecorded(invocation, id, event, budgetMs);
  const answer = await takeLease<State>(
    {
      store,
      codec: settings,
      host,
      id,
      terms: { remainingMs, heartbeatMs: settings.heartbeatMs },
      historyHops: settings.historyHops,
    },
    {
      skewMs,
      startedAtMs,
      target,
      event,
      stats,
      ...(stateKey !== undefined && { stateKey }),
      ...(context.tenantId !== undefined && { tenantId: context.tenantId }),
      ...(pin !== undefined && { pinned: pin }),
      tellsEnd: settings.onEnd !== undefined,
      keepsHistory: settings.historyHops !== undefined,
      brought: opened.state === undefined ? undefined : broughtState(opened, settings),
      stateRef: envelope?.stateRef,
    },
    budgetMs,
  );
  if (!answer.ok) {
    return { isRefused: true, outcome: await answerRefusal(invocation, id, reporter, answer, budgetMs) };
  }
  const { hop, lease, record } = answer;
  return enter(hop, lease, {
    base: fromJson(record.event, "record.event") as OpenedEvent["base"],
    record,
    attempt: record.attempt,
    startedAtMs: record.startedAtMs,
    stats: record.stats,
    pinned: record.pinned,
  });
}

/** Renews a lease that heartbeats keep, from now to the end of the hop. */
function heartbeatOf<Event, State, Result>(
  { settings, remainingMs }: Invocation<Event, State, Result>,
  hop: Hop<State>,
  lease: Lease,
  reporter: Reporter<Result>,
): Heartbeat | undefined {
  const { host, heartbeatMs } = settings;
  if (heartbeatMs === undefined) return undefined;
  return new Heartbeat({ lease, hop, host, heartbeatMs, remainingMs, onTrouble: (error) => reporter.error(error) });
}

/** The time that is left for the work. */
function budgetOf<Event, State, Result>(
  { settings, container, remainingMs }: Invocation<Event, State, Result>,
  { budget: learned }: RunStats,
): TimeBudget {
  const { reserveMs = "learned" } = settings;
  const leftMs = remainingMs();
  // A slow store may leave less than the reserve. The hop then hands off at once; it is no fault of the settings.
  const isTooLong = reserveMs !== "learned" && leftMs > 0 && reserveMs >= leftMs;
  const budget = new TimeBudget({ remainingMs, reserveMs: isTooLong ? leftMs / 2 : reserveMs, learned });
  if (container.handOffMs !== undefined) budget.addHandOff(container.handOffMs);
  return budget;
}

/**
 * Refuses an event that a sealed function did not seal, unless it is what a sweep sends: that of the run's record.
 *
 * @throws {@link EventError}, {@link RunUnknownError}
 */
async function assertRecorded<Event, State, Result>(
  { settings }: Invocation<Event, State, Result>,
  { run, number }: HopId,
  event: string,
  budgetMs: () => number,
): Promise<void> {
  const { store, host } = settings;
  const read = (signal: AbortSignal) => store?.get(run, signal) ?? Promise.resolve(undefined);
  const record = await call(read, { name: "The run store's get", kind: "control", budgetMs, host });
  if (!record) throw new RunUnknownError(run, number);
  if (record.event === event) return;
  throw new EventError(
    `The event continues run ${run} but is not sealed, and is not what the run was begun with; this function takes only sealed ones.`,
  );
}

/** Answers for an invocation that may not run, and does again what may have been lost: a hand-off, or telling of the end. */
async function answerRefusal<Event, State, Result>(
  invocation: Invocation<Event, State, Result>,
  id: HopId,
  reporter: Reporter<Result>,
  { refusal, record }: BeginAnswer & { readonly ok: false },
  budgetMs: () => number,
): Promise<Outcome<Result>> {
  const { settings, context } = invocation;
  const { driver, host } = settings;
  if (record?.atEnd === "telling") await tellEnd(invocation, id.run, reporter);
  if ((refusal === "handed-off" || refusal === "older") && record && driver.returnsContinuation) {
    return answerElsewhere(record, driver, reporter);
  }
  // The hand-off of this hop may have been lost; the lease is fenced, so a second one is harmless.
  if (refusal === "handed-off" && record) await sendWithRetry(driver, handOffOfRecord(record, driver), host, budgetMs);
  if (refusal === "sleeping" && record?.wakeAtMs !== undefined) {
    if (driver.returnsContinuation) return answerElsewhere(record, driver, reporter);
    // A retry of the hop that put it to sleep: what was to wake it may have been lost. An early event is dropped.
    if (id.number < record.hop) {
      const message = handOffOfRecord(record, driver);
      await sendAtWaking(driver, message, record.wakeAtMs, host, budgetMs).catch((error) => reporter.error(error));
    }
  }
  if (refusal === "over" && record?.phase === "done" && driver.returnsContinuation) {
    const json = resultOf(record);
    const result = (json === undefined ? undefined : fromJson(json, "result")) as Result;
    return reporter.outcome({ status: "done", message: "all done, by an invocation before this one", result });
  }
  reporter.emit({ type: "duplicate", refusal });
  const { phase, reason } = record ?? {};
  // A retry of the event whose hop failed: it is to reach the dead letter, and not to count as done.
  const isFailed = phase === "failed" && record?.hop === id.number;
  if (isFailed && reason && driver.hasDeadLetter && !context.readsOutcome) throw new RunFailedError(id.run, reason);
  return reporter.outcome({
    status: "duplicate",
    message: `not this invocation's: ${refusal}`,
    refusal,
    ...(phase && { phase }),
    ...(reason && { reason }),
  });
}

/** Leads a caller to where its run is by now: to be invoked again, or after it has slept. */
function answerElsewhere<Result>(
  record: RunRecord,
  driver: HandOffDriver,
  reporter: Reporter<Result>,
): Outcome<Result> {
  const { event: continuation } = handOffOfRecord(record, driver);
  if (record.phase === "sleeping" && record.wakeAtMs !== undefined) {
    const wakeAt = new Date(record.wakeAtMs).toISOString();
    return reporter.outcome({ status: "sleeping", message: `sleeping until ${wakeAt}`, wakeAt, continuation });
  }
  const message = `to be continued at hop ${record.hop}, where the run is`;
  return reporter.outcome({ status: "continued", message, continuation });
}
