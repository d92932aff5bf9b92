import { TimeBudget } from "./budget/time-budget.ts";
import { EventError, HopEndingError } from "./errors.ts";
import { Hop } from "./hop.ts";
import { errorFields, notify } from "./observe/notify.ts";
import type { RunEvent, RunEventBase } from "./observe/observer.ts";
import type { InvocationContext, RunContext, Settings } from "./options.ts";
import { pump } from "./pump.ts";
import { invocationCostUsd } from "./recursion/cost.ts";
import { type HandOffMessage, sendWithRetry } from "./recursion/driver.ts";
import {
  type Envelope,
  isRunId,
  NO_STATS,
  type OpenedEvent,
  openEvent,
  RUN_ID,
  type RunStats,
} from "./recursion/envelope.ts";
import { checkGuards, type StopReason } from "./recursion/guards.ts";
import { lineageDepth } from "./recursion/lineage.ts";
import { composeEvent } from "./recursion/next-event.ts";
import { excerpt, type Outcome, RunStoppedError } from "./recursion/outcome.ts";
import { pinnedTarget } from "./recursion/target.ts";
import { admitState, type StateCodecOptions, StateVersionError } from "./state/codec.ts";
import { entryState } from "./state/entry-state.ts";
import { toJson, utf8Bytes } from "./state/json.ts";
import type { Lease, LeaseAnswer } from "./state/lease-protocol.ts";
import type { BeginRefusal, WriteAnswer } from "./state/run-store.ts";

/** What a warm container remembers between invocations. */
export interface ContainerMemory {
  /** How long its last hand-off took. */
  handOffMs: number | undefined;
}

type EventOf<Message> = Message extends RunEvent ? Omit<Message, Exclude<keyof RunEventBase, "type">> : never;

type WithoutPlace<Answer> = Answer extends Outcome<unknown> ? Omit<Answer, "run" | "hop"> : never;

/** One invocation of a recursive handler: opens the event, takes the lease, pulls the work, ends the hop. */
export class Invocation<Event, State, Result> {
  readonly #settings: Settings<Event, State, Result>;
  readonly #container: ContainerMemory;
  readonly #context: InvocationContext;
  readonly #remainingMs: () => number;
  /** Milliseconds this invocation had when it began. */
  readonly #windowMs: number;
  #opened!: OpenedEvent;
  #hop!: Hop<State>;
  #budget: TimeBudget | undefined;
  #lease: Lease | undefined;
  #stats: RunStats = NO_STATS;
  #startedAt = 0;
  /** The state this hop began with, as JSON: carried on if no safe point is reached, and compared to see whether it moved. */
  #entryState: string | undefined;

  constructor(settings: Settings<Event, State, Result>, container: ContainerMemory, context: InvocationContext) {
    this.#settings = settings;
    this.#container = container;
    this.#context = context;
    this.#remainingMs = () => context.getRemainingTimeInMillis();
    this.#windowMs = this.#remainingMs();
  }

  async handle(event: unknown): Promise<Outcome<Result>> {
    try {
      const refused = await this.#enter(event);
      if (refused) return refused;
      const reason = await this.#guard();
      if (reason) return await this.#stopRun(reason);
      return await this.#work();
    } catch (error) {
      if (this.#hop) {
        this.#emitError(error);
        await this.#lease?.release(this.#statsNow());
      }
      throw error;
    } finally {
      this.#hop?.end();
    }
  }

  /** Opens the event and takes the lease; answers with an outcome if this invocation is not to run. */
  async #enter(event: unknown): Promise<Outcome<Result> | undefined> {
    const { host, store, stateKey, runId, skewMs, seal } = this.#settings;
    const context = this.#context;
    this.#opened = openEvent(event, stateKey);
    if (seal) this.#opened = await seal.events.open(seal, this.#opened, store !== undefined);
    const { base, envelope } = this.#opened;
    const nowMs = host.now();
    const run =
      envelope?.run ??
      runId?.(base as Event, context) ??
      store?.protocol.runIdOf(base, context.awsRequestId, context.causeId) ??
      context.causeId ??
      `request:${context.awsRequestId}`;
    if (!isRunId(run)) throw new EventError(`runId() must answer with ${RUN_ID}.`);
    this.#hop = new Hop(run, envelope?.hop ?? 0, host.id());
    this.#stats = envelope?.stats ?? NO_STATS;
    this.#startedAt = envelope?.startedAt ?? nowMs;
    if (!store) return undefined;
    this.#lease = store.protocol.open({
      store,
      codec: this.#settings as StateCodecOptions<never>,
      host,
      hop: this.#hop,
    });
    const answer = await this.#lease.begin({
      leaseUntilMs: nowMs + Math.max(0, this.#windowMs),
      skewMs,
      startedAtMs: this.#startedAt,
      target: this.#target(),
      stateKey,
      event: JSON.stringify(base),
      stats: this.#stats,
      ...this.#pin(),
    });
    if (!answer.ok) return this.#refused(answer);
    const { record } = answer;
    this.#startedAt = record.startedAtMs;
    this.#stats = record.stats;
    return undefined;
  }

  async #refused({ refusal, lost, known }: LeaseAnswer & { ok: false }): Promise<Outcome<Result>> {
    this.#hop.end();
    if (known && this.#settings.driver.returnsContinuation) return this.#outcome(known as never);
    if (lost) await this.#send(lost);
    return this.#duplicate(refusal);
  }

  async #guard(): Promise<StopReason | undefined> {
    const { limits, host, isKilled } = this.#settings;
    if (await isKilled()) return { code: "KILL_SWITCH", message: "The kill switch is on." };
    if (this.#lease?.requested) return this.#lease.requested;
    const { functionVersion } = this.#context;
    const pinned = this.#opened.envelope?.pinned ?? this.#lease?.record?.pinned;
    if (pinned !== undefined && pinned !== functionVersion) {
      const message = `The run is pinned to function version ${pinned}, and this is ${functionVersion}.`;
      return { code: "VERSION_MISMATCH", message };
    }
    return checkGuards(limits, {
      hop: this.#hop.number,
      stats: this.#stats,
      ageMs: host.now() - this.#startedAt,
      attempts: this.#attempt - 1,
      depth: lineageDepth(host.env("_X_AMZN_TRACE_ID")),
    });
  }

  async #work(): Promise<Outcome<Result>> {
    const settings = this.#settings;
    const hop = this.#hop;
    const { reserveMs } = settings;
    const budget = new TimeBudget({ remainingMs: this.#remainingMs, reserveMs, learned: this.#stats.budget });
    if (this.#container.handOffMs !== undefined) budget.addHandOff(this.#container.handOffMs);
    this.#budget = budget;
    this.#emit({
      type: "hop.start",
      reserveMs: budget.reserveMs,
      attempt: this.#attempt,
      startedAt: this.#startedAt,
    });
    let state: State;
    try {
      state = await this.#entry();
    } catch (error) {
      if (!(error instanceof StateVersionError)) throw error;
      return this.#stopRun({ code: "VERSION_MISMATCH", message: error.message });
    }
    // Where the platform does not kill, a slow start can outlast the lease: another invocation may have the run by now.
    // https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances.html
    if (this.#remainingMs() <= 0) throw new HopEndingError(this.#remainingMs());
    const wantsSteps = settings.observers.some((observer) => observer.wantsSteps);
    const end = await pump<State, Result>({
      host: settings.host,
      hop,
      budget,
      watchdogIntervalMs: settings.watchdogIntervalMs,
      tickEveryMs: settings.checkpointEveryMs,
      tick: () => this.#tick(),
      onStep: wantsSteps ? () => this.#emit({ type: "step" }) : undefined,
      work: (signal) => settings.run(state, this.#runContext(budget, signal)),
    });
    if (hop.hasEnded) {
      await end.close?.();
      return this.#duplicate("fenced");
    }
    if (end.cause === "returned") return this.#finish(end.result);
    const beganMs = this.#remainingMs();
    const durable = await hop.durableState("handoff");
    hop.persistState = undefined;
    await end.close?.();
    hop.state = durable;
    return this.#continue(durable, end.cause, beganMs);
  }

  /** The state to go on from: what an earlier hop or attempt left, else a new one. */
  async #entry(): Promise<State> {
    const settings = this.#settings;
    const found = await entryState(settings, this.#opened, this.#hop.run, this.#lease);
    const admitted = found
      ? await admitState(settings, found.state, found.version)
      : await settings.start(this.#opened.base as Event, this.#context);
    this.#entryState = toJson(admitted);
    return admitted;
  }

  /** Which attempt of the hop this is, from 1. */
  get #attempt(): number {
    return this.#lease?.record?.attempts ?? 1;
  }

  #runContext(budget: TimeBudget, signal: AbortSignal): RunContext<Event> {
    const hop = this.#hop;
    return {
      run: {
        id: hop.run,
        hop: hop.number,
        attempt: this.#attempt,
        startedAt: this.#startedAt,
        fence: hop.fence,
      },
      event: this.#opened.base as Event,
      context: this.#context,
      budget,
      signal,
      progress(counters) {
        hop.progress = counters;
      },
      onPersist(persist) {
        if (!hop.hasEnded) hop.persistState = persist as unknown as typeof hop.persistState;
      },
    };
  }

  /** At a safe point every few seconds: saves it, and sees what is asked of the run. `true` ends the hop. */
  async #tick(): Promise<boolean> {
    const { host, isKilled, limits } = this.#settings;
    const hop = this.#hop;
    const beganMs = this.#remainingMs();
    let answer: WriteAnswer | undefined;
    if (this.#lease) {
      try {
        answer = await this.#lease.checkpoint(await hop.durableState("checkpoint"), this.#statsNow());
      } catch (error) {
        // A checkpoint bounds what a crash repeats; without it the work is no less right.
        this.#emitError(error);
      }
      if (answer && !answer.ok) {
        hop.end();
        return true;
      }
    }
    this.#emit({ type: "checkpoint", isDurable: answer?.ok === true, durationMs: beganMs - this.#remainingMs() });
    if (answer?.ok && answer.requested) return true;
    const { costUsd } = this.#statsNow();
    return costUsd >= limits.maxCostUsd || host.now() - this.#startedAt >= limits.maxDurationMs || (await isKilled());
  }

  async #finish(result: Result): Promise<Outcome<Result>> {
    const stats = this.#statsNow();
    const answer = await this.#lease?.finish(result, stats);
    if (answer?.ok === false) return this.#duplicate("fenced");
    this.#hop.end();
    this.#emit({ type: "done", costUsd: stats.costUsd });
    return this.#outcome({ status: "done", message: "all done", result });
  }

  /** Hands the run off from its last safe point: first the record, then the event. */
  async #continue(
    state: State | undefined,
    cause: "budget" | "watchdog" | "guard",
    beganMs: number,
  ): Promise<Outcome<Result>> {
    const { driver, stateKey, stateVersion } = this.#settings;
    const hop = this.#hop;
    const text = hop.steps === 0 ? this.#entryState! : toJson(state);
    const carried = state ?? (JSON.parse(text) as State);
    const stats = this.#statsNow(text);
    const envelope: Envelope = {
      v: 1,
      run: hop.run,
      hop: hop.number + 1,
      startedAt: this.#startedAt,
      stats,
      ...(stateVersion !== undefined && { stateVersion }),
      ...this.#pin(),
    };
    const next = await composeEvent({
      base: this.#opened.base,
      stateKey,
      state: carried,
      envelope,
      codec: this.#settings as StateCodecOptions<never>,
      maxBytes: driver.maxBytes,
      channel: `the ${driver.name} driver`,
      isRecorded: this.#lease !== undefined,
    });
    const answer = await this.#lease?.handOff(carried, stats);
    if (answer?.ok === false) return this.#duplicate("fenced");
    // From here on the run belongs to the next hop, whether or not the event arrives.
    hop.end();
    await this.#send({ ...next, hop: envelope.hop, target: this.#target() });
    const durationMs = beganMs - this.#remainingMs();
    this.#container.handOffMs = durationMs;
    this.#emit({
      type: "handoff",
      cause,
      driver: driver.name,
      durationMs,
      bytes: utf8Bytes(next.payload),
      costUsd: stats.costUsd,
    });
    const message = `to be continued from [${excerpt(text)}]`;
    const continuation = driver.returnsContinuation ? { continuation: next.event } : {};
    return this.#outcome({ status: "continued", message, ...continuation });
  }

  /** Ends the run for a reason. Without a store there is nowhere to keep its state but the event, so the hop fails. */
  async #stopRun(reason: StopReason): Promise<Outcome<Result>> {
    if (this.#lease) {
      if (!(await this.#lease.stop(reason, this.#stats)).ok) return this.#duplicate("fenced");
    } else if (!this.#settings.driver.returnsContinuation) {
      throw new RunStoppedError(this.#hop.run, reason);
    }
    this.#emit({ type: "stopped", ...reason });
    return this.#outcome({ status: "stopped", message: reason.message, reason });
  }

  #send(message: Omit<HandOffMessage, "run">): Promise<void> {
    const { driver, host } = this.#settings;
    return sendWithRetry(driver, { run: this.#hop.run, ...message }, host, this.#remainingMs);
  }

  #duplicate(refusal: BeginRefusal | "fenced"): Outcome<Result> {
    this.#hop.end();
    this.#emit({ type: "duplicate", refusal });
    return this.#outcome({ status: "duplicate", refusal, message: `not this invocation's run (${refusal})` });
  }

  #outcome(rest: WithoutPlace<Outcome<Result>>): Outcome<Result> {
    return { run: this.#hop.run, hop: this.#hop.number, ...rest } as Outcome<Result>;
  }

  #target(): string {
    const arn = this.#context.invokedFunctionArn;
    const { pinned } = this.#pin();
    return pinned === undefined ? arn : pinnedTarget(arn, pinned);
  }

  #pin(): { pinned?: string } {
    if (this.#settings.version !== "pin") return {};
    return { pinned: this.#opened.envelope?.pinned ?? this.#context.functionVersion };
  }

  /** The stats as they stand, with this invocation's time and cost. `next` is the state about to be handed off. */
  #statsNow(next?: string): RunStats {
    const { pricing, limits } = this.#settings;
    const { steps, usedMs, costUsd, stalledHops } = this.#stats;
    const spentMs = this.#windowMs - this.#remainingMs();
    const memoryMb = Number(this.#context.memoryLimitInMB) || 128;
    const isSameState =
      next !== undefined && next === this.#entryState && this.#hop.number > 0 && !limits.isSameStateProgress;
    const hasMoved = this.#hop.steps > 0;
    return {
      steps: steps + this.#hop.steps,
      usedMs: usedMs + Math.round(spentMs),
      costUsd: costUsd + invocationCostUsd(pricing, memoryMb, spentMs),
      stalledHops: hasMoved ? (isSameState ? limits.maxStalledHops : 0) : stalledHops + 1,
      ...(this.#budget && { budget: this.#budget.stats() }),
    };
  }

  #emitError(error: unknown): void {
    this.#emit({ type: "error", ...errorFields(error) });
  }

  #emit(event: EventOf<RunEvent>): void {
    const { run, number, steps, progress } = this.#hop;
    const { host, observers } = this.#settings;
    const base = {
      run,
      hop: number,
      at: host.now(),
      steps,
      remainingMs: this.#remainingMs(),
      windowMs: this.#windowMs,
      progress,
    };
    notify(observers, { ...base, ...event } as RunEvent);
  }
}
