import { call } from "../calls/call.ts";
import { pause } from "../calls/retries.ts";
import { assertAmount } from "../config.ts";
import { ConfigError, RunIdTakenError, RunUnderWayError, RunWaitError } from "../errors.ts";
import { type Host, systemHost } from "../host.ts";
import { type HandOffDriver, sendWithRetry } from "../recursion/driver.ts";
import { isRunId, openEvent, RUN_ID } from "../recursion/envelope.ts";
import { handOffOfRecord } from "../recursion/event-of-record.ts";
import { finishEvent } from "../recursion/next-event.ts";
import { defaultRunId } from "../recursion/run-id.ts";
import type { RecursiveHandler } from "../recursive.ts";
import { toJson } from "../state/json.ts";
import { create } from "../state/lease.ts";
import { resume } from "../state/resume.ts";
import { rewind } from "../state/rewind.ts";
import type { RunStatus } from "../state/run-status.ts";
import type { RunLimits, RunRequest, RunStore } from "../state/run-store.ts";
import type { FailedEvent } from "./failed-event.ts";
import { detailsOf, type RunDetails } from "./run-details.ts";

/** The event of a handler that `recursive()` made. */
export type EventOf<Handler> = Handler extends RecursiveHandler<infer Event, infer _> ? Event : object;

/** The result of a handler that `recursive()` made. */
export type ResultOf<Handler> = Handler extends RecursiveHandler<infer _, infer Result> ? Result : unknown;

/** Options of {@link runClient}. */
export interface RunClientOptions {
  readonly store: RunStore;
  /** The channel that the runs' hops are handed off by. */
  readonly driver: HandOffDriver;
  /** Name or ARN of the function that begins runs. Needed by {@link RunClient.start} alone. */
  readonly target?: string | undefined;
  /** Key of the event under which the function carries its state, if it has one: `state.key`. */
  readonly stateKey?: string | undefined;
  /** Clock, timers and ids. Default: the machine's. For tests. */
  readonly host?: Host | undefined;
}

/** Options of {@link RunClient.start}. */
export interface StartOptions {
  /** Id of the run. The same id with the same event begins one run, however often it is asked. Default: a random one. */
  readonly runId?: string | undefined;
  /** The tenant that the run is for. Needed by a function that isolates tenants, and refused by Lambda for any other. */
  readonly tenantId?: string | undefined;
}

/** Options of {@link RunClient.wait}. */
export interface WaitOptions {
  /** Longest wait, in milliseconds. Default 900,000. */
  readonly timeoutMs?: number | undefined;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of {@link RunClient.list}. */
export interface ListOptions {
  /** Only runs in this status. Default: in any. */
  readonly status?: RunStatus | undefined;
  /** Only runs that began at this time or later. Default: all. */
  readonly startedAfter?: Date | undefined;
  /** Most runs in the answer. Default 100. */
  readonly limit?: number | undefined;
  /** Of the list before: continues behind it. */
  readonly cursor?: string | undefined;
}

/** A page of runs, the latest change first. */
export interface RunList<Event = unknown, Result = unknown> {
  readonly runs: readonly RunDetails<Event, Result>[];
  /** Asks for the next page; absent after the last one. A page may have fewer runs than asked for, even none. */
  readonly cursor?: string | undefined;
}

/** Options of {@link RunClient.resume}. */
export interface RunResumeOptions {
  /** Limits of this run from now on, in place of the function's guards: totals, counted from its beginning. */
  readonly limits?: RunLimits | undefined;
}

/** Options of {@link RunClient.rewind}. */
export interface RunRewindOptions extends RunResumeOptions {
  /** The hop to begin again at; one of `rewindableHops` of the run. */
  readonly hop: number;
}

/** Answer of {@link RunClient.redrive}. */
export interface Redriven<Event = unknown, Result = unknown> {
  /**
   * `resumed`: the run was failed, stopped or paused, and continues from its record. `sent`: the event of the run is on its way again.
   * `none`: its run is done, deleted or asleep, so there is nothing to begin.
   */
  readonly action: "resumed" | "sent" | "none";
  /** The run as it is now. Absent where the store has none. */
  readonly run?: RunDetails<Event, Result> | undefined;
}

/** Access to runs from outside the function that works on them. */
export interface RunClient<Event, Result> {
  /**
   * Begins a run: in the store first, then by its event. Asked again with the same `runId` and event, it begins no other.
   *
   * @throws {@link RunIdTakenError} if a run of that id has another event or tenant; {@link StateError} if the event is not JSON;
   * {@link HandOffError} if the event could not be sent: the next sweep sends it.
   */
  start(event: Event, options?: StartOptions): Promise<RunDetails<Event, Result>>;
  /** Reads a run, consistently; `undefined` if there is none of that id. */
  get(id: string): Promise<RunDetails<Event, Result> | undefined>;
  /**
   * Asks a run to stop. It ends at its next checkpoint or hop: `wait()` answers then. A run at rest stays as it is.
   *
   * @returns the run as it is now, or `undefined` if there is none of that id.
   */
  stop(id: string): Promise<RunDetails<Event, Result> | undefined>;
  /** Asks a run to pause, as {@link stop} does. A later request takes the place of an earlier one. */
  pause(id: string): Promise<RunDetails<Event, Result> | undefined>;
  /**
   * Lets a paused, stopped or failed run continue from its last safe point: in the store first, then by its event. Of a run
   * under way it takes back a stop or pause that the run has not seen yet. One that is done stays done.
   *
   * @returns the run as it is now, or `undefined` if there is none of that id.
   * @throws {@link ConfigError} for a limit that the run has reached; {@link RunUnderWayError} for limits of a run under way;
   * {@link HandOffError} if the event could not be sent: the next sweep sends it.
   */
  resume(id: string, options?: RunResumeOptions): Promise<RunDetails<Event, Result> | undefined>;
  /**
   * Begins a run again at an earlier hop, with the state that the hop began with: in the store first, then by its event. Its
   * function keeps those states if it has the option `history`. The run may be done, failed, stopped, paused, asleep or under
   * way; an attempt under way loses its lease, and its next write is refused. Effects outside are not undone, what the run
   * has used still counts, and its result is deleted.
   *
   * @returns the run as it is now, or `undefined` if there is none of that id.
   * @throws {@link RunHistoryError} for a hop that is not in the history, naming those that are; {@link ConfigError} for a
   * limit that the run has reached; {@link HandOffError} if the event could not be sent: the next sweep sends it.
   */
  rewind(id: string, options: RunRewindOptions): Promise<RunDetails<Event, Result> | undefined>;
  /**
   * Begins again what a failed event asked for, such as a message of a queue of failures; read its body with {@link failedEventOf}. A
   * run that the store has is resumed, or its event is sent again, so that nothing is done twice. The first event of a run that the
   * store does not have is sent again as it came, and a function without a `runId` of its own takes it for a new cause if it names
   * none. Delete the message after this has answered.
   *
   * @throws {@link EventError} for an event with a damaged envelope; {@link ConfigError} if neither the event nor the option target
   * names the function; {@link HandOffError} if the event could not be sent.
   */
  redrive(failed: FailedEvent, options?: RunResumeOptions): Promise<Redriven<Event, Result>>;
  /**
   * Deletes a run at rest: its event, state, result and history. Its id stays taken until the record's time to live, so that a late
   * event does not begin the run again. A state that was spilled stays where it is; a lifecycle rule deletes it.
   *
   * @returns whether there was such a run.
   * @throws {@link RunUnderWayError} for a run under way.
   */
  delete(id: string): Promise<boolean>;
  /**
   * Waits until a run is done, failed, stopped or paused. A run that has no record yet is waited for, too.
   *
   * @throws {@link RunWaitError} after `timeoutMs`; the reason of `signal` if it aborts.
   */
  wait(id: string, options?: WaitOptions): Promise<RunDetails<Event, Result>>;
  /** Lists runs by the store's index: it costs what the page holds, not what the store holds. */
  list(options?: ListOptions): Promise<RunList<Event, Result>>;
}

/** How long one question to the store, or one send, may take with its tries, in milliseconds. */
const BUDGET_MS = 30_000;
const WAIT_MS = 900_000;
const LIST_LIMIT = 100;
/** The first pause of a wait, and the longest, in milliseconds. Each is half as long again as the one before. */
const FIRST_LOOK_MS = 50;
const LAST_LOOK_MS = 2_000;

/**
 * Makes a client for the runs of a store.
 *
 * @example
 * ```ts
 * const runs = runClient<typeof handler>({ store: dynamodbRunStore({ tableName }), driver: lambdaDriver(), target: functionArn });
 * const { id } = await runs.start({ upTo: 1_000_000 }, { runId: "count-2026-11" });
 * const { status, result } = await runs.wait(id);
 * ```
 */
export function runClient<Handler = RecursiveHandler<object, unknown>>(
  options: RunClientOptions,
): RunClient<EventOf<Handler>, ResultOf<Handler>> {
  const { store, driver, target, stateKey, host = systemHost } = options;
  type Event = EventOf<Handler>;
  type Result = ResultOf<Handler>;
  const budget = () => {
    const untilMs = host.now() + BUDGET_MS;
    return () => untilMs - host.now();
  };
  const ask = <Answer>(name: string, send: (signal: AbortSignal) => Promise<Answer>, signal?: AbortSignal) =>
    call(send, { name: `The run store's ${name}`, kind: "control", budgetMs: budget(), host, signal });
  const read = async (id: string, signal?: AbortSignal) => {
    const record = await ask("get", (limit) => store.get(id, limit), signal);
    return record && detailsOf<Event, Result>(record);
  };
  const request = async (id: string, requested: RunRequest | undefined) => {
    const nowMs = host.now();
    await ask("request", (limit) => store.request(id, requested, nowMs, limit));
    return read(id);
  };

  return {
    async start(event, { runId = host.id(), tenantId } = {}) {
      if (target === undefined) throw new ConfigError("start() needs the option target: the function of its runs.");
      if (!isRunId(runId)) throw new ConfigError(`runId must be ${RUN_ID}.`);
      const nowMs = host.now();
      const optional = { ...(stateKey !== undefined && { stateKey }), ...(tenantId !== undefined && { tenantId }) };
      const made = { run: runId, nowMs, startedAtMs: nowMs, target, event: toJson(event, "event"), ...optional };
      const isNew = await ask("create", (limit) => store.create(made, limit));
      const record = isNew ? create(made) : await ask("get", (limit) => store.get(runId, limit));
      // Deleted between the two.
      if (!record) return this.start(event, { runId, tenantId });
      const details = detailsOf<Event, Result>(record);
      if (!details) throw new RunIdTakenError(runId, "deleted");
      if (record.event !== made.event || record.tenantId !== tenantId) throw new RunIdTakenError(runId);
      const hasBegun = record.hop > 0 || record.attempt > 0 || record.phase !== "handed-off";
      if (!hasBegun) await sendWithRetry(driver, handOffOfRecord(record, driver), host, budget());
      return details;
    },
    get: (id) => read(id),
    stop: (id) => request(id, "stop"),
    pause: (id) => request(id, "pause"),
    async resume(id, { limits } = {}) {
      const before = await request(id, undefined);
      if (before?.status === "running" || before?.status === "sleeping") {
        if (limits) throw new RunUnderWayError(id, "a new limit");
        return before;
      }
      await resume({ run: id, store, driver, host, ...(limits && { limits }) });
      return read(id);
    },
    async rewind(id, { hop, limits }) {
      await rewind({ run: id, hop, store, driver, host, limits });
      return read(id);
    },
    async redrive(failed, options) {
      const to = failed.functionArn ?? target;
      if (to === undefined)
        throw new ConfigError("redrive() needs the option target: the event does not name its function.");
      const { base, envelope } = openEvent(failed.event, stateKey);
      const id = envelope?.run ?? idOfFirst(base, to, failed.requestId);
      const record = id === undefined ? undefined : await ask("get", (limit) => store.get(id, limit));
      if (!record) {
        const message = { run: id ?? "", hop: envelope?.hop ?? 0, target: to, ...finishEvent({ ...failed.event }) };
        await sendWithRetry(driver, message, host, budget());
        return { action: "sent" };
      }
      const before = detailsOf<Event, Result>(record);
      if (!before || before.status === "done" || before.status === "sleeping") return { action: "none", run: before };
      if (before.status !== "running") return { action: "resumed", run: await this.resume(record.run, options) };
      await sendWithRetry(driver, handOffOfRecord(record, driver), host, budget());
      return { action: "sent", run: before };
    },
    async delete(id) {
      const before = await read(id);
      if (!before) return false;
      const nowMs = host.now();
      if (await ask("delete", (limit) => store.delete(id, nowMs, limit))) return true;
      throw new RunUnderWayError(id, "deleting");
    },
    async wait(id, { timeoutMs = WAIT_MS, signal } = {}) {
      assertAmount("timeoutMs", timeoutMs);
      const untilMs = host.now() + timeoutMs;
      for (let lookMs = FIRST_LOOK_MS; ; lookMs = Math.min(LAST_LOOK_MS, 1.5 * lookMs)) {
        signal?.throwIfAborted();
        const run = await read(id, signal);
        if (run && run.status !== "running" && run.status !== "sleeping") return run;
        const leftMs = untilMs - host.now();
        if (leftMs <= 0) throw new RunWaitError(id, timeoutMs, run && `is at hop ${run.hop}, attempt ${run.attempt}`);
        await pause(host, Math.min(lookMs, leftMs), signal);
      }
    },
    async list({ status, startedAfter, limit = LIST_LIMIT, cursor } = {}) {
      assertAmount("limit", limit);
      const query = { status, startedAfterMs: startedAfter?.getTime(), limit, cursor };
      const page = await ask("page", (signal) => store.page(query, signal));
      const [damaged] = page.damaged ?? [];
      if (damaged && page.records.length === 0) throw damaged;
      return { runs: page.records.flatMap((record) => detailsOf<Event, Result>(record) ?? []), cursor: page.cursor };
    },
  };
}

/** The id that a function gives the run of a first event, unless it has a `runId` or a scope of its own. */
function idOfFirst(
  event: Readonly<Record<string, unknown>>,
  functionArn: string,
  requestId: string | undefined,
): string | undefined {
  if (requestId === undefined) return undefined;
  return defaultRunId(event, { awsRequestId: requestId, invokedFunctionArn: functionArn });
}
