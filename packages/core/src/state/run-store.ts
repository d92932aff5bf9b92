import type { RunStoreError } from "../errors.ts";
import type { Progress } from "../observe/progress.ts";
import type { RunStats } from "../recursion/envelope.ts";
import type { HistoryEntry, KeptHistory } from "./run-history.ts";
import type { RunPhase, RunStatus } from "./run-status.ts";

/** Why a run ended before its work did, or an attempt did. `code` is stable, `message` is for people. */
export interface EndReason {
  readonly code: string;
  readonly message: string;
  /** Name of the error's class, by which Lambda reports it; absent where it was no error. */
  readonly name?: string;
}

/** Limits of one run that take the place of the function's guards. */
export interface RunLimits {
  /** Invocations in the run. */
  readonly maxHops?: number;
  /** Age of the run in milliseconds. */
  readonly maxDurationMs?: number;
  /** Estimated cost of the run in US dollars. */
  readonly maxCostUsd?: number;
}

/** The one small record a run has, however long it lasts. From its first write it can begin the run again. */
export interface RunRecord {
  readonly run: string;
  /** The hop that runs or may begin next. */
  readonly hop: number;
  /** Attempts of this hop that have begun; 0 until one has. */
  readonly attempt: number;
  /** Grows with each attempt of the run and each time it is resumed, and never falls. Of the latest it is `run.fence.token`. */
  readonly epoch: number;
  /**
   * Attempts in a row that committed nothing; the latest counts until it commits. One that ended by a service's trouble
   * does not count.
   */
  readonly failures: number;
  readonly phase: RunPhase;
  /** Random id of the invocation that holds the lease. */
  readonly owner?: string;
  /** Who wrote last; lets a repeated write whose first answer was lost be recognised. */
  readonly lastOwner?: string;
  /** End of the lease in milliseconds since 1970; 0 when there is none. */
  readonly leaseUntilMs: number;
  readonly heartbeatAtMs: number;
  /** Since when the next hop may begin: when it was handed off, or the end of the lease. Absent while the run is at rest. */
  readonly dueAtMs?: number;
  /** When the next hop of a sleeping run may begin. It stays while the sleeper is stopped or paused. */
  readonly wakeAtMs?: number;
  /** How long the run has slept so far; it does not count as its age. */
  readonly sleptMs?: number;
  /** Extra wait of the sweeps before they send the event again; grows with each time. Absent once a hop has begun. */
  readonly backOffMs?: number;
  readonly startedAtMs: number;
  /** When it came to rest or went on, last. */
  readonly changedAtMs: number;
  /** ARN of the function that runs it, as it was invoked. */
  readonly target: string;
  /** The tenant it runs for, where the function isolates tenants. */
  readonly tenantId?: string;
  /** Key of the event under which the state travels; absent where that is the envelope. */
  readonly stateKey?: string;
  /** The event without state and envelope, as JSON. */
  readonly event: string;
  /** The state at the last durable safe point, or the one its first event brought; encoded by the state codec. */
  readonly state?: string;
  readonly pinned?: string;
  readonly stats: RunStats;
  /** The last report of the work through `progress()`, as of the last write of its owner. */
  readonly progress?: Progress;
  /** Given when the run was resumed or rewound. */
  readonly limits?: RunLimits;
  /** The hops that the run can begin again at. Absent where its function keeps no history. */
  readonly history?: KeptHistory;
  /** How often it was rewound; absent where it never was. Its states then come from this record alone. */
  readonly rewinds?: number;
  /**
   * Whether its function wants to be told of its end. `tell`: once it is over. `telling`: it is over, and due until the function
   * was told. `told`: it was. Absent: no.
   */
  readonly atEnd?: "tell" | "telling" | "told";
  /** Asked of the run; seen at its next checkpoint or hop. */
  readonly requested?: RunRequest;
  /** Why it ended, where it did not end by itself; or what its record has no room for. */
  readonly reason?: EndReason;
  /** How the last attempt failed that said so, since the last safe point. */
  readonly lastError?: EndReason;
  /** The value that `run` returned, as JSON. */
  readonly result?: string;
}

/** Asks for a page of runs. */
export interface PageQuery {
  /** Only runs in this status. Default: in any. */
  readonly status?: RunStatus | undefined;
  /** Only runs that began at this time or later, in milliseconds since 1970. Default: all. */
  readonly startedAfterMs?: number | undefined;
  /** Most runs in the page. */
  readonly limit: number;
  /** Of the page before. Default: the first page. */
  readonly cursor?: string | undefined;
}

/** A page of runs. */
export interface RunPage {
  readonly records: readonly RunRecord[];
  /** Asks for the next page; absent after the last one. A page may have fewer records than asked for, even none. */
  readonly cursor?: string | undefined;
  /** Damaged records among the runs of this page. */
  readonly damaged?: readonly RunStoreError[] | undefined;
}

/** A request to a run from outside. */
export type RunRequest = "stop" | "pause";

/** The first content of a record. */
export interface CreateRequest {
  readonly run: string;
  readonly nowMs: number;
  readonly startedAtMs: number;
  readonly target: string;
  readonly tenantId?: string;
  readonly stateKey?: string;
  readonly event: string;
  /** The state that the event brings, encoded; a new record begins with it. */
  readonly state?: string;
  readonly pinned?: string;
  /** Statistics that the event brings; a new record begins with it. Default: nothing learned, nothing used. */
  readonly stats?: RunStats;
}

/** Asks to run a hop. */
export interface BeginRequest extends CreateRequest {
  readonly hop: number;
  readonly owner: string;
  /**
   * End of the lease, in milliseconds since 1970. `lease: "invocation"`: `nowMs` plus the time the invocation has left.
   * `lease: { heartbeatMs }`: at most three heartbeats after `nowMs`; {@link RunStore.renew} moves it on.
   */
  readonly leaseUntilMs: number;
  /** How far clocks of two hosts may differ, in milliseconds. */
  readonly skewMs: number;
  /** Whether the function wants to be told of the run's end. */
  readonly tellsEnd?: boolean | undefined;
  /** Whether the function keeps a history. The first hop is its first entry. */
  readonly keepsHistory?: boolean | undefined;
}

/** Why a hop may not run. */
export type BeginRefusal =
  /** Another invocation runs this hop. */
  | "lease-live"
  /** The next hop was handed off but has not begun: the hand-off may have been lost. */
  | "handed-off"
  /** The run sleeps, and it is not time yet. */
  | "sleeping"
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

/** A write of the attempt that holds the lease. */
export interface OwnerWrite {
  readonly run: string;
  readonly hop: number;
  readonly owner: string;
  /** The record's when the lease was taken. */
  readonly epoch: number;
  readonly nowMs: number;
}

/** A lease that lasts longer. */
export interface RenewWrite extends OwnerWrite {
  /** The new end of the lease, in milliseconds since 1970. A renewal never moves it back. */
  readonly leaseUntilMs: number;
}

/** A write that brings the last report of the work, if it made one. */
export interface ReportingWrite extends OwnerWrite {
  /** Default: the record's stays. */
  readonly progress?: Progress | undefined;
}

/** A durable safe point. */
export interface CheckpointWrite extends ReportingWrite {
  readonly state: string;
  readonly stats: RunStats;
  /** Renews the lease until then. Default: the lease stays as it is. */
  readonly leaseUntilMs?: number;
}

/** The end of a hop: the run continues at `hop + 1`. */
export interface HandOffWrite extends ReportingWrite {
  readonly state: string;
  readonly stats: RunStats;
  /** The run sleeps until then: the next hop may not begin before. Default: it may begin at once. */
  readonly wakeAtMs?: number | undefined;
  /** The history with the next hop, whose state {@link RunHistory.keep} has. Default: the record's stays. */
  readonly history?: KeptHistory | undefined;
}

/** The lease given back by a hop that failed: the same hop may begin again at once. */
export interface ReleaseWrite extends ReportingWrite {
  /** The last safe point of the hop. Default: the record's stays. */
  readonly state?: string | undefined;
  /** The new count of failures. Default: the count stays. */
  readonly failures?: number | undefined;
  /** Default: the record's stay. */
  readonly stats?: RunStats | undefined;
  /** How the attempt failed. */
  readonly lastError?: EndReason | undefined;
}

/** The end of a run, for now or for ever. */
export interface FinishWrite extends ReportingWrite {
  readonly phase: "done" | "failed" | "stopped" | "paused";
  readonly stats: RunStats;
  /** Default: the record's stays. */
  readonly state?: string | undefined;
  /** Whether the function is to be told of this end: the record says so when the lease was taken. Not of a pause. */
  readonly tellsEnd?: boolean | undefined;
  /** Whether the record's state makes room for the result. */
  readonly dropsState?: boolean | undefined;
  readonly result?: string | undefined;
  readonly reason?: EndReason | undefined;
}

/** The answer to a write of the owner; refused means fenced: another invocation owns the run. */
export type WriteAnswer =
  | { readonly ok: true; readonly requested: RunRequest | undefined }
  | { readonly ok: false; readonly record: RunRecord | undefined };

/** Asks a sweep's question of a record. */
export interface DueQuery {
  /** A run counts as due if its next hop might have begun before this, in milliseconds since 1970. */
  readonly beforeMs: number;
  readonly nowMs: number;
  /** Where the page before ended. */
  readonly cursor?: string | undefined;
}

/** A page of what may be due. */
export interface DuePage {
  readonly runs: readonly string[];
  /** Where the next page begins; absent on the last. */
  readonly cursor?: string;
}

/** A state to keep. */
export interface KeepRequest {
  readonly run: string;
  readonly hop: number;
  readonly slot: number;
  /** That of the attempt that keeps it; a slot never goes back to a lower one. */
  readonly epoch: number;
  /** The state, encoded; at most {@link RunStore.maxBytes} with its run's id. */
  readonly state: string;
  /** When the hop begins, in milliseconds since 1970: its time to live counts from here. */
  readonly nowMs: number;
}

/** Begins a run again at a hop of its history. */
export interface RewindRequest {
  readonly run: string;
  readonly entry: HistoryEntry;
  /** The state that the slot of the entry has; `undefined` for an entry without a slot. */
  readonly state: string | undefined;
  readonly nowMs: number;
  /** Limits of the run from now on, in place of the function's guards. */
  readonly limits?: RunLimits | undefined;
}

/**
 * Keeps the states that hops began with, outside the records of their runs. An entry counts once the record names it, so a
 * state is kept first, and the hop handed off after that.
 */
export interface RunHistory {
  /** Keeps a state in place of what its slot has; answers `false` if a later attempt has used the slot. */
  keep(request: KeepRequest, signal?: AbortSignal): Promise<boolean>;
  /** Reads the state of an entry; `undefined` if its slot does not have it any more. */
  read(run: string, entry: HistoryEntry, signal?: AbortSignal): Promise<string | undefined>;
  /**
   * Begins a run again at an entry that its record names, whatever the run does now; answers with the record to send, or
   * `undefined` if its record does not name the entry. The attempt under way loses its lease. The function `rewind` reads the
   * state and sends the record as well.
   */
  rewind(request: RewindRequest, signal?: AbortSignal): Promise<RunRecord | undefined>;
}

/**
 * Keeps one record per run. Each method is one conditional write whose refusal answers with the record as it is.
 * Rejections (network, throttling) are not refusals: the write may or may not have happened. Its caller gives up a call
 * that takes too long, by the `signal`, and makes it again; so each write recognises itself.
 */
export interface RunStore {
  /** The largest record the store takes, in bytes as {@link recordBytes} counts them. */
  readonly maxBytes: number;
  /** Whether a run begins only if its record is there: writing the record begins the run. Default `false`. */
  readonly mustExist?: boolean;
  /** The meaning of a vanished record for the run's hop: an error (default), or a quiet end. */
  readonly onMissing?: "error" | "end";
  /**
   * Writes the record of a run that is to begin, unless it is there; answers whether it was written. From then on a sweep
   * sends its first event, if nobody else does.
   */
  create(request: CreateRequest, signal?: AbortSignal): Promise<boolean>;
  /** Takes the lease of a hop. */
  begin(request: BeginRequest, signal?: AbortSignal): Promise<BeginAnswer>;
  /** Moves the end of the lease on, beside the work. */
  renew(write: RenewWrite, signal?: AbortSignal): Promise<WriteAnswer>;
  /** Saves a safe point of the running hop. */
  checkpoint(write: CheckpointWrite, signal?: AbortSignal): Promise<WriteAnswer>;
  /** Ends the hop and opens the next. */
  handOff(write: HandOffWrite, signal?: AbortSignal): Promise<WriteAnswer>;
  /** Gives the lease back after a failure. */
  release(write: ReleaseWrite, signal?: AbortSignal): Promise<WriteAnswer>;
  /** Ends the run. */
  finish(write: FinishWrite, signal?: AbortSignal): Promise<WriteAnswer>;
  /**
   * Notes that a run's function was told of its end, which is that of the given epoch. Until then the run is due. Answers whether
   * it is noted.
   */
  told(run: string, epoch: number, signal?: AbortSignal): Promise<boolean>;
  /** Reads a record, consistently. */
  get(run: string, signal?: AbortSignal): Promise<RunRecord | undefined>;
  /**
   * Asks a run that is not over to stop or pause; `undefined` takes the request back. A run that sleeps stops or pauses at
   * once. Answers whether there was one.
   */
  request(run: string, requested: RunRequest | undefined, nowMs: number, signal?: AbortSignal): Promise<boolean>;
  /**
   * Lets a paused, stopped or failed run go on from its last safe point, with other limits if given; answers with the
   * record to send, or `undefined`. The function `resume` sends it as well.
   */
  resume(run: string, nowMs: number, limits?: RunLimits, signal?: AbortSignal): Promise<RunRecord | undefined>;
  /**
   * Deletes a run that is at rest: deletes the states of its history, empties its record, and keeps that until its time to
   * live, so that no late event begins the run again and its epoch never falls. Answers whether the run is deleted.
   */
  delete(run: string, nowMs: number, signal?: AbortSignal): Promise<boolean>;
  /** A page of runs that may be due. It may be out of date: {@link postpone} confirms each. */
  due(query: DueQuery, signal?: AbortSignal): Promise<DuePage>;
  /**
   * Confirms that a run is due, and postpones it, so that two sweeps do not send the same; answers with the record to
   * send, or `undefined` if it is not due any more.
   */
  postpone(run: string, query: DueQuery, signal?: AbortSignal): Promise<RunRecord | undefined>;
  /** A page of the records in a status, the latest change first. It costs what the page holds, not what the store holds. */
  page(query: PageQuery, signal?: AbortSignal): Promise<RunPage>;
  /** All records, by reading the whole store: for exports and tests. */
  list(signal?: AbortSignal): AsyncIterable<RunRecord>;
  /** Keeps the states that hops began with. Absent: runs of this store have no history, and cannot be rewound. */
  readonly history?: RunHistory;
}
