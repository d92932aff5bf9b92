import type { RunStats } from "../recursion/envelope.ts";
import type { StopReason } from "../recursion/guards.ts";
import type { leaseProtocol } from "./lease-protocol.ts";

/**
 * Where a run stands. `handed-off`: its next hop may begin. `running`: a hop holds the lease. `paused`: kept until
 * resumed, by request or because it could not go on. `done`, `failed`, `stopped`: over.
 */
export type RunPhase = "running" | "handed-off" | "paused" | "done" | "failed" | "stopped";

/** The one small record a run has, however long it lasts. */
export interface RunRecord {
  readonly run: string;
  /** The hop that runs or may begin next. */
  readonly hop: number;
  readonly phase: RunPhase;
  /** Random id of the invocation that holds the lease. */
  readonly owner?: string;
  /** Who wrote last; lets a repeated write whose first answer was lost be recognised. */
  readonly lastOwner?: string;
  /** End of the lease in milliseconds since 1970; 0 when there is none. */
  readonly leaseUntilMs: number;
  readonly heartbeatAtMs: number;
  readonly startedAtMs: number;
  /** Attempts of this hop begun without reaching a new safe point. */
  readonly attempts: number;
  /** ARN of the function that runs it, as it was invoked. */
  readonly target: string;
  readonly stateKey: string;
  /** The event without state and envelope, as JSON. */
  readonly event: string;
  /** The state at the last durable safe point, encoded by the state codec; absent before the first. */
  readonly state?: string;
  readonly pinned?: string;
  readonly stats: RunStats;
  /** Asked of the run; seen at its next checkpoint or hop. */
  readonly requested?: RunRequest;
  /** Why it ended, where it did not end by itself. */
  readonly reason?: { readonly code: string; readonly message: string };
  /** What `run` returned, as JSON. */
  readonly result?: string;
}

/** What may be asked of a run from outside. */
export type RunRequest = "stop" | "pause";

/** Asks to run a hop. */
export interface BeginRequest {
  readonly run: string;
  readonly hop: number;
  readonly owner: string;
  readonly nowMs: number;
  /** `nowMs` plus the time the invocation has left: the lease lasts exactly as long as Lambda lets it live. */
  readonly leaseUntilMs: number;
  /** How far clocks of two hosts may differ, in milliseconds. */
  readonly skewMs: number;
  readonly startedAtMs: number;
  readonly target: string;
  readonly stateKey: string;
  readonly event: string;
  readonly pinned?: string;
  /** What the event says of the run so far; its record begins with that. Default: nothing learned, nothing used. */
  readonly stats?: RunStats;
}

/** Why a hop may not run. */
export type BeginRefusal =
  /** Another invocation runs this hop. */
  | "lease-live"
  /** The next hop was handed off but has not begun: the hand-off may have been lost. */
  | "handed-off"
  /** The run is further on. */
  | "older"
  /** The run has ended or is paused. */
  | "over"
  /** There is no such run. */
  | "unknown";

/** The answer to {@link RunStore.begin}. */
export type BeginAnswer =
  | { readonly ok: true; readonly record: RunRecord }
  | { readonly ok: false; readonly refusal: BeginRefusal; readonly record: RunRecord | undefined };

/** A write of the hop that holds the lease. */
export interface OwnerWrite {
  readonly run: string;
  readonly hop: number;
  readonly owner: string;
  readonly nowMs: number;
}

/** A durable safe point. */
export interface CheckpointWrite extends OwnerWrite {
  readonly state: string;
  readonly stats: RunStats;
}

/** The end of a hop: the run goes on at `hop + 1`, or waits there paused. */
export interface HandOffWrite extends OwnerWrite {
  readonly phase: "handed-off" | "paused";
  readonly state: string | undefined;
  readonly stats: RunStats;
  readonly reason?: StopReason;
}

/** The lease given back by a hop that failed: the same hop may begin again at once. */
export interface ReleaseWrite extends OwnerWrite {
  /** The last safe point of the hop; `undefined` keeps the record's. */
  readonly state: string | undefined;
  /** What the record is to count, 1 after progress; `undefined` keeps what it counts, as a checkpoint may have begun anew. */
  readonly attempts: number | undefined;
  /** `undefined` keeps the record's. */
  readonly stats: RunStats | undefined;
}

/** The end of a run. */
export interface FinishWrite extends OwnerWrite {
  readonly phase: "done" | "failed" | "stopped" | "paused";
  readonly stats: RunStats;
  readonly state?: string;
  readonly result?: string;
  readonly reason?: { readonly code: string; readonly message: string };
}

/** The answer to a write of the owner; refused means fenced: another invocation owns the run. */
export type WriteAnswer =
  | { readonly ok: true; readonly requested: RunRequest | undefined }
  | { readonly ok: false; readonly record: RunRecord | undefined };

/**
 * Keeps one record per run. Each method is one conditional write whose refusal answers with the record as it is.
 * Rejections (network, throttling) are not refusals: the write may or may not have happened.
 */
export interface RunStore {
  /** The largest record the store takes, in bytes of JSON. */
  readonly maxBytes: number;
  /** How an invocation uses the store; always {@link leaseProtocol}. */
  readonly protocol: typeof leaseProtocol;
  /** Takes the lease of a hop. */
  begin(request: BeginRequest): Promise<BeginAnswer>;
  /** Saves a safe point of the running hop. */
  checkpoint(write: CheckpointWrite): Promise<WriteAnswer>;
  /** Ends the hop and opens the next. */
  handOff(write: HandOffWrite): Promise<WriteAnswer>;
  /** Gives the lease back after a failure. */
  release(write: ReleaseWrite): Promise<WriteAnswer>;
  /** Ends the run. */
  finish(write: FinishWrite): Promise<WriteAnswer>;
  /** Reads a record, consistently. */
  get(run: string): Promise<RunRecord | undefined>;
  /** Asks a run that is not over to stop or pause; `undefined` takes the request back. Answers whether there was one. */
  request(run: string, requested: RunRequest | undefined): Promise<boolean>;
  /** Lets a paused, stopped or failed run go on from its last safe point; answers with the record to send, or `undefined`. */
  resume(run: string, nowMs: number): Promise<RunRecord | undefined>;
  /** Runs that are handed off or running, with a heartbeat before `heartbeatBeforeMs` and no live lease. */
  stale(query: { readonly heartbeatBeforeMs: number; readonly leaseOverMs: number }): AsyncIterable<RunRecord>;
  /** Renews the heartbeat of a stale record if it still is what was read: two sweepers seldom send both. */
  touch(record: RunRecord, nowMs: number): Promise<boolean>;
  /** All records, for listings. */
  list(): AsyncIterable<RunRecord>;
}
