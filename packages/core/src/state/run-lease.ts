import { call } from "../calls/call.ts";
import { retryable } from "../calls/retryable.ts";
import { EventTooLargeError, RunStoreError, RunUnknownError } from "../errors.ts";
import { Hop, type HopId } from "../hop.ts";
import type { Host } from "../host.ts";
import type { RunStats } from "../recursion/envelope.ts";
import type { StopReason } from "../recursion/guards.ts";
import type { DecodedState, StateStorage } from "./codec.ts";
import { utf8Bytes } from "./json.ts";
import { type LeaseTerms, leaseEnd } from "./lease-terms.ts";
import { KEPT_BACK_BYTES, recordBytes } from "./record-bytes.ts";
import { recordedProgress } from "./recorded-progress.ts";
import { withHop } from "./run-history.ts";
import type {
  BeginAnswer,
  BeginRequest,
  EndReason,
  KeepRequest,
  OwnerWrite,
  RenewWrite,
  ReportingWrite,
  RunRecord,
  RunStore,
  WriteAnswer,
} from "./run-store.ts";
import { spillWithin } from "./spill.ts";
import { encodeStored, refText } from "./stored.ts";

/** The part of an invocation that the lease protocol needs. */
export interface LeaseParts {
  readonly store: RunStore;
  readonly codec: StateStorage;
  readonly host: Host;
  readonly id: HopId;
  readonly terms: LeaseTerms;
  /** Hops that the run can begin again at; `undefined` for none. */
  readonly historyHops?: number | undefined;
}

/** A request for a lease. The state that the event brings is encoded here, as the record is to hold it. */
export interface LeaseRequest extends Omit<BeginRequest, "run" | "hop" | "owner" | "nowMs" | "state" | "leaseUntilMs"> {
  readonly brought: DecodedState | undefined;
  /** Where the event's state was spilled to. */
  readonly stateRef: Parameters<typeof refText>[0] | undefined;
}

/** A lease, or why there is none and the record as it is. */
export type LeaseAnswer<State> =
  | { readonly ok: true; readonly lease: Lease; readonly hop: Hop<State>; readonly record: RunRecord }
  | (BeginAnswer & { readonly ok: false });

/** Where a run that a guard ended may go on from once the cause is mended: paused, or over. */
export const PHASE_OF: Record<StopReason["code"], "stopped" | "paused" | "failed"> = {
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

/** The longest message that a record keeps, and the longest code or name, in characters. */
const MAX_MESSAGE = 1_000;
const MAX_NAME = 100;

/**
 * Takes the lease of a hop.
 *
 * @throws {@link EventTooLargeError} or {@link StateTooLargeError} if a record cannot hold what the run begins with;
 * {@link RunUnknownError} if a run under way has no record, unless the store says that this is its end.
 */
export async function takeLease<State>(
  parts: LeaseParts,
  request: LeaseRequest,
  budgetMs: () => number,
): Promise<LeaseAnswer<State>> {
  const { store, host, id } = parts;
  const { run, number, owner } = id;
  const { brought, stateRef, ...rest } = request;
  const room = roomBeside(store, { run, ...rest });
  if (room < 0) throw new EventTooLargeError(utf8Bytes(rest.event), utf8Bytes(rest.event) + room, "the run store");
  let state = stateRef && refText(stateRef);
  if (brought) state = await encode(parts, brought.state, { maxBytes: room, budgetMs, version: brought.version });
  const nowMs = host.now();
  const leaseUntilMs = leaseEnd(parts.terms, nowMs);
  const begin = { run, hop: number, owner, nowMs, leaseUntilMs, ...rest, ...(state !== undefined && { state }) };
  const answer = await ask(parts, "begin", budgetMs, (signal) => store.begin(begin, signal));
  if (answer.ok) {
    const { record } = answer;
    const hop = new Hop<State>(id, record.epoch);
    return { ok: true, record, hop, lease: new Lease(parts, hop, record, nowMs) };
  }
  if (answer.refusal === "unknown" && store.onMissing !== "end") throw new RunUnknownError(run, number);
  return answer;
}

/** The part of a hop that its lease needs. */
type HeldHop = Pick<Hop<unknown>, "steps" | "hasEnded" | "durableState" | "progress">;

/** The lease of one attempt: writes under it, and gives it up. */
export class Lease {
  readonly #parts: LeaseParts;
  readonly #hop: HeldHop;
  /** The record as it was when the lease was taken. */
  readonly #record: RunRecord;
  /** Bytes that a record has left beside its event: a state, or a result. */
  readonly #room: number;
  #lastMs: number;
  #untilMs: number;
  #hasEnded = false;
  /** The write under way: one at a time, so that none overtakes another. */
  #turn: Promise<unknown> = Promise.resolve();
  #largestStateBytes: number;

  constructor(parts: LeaseParts, hop: HeldHop, record: RunRecord, nowMs: number) {
    this.#parts = parts;
    this.#hop = hop;
    this.#record = record;
    this.#lastMs = nowMs;
    this.#untilMs = record.leaseUntilMs;
    const { state, result: _, ...rest } = record;
    this.#room = roomBeside(parts.store, rest);
    this.#largestStateBytes = state === undefined ? 0 : utf8Bytes(state);
  }

  /** Time between two renewals, in milliseconds; `undefined` for a lease that lasts as long as the invocation. */
  get heartbeatMs(): number | undefined {
    return this.#parts.terms.heartbeatMs;
  }

  /** Whether it has run out, unless a renewal whose answer is not here yet has moved its end. */
  get isOver(): boolean {
    return this.#parts.host.now() >= this.#untilMs;
  }

  /** Whether the function is to be told of the run's end. */
  get #tellsEnd(): boolean {
    return this.#record.atEnd !== undefined;
  }

  /** Moves its end on; `undefined` once it was given up. */
  renew(budgetMs: () => number, signal: AbortSignal): Promise<WriteAnswer | undefined> {
    const { store } = this.#parts;
    return this.#inTurn(async () => {
      if (this.#hasEnded || signal.aborted) return undefined;
      const write = this.#renewing();
      const answer = await this.#answer("renew", budgetMs, (limit) => store.renew(write, limit), signal);
      if (answer.ok) this.#untilMs = write.leaseUntilMs;
      return answer;
    });
  }

  /** Keeps the state that the run's event brought, where there is a history. Before the first safe point of the run. */
  async keepFirst(budgetMs: () => number): Promise<void> {
    const { hop, attempt, history, state, stats } = this.#record;
    const [first] = hop === 0 ? (history?.hops ?? []) : [];
    // After a safe point the record has another state; the attempt that reached it kept this one.
    if (first?.slot === undefined || state === undefined || (attempt > 1 && stats.steps > 0)) return;
    const { slot, epoch } = first;
    await this.#keep({ hop, slot, epoch, state, nowMs: this.#parts.host.now() }, budgetMs);
  }

  /** Keeps a state of the history; `false` if a later attempt has the run. */
  async #keep(entry: Omit<KeepRequest, "run">, budgetMs: () => number): Promise<boolean> {
    const { store, id } = this.#parts;
    const { history } = store;
    if (!history) return true;
    return ask(this.#parts, "history", budgetMs, (signal) => history.keep({ run: id.run, ...entry }, signal));
  }

  /** Saves a safe point. Renews a lease that heartbeats keep. */
  async checkpoint(state: unknown, stats: RunStats, budgetMs: () => number, cut?: AbortSignal): Promise<WriteAnswer> {
    const { store, terms } = this.#parts;
    const text = await this.#encode(state, budgetMs);
    return this.#inTurn(async () => {
      const renewal = terms.heartbeatMs === undefined ? undefined : this.#renewing();
      const write = {
        ...(renewal ?? this.#write()),
        state: text,
        stats,
        progress: recordedProgress(this.#hop.progress),
      };
      const answer = await this.#answer("checkpoint", budgetMs, (signal) => store.checkpoint(write, signal), cut);
      if (answer.ok && renewal) this.#untilMs = renewal.leaseUntilMs;
      return answer;
    });
  }

  /** Ends the hop and opens the next, for now or for a time to come. */
  async handOff(
    state: unknown,
    stats: RunStats,
    budgetMs: () => number,
    wakeAtMs?: number | undefined,
  ): Promise<WriteAnswer> {
    const { store, id, host, historyHops } = this.#parts;
    const text = await this.#encode(state, budgetMs);
    const next = { hop: id.number + 1, epoch: this.#record.epoch };
    const kept = historyHops === undefined ? undefined : withHop(this.#record.history, next, historyHops);
    if (kept) {
      const entry = { ...next, slot: kept.slot, state: text, nowMs: wakeAtMs ?? host.now() };
      if (!(await this.#keep(entry, budgetMs))) return { ok: false, record: this.#record };
    }
    return this.#last("handOff", budgetMs, (write, signal) =>
      store.handOff({ ...write, state: text, stats, wakeAtMs, history: kept?.history }, signal),
    );
  }

  /** Ends the run with its result, as JSON. One that the record has no room for is left out, and that is said there. */
  finish(result: string | undefined, stats: RunStats, budgetMs: () => number): Promise<WriteAnswer> {
    const bytes = result === undefined ? 0 : utf8Bytes(result);
    const fits = bytes <= this.#room;
    const fields = {
      phase: "done" as const,
      stats,
      tellsEnd: this.#tellsEnd,
      dropsState: fits && bytes + this.#largestStateBytes > this.#room,
      ...(fits ? { result } : { reason: resultTooLarge(bytes, this.#room) }),
    };
    return this.#last("finish", budgetMs, (write, signal) => this.#parts.store.finish({ ...write, ...fields }, signal));
  }

  /** Ends the run for a reason, at the state that its record has. */
  stop(reason: StopReason, stats: RunStats, budgetMs: () => number): Promise<WriteAnswer> {
    const phase = PHASE_OF[reason.code];
    const tellsEnd = phase !== "paused" && this.#tellsEnd;
    const fields = { phase, stats, tellsEnd, reason: shortened(reason) };
    return this.#last("finish", budgetMs, (write, signal) => this.#parts.store.finish({ ...write, ...fields }, signal));
  }

  /** Ends the run as failed, at the last safe point that can be made durable. */
  async fail(reason: EndReason, stats: RunStats, budgetMs: () => number): Promise<WriteAnswer> {
    const state = await this.#lastSafePoint(budgetMs);
    const fields = { phase: "failed" as const, stats, state, tellsEnd: this.#tellsEnd, reason: shortened(reason) };
    return this.#last("finish", budgetMs, (write, signal) => this.#parts.store.finish({ ...write, ...fields }, signal));
  }

  /**
   * After a failure: gives the lease back, so that the platform's retry need not wait for it to run out. What a service
   * could not answer for now is no failure of the run.
   */
  async release(error: unknown, lastError: EndReason, stats: RunStats, budgetMs: () => number): Promise<void> {
    const { store } = this.#parts;
    const hop = this.#hop;
    if (hop.hasEnded) return;
    const state = await this.#lastSafePoint(budgetMs);
    const { failures, stats: before } = this.#record;
    const isServiceTrouble = retryable(error) !== undefined;
    // A checkpoint of this hop may have counted further than what is known here: unless its state is given, it stays.
    const counted =
      hop.steps === 0 ? { ...stats, stalledHops: before.stalledHops } : state === undefined ? undefined : stats;
    const fields = {
      state,
      failures: state !== undefined ? 0 : isServiceTrouble ? failures - 1 : undefined,
      stats: counted,
      lastError: shortened(lastError),
    };
    try {
      await this.#last("release", budgetMs, (write, signal) => store.release({ ...write, ...fields }, signal));
    } catch {
      // The lease runs out by itself.
    }
  }

  async #lastSafePoint(budgetMs: () => number): Promise<string | undefined> {
    try {
      const durable = await this.#hop.durableState("checkpoint");
      return durable === undefined ? undefined : await this.#encode(durable, budgetMs);
    } catch {
      // What cannot be made durable is not claimed: the record keeps its last safe point.
      return undefined;
    }
  }

  /** A write that gives the lease up: nothing renews it afterwards. */
  #last(
    name: keyof RunStore,
    budgetMs: () => number,
    send: (write: ReportingWrite, signal: AbortSignal) => Promise<WriteAnswer>,
  ): Promise<WriteAnswer> {
    return this.#inTurn(() => {
      this.#hasEnded = true;
      const write = { ...this.#write(), progress: recordedProgress(this.#hop.progress) };
      return this.#answer(name, budgetMs, (signal) => send(write, signal));
    });
  }

  #inTurn<Answer>(write: () => Promise<Answer>): Promise<Answer> {
    const answer = this.#turn.then(write);
    this.#turn = answer.catch(() => {});
    return answer;
  }

  async #answer(
    name: keyof RunStore,
    budgetMs: () => number,
    send: (signal: AbortSignal) => Promise<WriteAnswer>,
    signal?: AbortSignal,
  ): Promise<WriteAnswer> {
    const { store, id } = this.#parts;
    const answer = await ask(this.#parts, name, budgetMs, send, signal);
    if (!answer.ok && answer.record === undefined && store.onMissing !== "end") {
      throw new RunUnknownError(id.run, id.number);
    }
    return answer;
  }

  #write(): OwnerWrite {
    const { id, host } = this.#parts;
    // A clock that is set back, or stops, must not make a write look older than the one before.
    this.#lastMs = Math.max(this.#lastMs + 1, host.now());
    return { run: id.run, hop: id.number, owner: id.owner, epoch: this.#record.epoch, nowMs: this.#lastMs };
  }

  #renewing(): RenewWrite {
    const write = this.#write();
    return { ...write, leaseUntilMs: Math.max(this.#untilMs, leaseEnd(this.#parts.terms, write.nowMs)) };
  }

  async #encode(state: unknown, budgetMs: () => number): Promise<string> {
    const text = await encode(this.#parts, state, { maxBytes: this.#room, budgetMs });
    this.#largestStateBytes = Math.max(this.#largestStateBytes, utf8Bytes(text));
    return text;
  }
}

/** The recorded result of a run that is done, for a caller that asks again. */
export function resultOf({ run, result, reason }: RunRecord): string | undefined {
  if (result !== undefined || reason === undefined) return result;
  throw new RunStoreError(`Run ${run} is done, but its result is not in its record: ${reason.message}`);
}

/** Calls the store, with a time limit for each try. */
function ask<Answer>(
  { host }: LeaseParts,
  name: keyof RunStore,
  budgetMs: () => number,
  send: (signal: AbortSignal) => Promise<Answer>,
  signal?: AbortSignal,
): Promise<Answer> {
  return call(send, { name: `The run store's ${name}`, kind: "control", budgetMs, host, signal });
}

function encode(
  { codec, id, host }: LeaseParts,
  state: unknown,
  how: { readonly maxBytes: number; readonly budgetMs: () => number; readonly version?: number },
): Promise<string> {
  const { maxBytes, budgetMs, version } = how;
  const spill = codec.spill && spillWithin(codec.spill, host, budgetMs);
  const place = { run: id.run, hop: id.number, maxBytes, channel: "the run store", version };
  return encodeStored({ ...codec, spill }, state, place);
}

/** Bytes that a record has left for its state or result, beside what else it holds now and later. */
function roomBeside(store: RunStore, fields: Partial<RunRecord>): number {
  return store.maxBytes - recordBytes(fields) - KEPT_BACK_BYTES;
}

function resultTooLarge(bytes: number, room: number): EndReason {
  const message = `The result makes ${bytes} bytes, and the record has room for ${room}; the last hop's outcome alone has it. Return where a large result lies.`;
  return { code: "RESULT_TOO_LARGE", message };
}

function shortened({ code, message, name }: EndReason): EndReason {
  const reason = { code: code.slice(0, MAX_NAME), message: message.slice(0, MAX_MESSAGE) };
  return name === undefined ? reason : { ...reason, name: name.slice(0, MAX_NAME) };
}
