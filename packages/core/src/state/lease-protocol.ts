import { RunUnknownError } from "../errors.ts";
import type { Hop } from "../hop.ts";
import type { Host } from "../host.ts";
import type { HandOffMessage } from "../recursion/driver.ts";
import type { RunStats } from "../recursion/envelope.ts";
import { eventOfRecord } from "../recursion/event-of-record.ts";
import type { StopReason } from "../recursion/guards.ts";
import { runIdOf } from "../recursion/run-id.ts";
import type { DecodedState, StateCodecOptions } from "./codec.ts";
import { fromJson, toJson, utf8Bytes } from "./json.ts";
import type { BeginAnswer, BeginRequest, OwnerWrite, RunRecord, RunStore, WriteAnswer } from "./run-store.ts";
import { decodeStored, encodeStored } from "./stored.ts";

/** What an invocation brings to the lease protocol. */
export interface LeaseParts {
  readonly store: RunStore;
  readonly codec: StateCodecOptions<never>;
  readonly host: Host;
  readonly hop: Pick<Hop<unknown>, "run" | "number" | "owner" | "steps" | "hasEnded" | "durableState">;
}

/** What a caller that invokes again itself is told of a hop that was run before, in place of `duplicate`. */
export type KnownOutcome =
  | { readonly status: "continued"; readonly message: string; readonly continuation: Record<string, unknown> }
  | { readonly status: "done"; readonly message: string; readonly result: unknown };

/** The store's answer, and what follows from a refusal. */
export type LeaseAnswer =
  | (BeginAnswer & { readonly ok: true })
  | (BeginAnswer & {
      readonly ok: false;
      /** A hand-off that may have been lost, to be sent again. */
      readonly lost?: Omit<HandOffMessage, "run">;
      readonly known?: KnownOutcome;
    });

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

/**
 * The lease protocol from the side of one invocation: takes the lease of its hop, writes under it, gives it up. A store
 * brings it along, so that a handler without a store does not carry it.
 */
export class Lease {
  readonly #parts: LeaseParts;
  #record: RunRecord | undefined;
  #lastMs = 0;

  constructor(parts: LeaseParts) {
    this.#parts = parts;
  }

  /** The record as it was when the lease was taken. */
  get record(): RunRecord | undefined {
    return this.#record;
  }

  /** @throws {@link RunUnknownError} if a run under way has no record. */
  async begin(request: Omit<BeginRequest, keyof OwnerWrite>): Promise<LeaseAnswer> {
    const answer = await this.#parts.store.begin({ ...this.#write(), ...request });
    const { run, number } = this.#parts.hop;
    if (answer.ok) {
      this.#record = answer.record;
      return answer;
    }
    const { refusal, record } = answer;
    if (refusal === "unknown") throw new RunUnknownError(run, number);
    if (refusal === "over" && record?.phase === "done") return { ...answer, known: doneBefore(record) };
    if (refusal !== "handed-off" || !record) return answer;
    // The hand-off of this hop may have been lost; the claim is fenced, so a second one is harmless.
    const lost = { hop: record.hop, target: record.target, ...eventOfRecord(record) };
    const message = `to be continued at hop ${record.hop}, which was handed off before`;
    return { ...answer, lost, known: { status: "continued", message, continuation: lost.event } };
  }

  /** What is asked of the run. */
  get requested(): StopReason | undefined {
    const { requested } = this.#record ?? {};
    if (requested === "stop") return { code: "STOP_REQUESTED", message: "A stop was requested." };
    if (requested === "pause") return { code: "PAUSE_REQUESTED", message: "A pause was requested." };
    return undefined;
  }

  /** The record's state, if the run stands there and not where the event says. */
  async state(hasEventState: boolean): Promise<DecodedState | undefined> {
    const { run, state, attempts } = this.#record as RunRecord;
    if (state === undefined || (hasEventState && attempts === 1)) return undefined;
    return decodeStored(this.#parts.codec, state, run);
  }

  /** Saves a safe point. */
  async checkpoint(state: unknown, stats: RunStats): Promise<WriteAnswer> {
    return this.#parts.store.checkpoint({ ...this.#write(), state: await this.#encode(state), stats });
  }

  /** Ends the hop and opens the next. */
  async handOff(state: unknown, stats: RunStats): Promise<WriteAnswer> {
    const encoded = await this.#encode(state);
    const answer = await this.#parts.store.handOff({ ...this.#write(), phase: "handed-off", state: encoded, stats });
    this.#record = undefined;
    return answer;
  }

  /** Ends the run with its result. */
  finish(result: unknown, stats: RunStats): Promise<WriteAnswer> {
    const { store } = this.#parts;
    const text = result === undefined ? undefined : toJson(result, "result");
    // A result too large for the record is still in the outcome; the run is done either way.
    const fits = text !== undefined && utf8Bytes(text) <= store.maxBytes / 4;
    return store.finish({ ...this.#write(), phase: "done", stats, ...(fits && { result: text }) });
  }

  /** Ends the run for a reason. */
  async stop(reason: StopReason, stats: RunStats): Promise<WriteAnswer> {
    const answer = await this.#parts.store.finish({ ...this.#write(), phase: PHASE_OF[reason.code], stats, reason });
    if (answer.ok) this.#record = undefined;
    return answer;
  }

  /** After a failure: gives the lease back, so that the platform's retry need not wait for it to run out. */
  async release(stats: RunStats): Promise<void> {
    const { store, hop } = this.#parts;
    if (!this.#record || hop.hasEnded) return;
    let state: string | undefined;
    try {
      const durable = await hop.durableState("checkpoint");
      if (durable !== undefined) state = await this.#encode(durable);
    } catch {
      // What cannot be made durable is not claimed: the record keeps its last safe point.
    }
    const attempts = state === undefined ? undefined : 1;
    // A checkpoint of this hop may have counted further than what is known here: unless its state is given, it stays.
    const { stalledHops } = this.#record.stats;
    const counted = hop.steps === 0 ? { ...stats, stalledHops } : attempts && stats;
    try {
      await store.release({ ...this.#write(), state, attempts, stats: counted });
    } catch {
      // The lease runs out by itself.
    }
  }

  #write(): OwnerWrite {
    const { hop, host } = this.#parts;
    // A clock that is set back must not make a checkpoint look older than the one before.
    this.#lastMs = Math.max(this.#lastMs, host.now());
    return { run: hop.run, hop: hop.number, owner: hop.owner, nowMs: this.#lastMs };
  }

  #encode(state: unknown): Promise<string> {
    const { codec, store, hop } = this.#parts;
    return encodeStored(codec, state, {
      run: hop.run,
      hop: hop.number,
      maxBytes: store.maxBytes,
      channel: "the run store",
    });
  }
}

function doneBefore({ result }: RunRecord): KnownOutcome {
  return {
    status: "done",
    message: "all done, by an invocation before this one",
    result: result === undefined ? undefined : fromJson(result, "result"),
  };
}

/** What an invocation does with a store. Every {@link RunStore} has it as its `protocol`. */
export const leaseProtocol = {
  /** Opens the lease of a hop. */
  open: (parts: LeaseParts): Lease => new Lease(parts),
  runIdOf,
};
