import { TimeBudget } from "./budget/time-budget.ts";
import { EventError, HopEndingError, LonghaulError, RunUnknownError } from "./errors.ts";
import { Hop } from "./hop.ts";
import type { RunEvent } from "./observe/observer.ts";
import type { InvocationContext, RunContext, Settings } from "./options.ts";
import { pump } from "./pump.ts";
import { invocationCostUsd } from "./recursion/cost.ts";
import { sendWithRetry } from "./recursion/driver.ts";
import { type Envelope, NO_STATS, type OpenedEvent, openEvent, type RunStats } from "./recursion/envelope.ts";
import { checkGuards, type StopReason } from "./recursion/guards.ts";
import { lineageDepth } from "./recursion/lineage.ts";
import { composeEvent, eventOfRecord, type NextEvent, openSealed } from "./recursion/next-event.ts";
import { excerpt, type Outcome, RunStoppedError } from "./recursion/outcome.ts";
import { runIdOf } from "./recursion/run-id.ts";
import { pinnedTarget } from "./recursion/target.ts";
import { admitState, decodeStored, encodeStored, type StateCodecOptions, StateVersionError } from "./state/codec.ts";
import { fromJson, toJson, utf8Bytes } from "./state/json.ts";
import type { BeginAnswer, RunRecord, WriteAnswer } from "./state/run-store.ts";
import { readSpilled } from "./state/spill.ts";

/** What a warm container remembers between invocations. */
export interface ContainerMemory {
  /** How long its last hand-off took. */
  handOffMs: number | undefined;
}

type EventOf<Message> = Message extends RunEvent ? Omit<Message, "run" | "hop" | "at"> : never;

/** Where a run that a guard ended may go on from once the cause is mended: paused, or over. */
const PHASE_OF: Record<StopReason["code"], "stopped" | "paused" | "failed"> = {
  MAX_HOPS: "stopped",
  MAX_DURATION: "stopped",
  MAX_COST: "stopped",
  STOP_REQUESTED: "stopped",
  KILL_SWITCH: "stopped",
  MAX_ATTEMPTS: "failed",
  STALLED: "paused",
  LOOP_DETECTION: "paused",
  VERSION_MISMATCH: "paused",
  PAUSE_REQUESTED: "paused",
};

/** One invocation of a recursive handler: opens the event, takes the lease, pulls the work, ends the hop. */
export class Invocation<Event, State, Result> {
  readonly #settings: Settings<Event, State, Result>;
  readonly #codec: StateCodecOptions<never>;
  readonly #container: ContainerMemory;
  readonly #context: InvocationContext;
  #opened!: OpenedEvent;
  #hop!: Hop<State>;
  #budget!: TimeBudget;
  #record: RunRecord | undefined;
  #stats: RunStats = NO_STATS;
  #startedAt = 0;
  /** The state this hop began with, as JSON: carried on if no safe point is reached, and compared to see whether it moved. */
  #entryState: string | undefined;

  constructor(settings: Settings<Event, State, Result>, container: ContainerMemory, context: InvocationContext) {
    this.#settings = settings;
    this.#codec = settings as StateCodecOptions<never>;
    this.#container = container;
    this.#context = context;
  }

  async handle(event: unknown): Promise<Outcome<Result>> {
    const refused = await this.#enter(event);
    if (refused) return refused;
    try {
      this.#budget = this.#makeBudget();
      const reason = await this.#guard();
      if (reason) return await this.#stopRun(reason);
      return await this.#work();
    } catch (error) {
      this.#emitError(error);
      await this.#release();
      throw error;
    } finally {
      this.#hop.end();
    }
  }

  /** Opens the event and takes the lease; answers with an outcome if this invocation is not to run. */
  async #enter(event: unknown): Promise<Outcome<Result> | undefined> {
    const { host, store, stateKey, runId } = this.#settings;
    const context = this.#context;
    this.#opened = await openSealed(openEvent(event, stateKey), this.#codec, store !== undefined);
    const { base, envelope } = this.#opened;
    const nowMs = host.now();
    const run =
      envelope?.run ?? runId?.(base as Event, context) ?? runIdOf(base, context.awsRequestId, context.causeId);
    if (typeof run !== "string" || run === "" || utf8Bytes(run) > 2_048) {
      throw new EventError("runId() must answer with a text of 1 to 2,048 bytes.");
    }
    this.#hop = new Hop(run, envelope?.hop ?? 0, host.id());
    this.#stats = envelope?.stats ?? NO_STATS;
    this.#startedAt = envelope?.startedAt ?? nowMs;
    if (store) {
      const answer = await store.begin({
        run,
        hop: this.#hop.number,
        owner: this.#hop.owner,
        nowMs,
        leaseUntilMs: nowMs + Math.max(0, context.getRemainingTimeInMillis()),
        skewMs: this.#settings.skewMs,
        startedAtMs: this.#startedAt,
        target: this.#target(envelope?.pinned),
        stateKey,
        event: JSON.stringify(base),
        ...this.#pin(envelope?.pinned),
      });
      if (!answer.ok) return this.#refused(answer);
      this.#record = answer.record;
      this.#startedAt = answer.record.startedAtMs;
      if (answer.record.state !== undefined || answer.record.hop > 0) this.#stats = answer.record.stats;
    }
    return undefined;
  }

  #makeBudget(): TimeBudget {
    const remainingMs = () => this.#context.getRemainingTimeInMillis();
    const { reserveMs = "learned" } = this.#settings;
    const budget = new TimeBudget({ remainingMs, reserveMs, learned: this.#stats.budget });
    if (this.#container.handOffMs !== undefined) budget.addHandOff(this.#container.handOffMs);
    return budget;
  }

  async #refused(answer: BeginAnswer & { ok: false }): Promise<Outcome<Result>> {
    const { refusal, record } = answer;
    const { run, number } = this.#hop;
    this.#hop.end();
    if (refusal === "unknown") throw new RunUnknownError(run, number);
    // The hand-off of this hop may have been lost; the claim is fenced, so a second one is harmless.
    if (refusal === "handed-off" && record) {
      const next = eventOfRecord(record);
      if (this.#settings.driver.returnsContinuation) {
        const message = `to be continued at hop ${record.hop}, which was handed off before`;
        return { status: "continued", run, hop: number, message, continuation: next.event };
      }
      await this.#send(next, record.hop, record.target);
    }
    return this.#duplicate(refusal);
  }

  async #guard(): Promise<StopReason | undefined> {
    const { limits, host, isKilled } = this.#settings;
    if (await isKilled()) return { code: "KILL_SWITCH", message: "The kill switch is on." };
    if (this.#record?.requested === "stop") return { code: "STOP_REQUESTED", message: "A stop was requested." };
    if (this.#record?.requested === "pause") return { code: "PAUSE_REQUESTED", message: "A pause was requested." };
    const pinned = this.#opened.envelope?.pinned ?? this.#record?.pinned;
    if (pinned !== undefined && pinned !== this.#context.functionVersion) {
      return {
        code: "VERSION_MISMATCH",
        message: `The run is pinned to function version ${pinned}, and this is ${this.#context.functionVersion}.`,
      };
    }
    return checkGuards(limits, {
      hop: this.#hop.number,
      stats: this.#stats,
      ageMs: host.now() - this.#startedAt,
      attempts: (this.#record?.attempts ?? 1) - 1,
      depth: lineageDepth(host.env("_X_AMZN_TRACE_ID")),
    });
  }

  async #work(): Promise<Outcome<Result>> {
    const { settings, budget, hop } = { settings: this.#settings, budget: this.#budget, hop: this.#hop };
    this.#emit({
      type: "hop.start",
      windowMs: budget.windowMs,
      reserveMs: budget.reserveMs,
      attempt: this.#record?.attempts ?? 1,
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
    if (budget.remainingMs <= 0) throw new HopEndingError(budget.remainingMs);
    const wantsSteps = settings.observers.some((observer) => observer.wantsSteps);
    const end = await pump<State, Result>({
      host: settings.host,
      hop,
      budget,
      watchdogIntervalMs: settings.watchdogIntervalMs,
      tickEveryMs: settings.checkpointEveryMs,
      tick: () => this.#tick(),
      onStep: wantsSteps
        ? () => this.#emit({ type: "step", steps: hop.steps, remainingMs: budget.lastRemainingMs })
        : undefined,
      work: (signal) => settings.run(state, this.#runContext(signal)),
    });
    if (hop.hasEnded) {
      if (end.kind === "stopped") await end.close();
      return this.#duplicate("fenced");
    }
    if (end.kind === "returned") return this.#finish(end.result);
    const cause = end.kind === "abandoned" ? "watchdog" : end.cause;
    const beganMs = budget.remainingMs;
    const durable = await hop.durableState("handoff");
    hop.persistState = undefined;
    if (end.kind === "stopped") await end.close();
    hop.state = durable;
    return this.#continue(durable, cause, beganMs);
  }

  /** The state to go on from: the event's in a fresh hop, the record's after a failed attempt, else a new one. */
  async #entry(): Promise<State> {
    const { start, stateVersion, spill } = this.#settings;
    const { base, state, envelope } = this.#opened;
    const { run } = this.#hop;
    const stored = this.#record?.state;
    const isFirstAttempt = (this.#record?.attempts ?? 1) === 1;
    let admitted: State;
    if (stored !== undefined && (state === undefined || !isFirstAttempt)) {
      const decoded = await decodeStored(this.#codec, stored, run);
      admitted = await admitState(this.#settings, decoded.state, decoded.version);
    } else if (state !== undefined) {
      // An event without an envelope was not written by us, so its state is taken to be current.
      admitted = await admitState(this.#settings, state, envelope ? (envelope.stateVersion ?? 0) : (stateVersion ?? 0));
    } else if (envelope?.stateRef && spill) {
      const decoded = await decodeStored(this.#codec, await readSpilled(spill, envelope.stateRef), run);
      admitted = await admitState(this.#settings, decoded.state, decoded.version);
    } else if (envelope?.stateRef) {
      throw new EventError(`The state was spilled to ${envelope.stateRef.uri}; configure the same spill to continue.`);
    } else if (envelope && envelope.hop > 0) {
      // Beginning anew here would do all work again and look like success.
      throw new EventError(
        `The event continues run ${run} at hop ${envelope.hop}, but has no state under its key "${this.#settings.stateKey}". Was the state key changed, or the state dropped on the way?`,
      );
    } else {
      admitted = await start(base as Event, this.#context);
    }
    this.#entryState = toJson(admitted);
    return admitted;
  }

  #runContext(signal: AbortSignal): RunContext<Event> {
    const hop = this.#hop;
    return {
      run: {
        id: hop.run,
        hop: hop.number,
        attempt: this.#record?.attempts ?? 1,
        startedAt: this.#startedAt,
        fence: hop.fence,
      },
      event: this.#opened.base as Event,
      context: this.#context,
      budget: this.#budget,
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
    const { store, host, isKilled, limits } = this.#settings;
    const hop = this.#hop;
    const beganMs = this.#budget.remainingMs;
    let answer: WriteAnswer | undefined;
    if (store) {
      try {
        const state = await this.#encode(await hop.durableState("checkpoint"));
        const stats = this.#statsNow();
        if (state !== undefined) answer = await store.checkpoint({ ...this.#write(), state, stats });
      } catch (error) {
        // A checkpoint bounds what a crash repeats; without it the work is no less right.
        this.#emitError(error);
      }
      if (answer && !answer.ok) {
        hop.end();
        return true;
      }
    }
    this.#emit({
      type: "checkpoint",
      isDurable: answer?.ok === true,
      steps: hop.steps,
      durationMs: beganMs - this.#budget.remainingMs,
      remainingMs: this.#budget.remainingMs,
      progress: hop.progress,
    });
    if (answer?.ok && answer.requested) return true;
    const { costUsd } = this.#statsNow();
    return costUsd >= limits.maxCostUsd || host.now() - this.#startedAt >= limits.maxDurationMs || (await isKilled());
  }

  async #finish(result: Result): Promise<Outcome<Result>> {
    const { store } = this.#settings;
    const { run, number } = this.#hop;
    const stats = this.#statsNow();
    if (store) {
      const text = result === undefined ? undefined : toJson(result, "result");
      // A result too large for the record is still in the outcome; the run is done either way.
      const fits = text !== undefined && utf8Bytes(text) <= store.maxBytes / 4;
      const answer = await store.finish({ ...this.#write(), phase: "done", stats, ...(fits && { result: text }) });
      if (!answer.ok) return this.#duplicate("fenced");
    }
    this.#hop.end();
    this.#emit({
      type: "done",
      steps: this.#hop.steps,
      remainingMs: this.#budget.remainingMs,
      windowMs: this.#budget.windowMs,
      costUsd: stats.costUsd,
      progress: this.#hop.progress,
    });
    return { status: "done", run, hop: number, message: "all done", result };
  }

  /** Hands the run off from its last safe point: first the record, then the event. */
  async #continue(
    state: State | undefined,
    cause: "budget" | "watchdog" | "guard",
    beganMs: number,
  ): Promise<Outcome<Result>> {
    const { store, driver, stateKey, stateVersion } = this.#settings;
    const hop = this.#hop;
    const text = hop.steps === 0 ? this.#entryState! : toJson(state);
    const carried = state ?? (fromJson(text) as State);
    const stats = this.#statsNow(text);
    const pin = this.#pin(this.#opened.envelope?.pinned);
    const envelope: Envelope = {
      v: 1,
      run: hop.run,
      hop: hop.number + 1,
      startedAt: this.#startedAt,
      stats,
      ...(stateVersion !== undefined && { stateVersion }),
      ...pin,
    };
    const next = await composeEvent({
      base: this.#opened.base,
      stateKey,
      state: carried,
      envelope,
      codec: this.#codec,
      maxBytes: driver.maxBytes,
      channel: `the ${driver.name} driver`,
      isRecorded: store !== undefined,
    });
    const encoded = store ? await this.#encode(carried) : undefined;
    const answer = await store?.handOff({ ...this.#write(), phase: "handed-off", state: encoded, stats });
    if (answer && !answer.ok) return this.#duplicate("fenced");
    // From here on the run belongs to the next hop, whether or not the event arrives.
    hop.end();
    this.#record = undefined;
    await this.#send(next, envelope.hop, this.#target(pin.pinned));
    const durationMs = beganMs - this.#budget.remainingMs;
    this.#container.handOffMs = durationMs;
    this.#emit({
      type: "handoff",
      cause,
      driver: driver.name,
      steps: hop.steps,
      durationMs,
      remainingMs: this.#budget.remainingMs,
      windowMs: this.#budget.windowMs,
      bytes: utf8Bytes(next.payload),
      costUsd: stats.costUsd,
      progress: hop.progress,
    });
    const { run, number } = hop;
    const message = `to be continued from [${excerpt(text)}]`;
    const continuation = driver.returnsContinuation ? { continuation: next.event } : {};
    return { status: "continued", run, hop: number, message, ...continuation };
  }

  /** Ends the run for a reason. Without a store there is nowhere to keep its state but the event, so the hop fails. */
  async #stopRun(reason: StopReason): Promise<Outcome<Result>> {
    const { store, driver } = this.#settings;
    const { run, number } = this.#hop;
    if (store) {
      const answer = await store.finish({ ...this.#write(), phase: PHASE_OF[reason.code], stats: this.#stats, reason });
      if (!answer.ok) return this.#duplicate("fenced");
      this.#record = undefined;
    } else if (!driver.returnsContinuation) {
      throw new RunStoppedError(run, reason);
    }
    this.#emit({ type: "stopped", ...reason, progress: this.#hop.progress });
    return { status: "stopped", run, hop: number, message: reason.message, reason };
  }

  /** After a failure: gives the lease back, so that the platform's retry need not wait for it to run out. */
  async #release(): Promise<void> {
    const { store } = this.#settings;
    if (!store || !this.#record || this.#hop.hasEnded) return;
    let state: string | undefined;
    try {
      state = await this.#encode(await this.#hop.durableState("checkpoint"));
    } catch {
      // What cannot be made durable is not claimed: the record keeps its last safe point.
    }
    try {
      // A checkpoint of this hop may have counted further than the hop began: without a safe point the record stays.
      const progress = state === undefined ? undefined : { attempts: 1, stats: this.#statsNow() };
      await store.release({ ...this.#write(), state, attempts: progress?.attempts, stats: progress?.stats });
    } catch {
      // The lease runs out by itself.
    }
  }

  #send(next: NextEvent, hop: number, target: string): Promise<void> {
    const { driver, host } = this.#settings;
    const message = { run: this.#hop.run, hop, target, ...next };
    return sendWithRetry(driver, message, host, () => this.#context.getRemainingTimeInMillis());
  }

  #duplicate(refusal: (BeginAnswer & { ok: false })["refusal"] | "fenced"): Outcome<Result> {
    this.#hop.end();
    this.#emit({ type: "duplicate", refusal });
    const { run, number } = this.#hop;
    return { status: "duplicate", run, hop: number, refusal, message: `not this invocation's run (${refusal})` };
  }

  #target(pinned: string | undefined): string {
    const arn = this.#context.invokedFunctionArn;
    return this.#settings.version === "pin" ? pinnedTarget(arn, pinned ?? this.#context.functionVersion) : arn;
  }

  #pin(pinned: string | undefined): { pinned?: string } {
    return this.#settings.version === "pin" ? { pinned: pinned ?? this.#context.functionVersion } : {};
  }

  #write() {
    const { run, number: hop, owner } = this.#hop;
    return { run, hop, owner, nowMs: this.#settings.host.now() };
  }

  async #encode(state: State | undefined): Promise<string | undefined> {
    const { store } = this.#settings;
    if (!store || state === undefined) return undefined;
    const { run, number: hop } = this.#hop;
    return encodeStored(this.#codec, state, { run, hop, maxBytes: store.maxBytes, channel: "the run store" });
  }

  /** The stats as they stand, with this invocation's time and cost. `next` is the state about to be handed off. */
  #statsNow(next?: string): RunStats {
    const { pricing, limits } = this.#settings;
    const budget = this.#budget.stats();
    const { steps, usedMs, costUsd, stalledHops } = this.#stats;
    const spentMs = this.#budget.windowMs - this.#budget.remainingMs;
    const memoryMb = Number(this.#context.memoryLimitInMB) || 128;
    const isSameState =
      next !== undefined && next === this.#entryState && this.#hop.number > 0 && !limits.isSameStateProgress;
    const hasMoved = this.#hop.steps > 0;
    return {
      steps: steps + this.#hop.steps,
      usedMs: usedMs + Math.round(spentMs),
      costUsd: costUsd + invocationCostUsd(pricing, memoryMb, spentMs),
      stalledHops: hasMoved ? (isSameState ? limits.maxStalledHops : 0) : stalledHops + 1,
      budget,
    };
  }

  #emitError(error: unknown): void {
    const code = error instanceof LonghaulError ? error.code : error instanceof Error ? error.name : "UNKNOWN";
    const message = error instanceof Error ? error.message : String(error);
    this.#emit({ type: "error", code, message, progress: this.#hop.progress });
  }

  #emit(event: EventOf<RunEvent>): void {
    for (const observer of this.#settings.observers) {
      try {
        observer.observe({
          run: this.#hop.run,
          hop: this.#hop.number,
          at: this.#settings.host.now(),
          ...event,
        } as RunEvent);
      } catch {
        // An observer must not end a run.
      }
    }
  }
}
