import type { TimeBudget } from "./budget/time-budget.ts";
import type { Fence, OnSaved, PersistState } from "./hop.ts";
import type { Host } from "./host.ts";
import type { Observer } from "./observe/observer.ts";
import type { Progress } from "./observe/progress.ts";
import type { Work } from "./pump.ts";
import type { Pricing } from "./recursion/cost.ts";
import type { HandOffDriver } from "./recursion/driver.ts";
import type { Guards } from "./recursion/guards.ts";
import type { StandardSchema } from "./state/codec.ts";
import type { LeaseKind } from "./state/lease-terms.ts";
import type { EndReason, RunStore } from "./state/run-store.ts";
import type { StateSeal } from "./state/seal.ts";
import type { StateSpill } from "./state/spill.ts";

/** The part of Lambda's context object that Longhaul uses; `Context` of `@types/aws-lambda` fits. */
export interface InvocationContext {
  readonly awsRequestId: string;
  /** The function as it was invoked, with alias or version. */
  readonly invokedFunctionArn: string;
  readonly functionVersion: string;
  readonly memoryLimitInMB: string | number;
  /**
   * Identity of what caused this invocation, where the request id is not: {@link sqsHandler} sets it, because each
   * delivery of a message, and all messages of a batch, come with a request id that says nothing of the message.
   */
  readonly causeId?: string;
  /**
   * Lambda's client context. Its `Custom.longhaulCause` names the cause where `causeId` does not: the state machine of
   * `ContinueAsNew` sets it, because each of its tries is a request of its own.
   */
  readonly clientContext?: unknown;
  /** Whether who calls the handler acts on its outcome: then a run that failed is answered and not thrown. */
  readonly readsOutcome?: boolean;
  /** The tenant of a function that isolates tenants. */
  readonly tenantId?: string | undefined;
  getRemainingTimeInMillis(): number;
}

/** The run and its invocation, for the work. */
export interface RunContext<Event, State = unknown> {
  readonly run: {
    /** Id of the run; the same in every hop. */
    readonly id: string;
    /** Which invocation of the run this is, from 0. */
    readonly hop: number;
    /** 1 for the first attempt of this hop; more after a crash or failure. Needs a RunStore. */
    readonly attempt: number;
    /**
     * Whether a store keeps the run's record, so that no later attempt begins with an older state than the last one saved, unless
     * the run is rewound.
     */
    readonly isRecorded: boolean;
    /**
     * Whether the run keeps a history, so that it may begin again at an older state: what an older state refers to is then left
     * to lifecycle rules.
     */
    readonly isRewindable: boolean;
    /** How often the run was rewound. */
    readonly rewinds: number;
    /**
     * Attempts in a row that ended without a word since the last saved state: killed, out of memory, or out of time. 0 as soon
     * as one of them said how it failed. Needs a RunStore.
     */
    readonly deaths: number;
    /** When the run began, in milliseconds since 1970. */
    readonly startedAt: number;
    /**
     * Keeps out what outlives its attempt: compare `fence.token` in each conditional write that must not happen twice. An
     * abandoned step can overlap its successor until it next asks.
     */
    readonly fence: Fence;
  };
  /** Parameters of the run, without state and envelope. With a RunStore they come from the record. */
  readonly event: Event;
  readonly context: InvocationContext;
  readonly budget: TimeBudget;
  /** Aborted when only the reserve is left; pass it on to whatever takes long. */
  readonly signal: AbortSignal;
  /** Reports counters, such as `{ records: 1200 }`, to the observers; costs an assignment. */
  progress(counters: Progress): void;
  /** Has the next safe point saved at once, not at the next checkpoint; {@link onSaved} tells when it is. Needs a RunStore. */
  saveNext(): void;
  /** Registers what completes a state just before it is saved or handed off. The last registration counts. */
  onPersist(persist: PersistState<State>): void;
  /**
   * Registers what is told of a state once the store holds it, and of the end of the run once it is recorded. The last
   * registration counts. What an older state refers to is deleted here and nowhere earlier, and not at all if `run.isRewindable`;
   * see `Outbox` of `@longhaul/core/parts`.
   */
  onSaved(saved: OnSaved<State>): void;
}

/** The end of a run, for `onEnd`. */
export interface RunEnd<Event, Result> {
  /** Id of the run. */
  readonly run: string;
  readonly status: "done" | "stopped" | "failed";
  /** Parameters of the run. */
  readonly event: Event;
  /** Why, where its work did not end by itself. */
  readonly reason?: EndReason | undefined;
  /** The result of the work, if it is done and its record has it. */
  readonly result?: Result | undefined;
}

/** How states are carried, checked and stored. */
export interface StateOptions<State> {
  /**
   * Key of the event under which the state travels, for handlers in other languages and events that bring a state. Default:
   * none, it travels under `longhaul.state`.
   */
  readonly key?: string | undefined;
  /** Validates (and may transform) every state that comes in. */
  readonly schema?: StandardSchema<State> | undefined;
  /** Version of the state's shape; a whole number from 1. Default: unversioned. */
  readonly version?: number | undefined;
  /** Brings a state of an older version (0: unversioned) to the current one. Needs {@link version}. */
  readonly migrate?: ((state: unknown, fromVersion: number) => unknown) | undefined;
  /** Keeps states that are too large for an event or a record. Default: they are refused. */
  readonly spill?: StateSpill | undefined;
  /** Signs and encrypts states. Default: they travel as plain JSON. */
  readonly seal?: StateSeal | undefined;
}

/** How the time of an invocation is used. All in milliseconds. */
export interface TimeOptions {
  /** Time kept back for handing off. Default `"learned"`. */
  readonly reserveMs?: number | "learned" | undefined;
  /** Looks at the clock at least this often beside the work; below the reserve. Default: one timer. */
  readonly watchdogIntervalMs?: number | undefined;
  /** At most this long between two durable safe points. Default 5,000. Needs a store to be durable. */
  readonly checkpointEveryMs?: number | undefined;
  /**
   * Longest that one step may take, from one safe point to the next. Its `signal` is then aborted, and a step that does not
   * end is abandoned; the run is handed off from its last safe point. Default: only the reserve ends a step.
   */
  readonly stepTimeoutMs?: number | undefined;
}

/** How far back a run can be rewound. */
export interface HistoryOptions {
  /** The latest hops that a run can begin again at, the one under way included: a whole number from 1 to 100. */
  readonly hops: number;
}

/** Settings that are seldom needed. */
export interface AdvancedOptions {
  /** Clock, timers, ids, randomness and environment. Default: the machine's. For tests. */
  readonly host?: Host | undefined;
  /** Prices for the cost guard. Default: arm64 in us-east-1. */
  readonly pricing?: Pricing | undefined;
  /** How far the clocks of two hosts may differ, in milliseconds. Default 1,000. */
  readonly skewMs?: number | undefined;
  /** The first part of default run ids. Default: the function's name; give the old one after the function was renamed. */
  readonly runScope?: string | undefined;
}

/**
 * Options of {@link recursive}. Event, State and Result are inferred from `start` and `run`. Unknown names are refused, those
 * within a group, too.
 */
export interface RecursiveOptions<Event, State, Result> {
  /** The state a run begins with, from its event. */
  readonly start: (event: Event, context: InvocationContext) => State | Promise<State>;
  /**
   * The work: continues from `state`, yields after each piece a *new* state from which it can be resumed, returns the
   * result. A yielded state must not be changed afterwards.
   */
  readonly run: (state: State, context: RunContext<Event, State>) => Work<State, Result>;
  /**
   * Called when a run is done, stopped or failed, after its record says so: for cleaning up. At least once, whatever dies: a
   * sweep has it called again until it returns. `state` is the last saved one, if the record still has it. A run that is resumed
   * and ends again is told again. Needs a RunStore.
   */
  readonly onEnd?:
    | ((
        end: RunEnd<Event, Result>,
        state: NoInfer<State> | undefined,
        context: InvocationContext,
      ) => void | Promise<void>)
    | undefined;
  /** How states are carried, checked and stored. */
  readonly state?: StateOptions<State> | undefined;
  /** How the time of an invocation is used. */
  readonly time?: TimeOptions | undefined;
  /** Rules that end a run, and the kill switch. */
  readonly guards?: Guards | undefined;
  /** The channel of hand-offs. Default: asynchronous self-invoke through `@aws-sdk/client-lambda`. */
  readonly driver?: HandOffDriver | undefined;
  /** Keeps one record per run; with it at most one attempt of a run holds the lease. */
  readonly store?: RunStore | undefined;
  /**
   * How long a lease lasts: `"invocation"` (default), or `{ heartbeatMs }`, with which a run whose process dies is taken over
   * after three heartbeats and `advanced.skewMs`, by the next retry or sweep. Heartbeats need a store and
   * `time.stepTimeoutMs`, because a step that hangs while its process lives keeps the lease.
   */
  readonly lease?: LeaseKind | undefined;
  /**
   * Keeps the states that the latest hops began with, so that `rewind()` of the run client can begin a run again there. Each
   * hop then makes one more write. What those states refer to must stay, too: see `run.isRewindable`. Default: none is kept.
   * Needs a RunStore.
   */
  readonly history?: HistoryOptions | undefined;
  /** Watchers of the run. */
  readonly observers?: readonly Observer[] | undefined;
  /**
   * Id of the run an event begins. Default: `advanced.runScope` and the identity of the cause, see {@link runIdOf}.
   */
  readonly runId?: ((event: Event, context: InvocationContext) => string) | undefined;
  /** Whether a run stays on the function version it began on (`"pin"`) or moves with the alias (`"upgrade"`, default). */
  readonly version?: "pin" | "upgrade" | undefined;
  /** Settings that are seldom needed. */
  readonly advanced?: AdvancedOptions | undefined;
}
