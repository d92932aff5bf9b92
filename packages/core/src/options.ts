import { assertReserve, MIN_RESERVE_MS, type TimeBudget } from "./budget/time-budget.ts";
import { assertInterval } from "./budget/watchdog.ts";
import { assertAmount } from "./config.ts";
import { ConfigError } from "./errors.ts";
import type { Fence, PersistState } from "./hop.ts";
import { type Host, systemHost } from "./host.ts";
import type { Observer, Progress } from "./observe/observer.ts";
import type { Work } from "./pump.ts";
import { ARM64_US_EAST_1, type Pricing } from "./recursion/cost.ts";
import type { HandOffDriver } from "./recursion/driver.ts";
import { ENVELOPE_KEY } from "./recursion/envelope.ts";
import { type GuardLimits, type Guards, guardLimits } from "./recursion/guards.ts";
import { assertCodec, type StateCodecOptions } from "./state/codec.ts";
import type { RunStore } from "./state/run-store.ts";

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
  getRemainingTimeInMillis(): number;
}

/** What the work knows of the run and the invocation it is in. */
export interface RunContext<Event> {
  readonly run: {
    /** Id of the run; the same in every hop. */
    readonly id: string;
    /** Which invocation of the run this is, from 0. */
    readonly hop: number;
    /** 1 for the first attempt of this hop; more after a crash or failure (needs a RunStore). */
    readonly attempt: number;
    /** When the run began, in milliseconds since 1970. */
    readonly startedAt: number;
    /** Refuses once the hop has ended: ask it before a write that must not happen twice. */
    readonly fence: Fence;
  };
  /** What the run was begun with, without state and envelope. */
  readonly event: Event;
  readonly context: InvocationContext;
  readonly budget: TimeBudget;
  /** Aborted when only the reserve is left; pass it on to whatever takes long. */
  readonly signal: AbortSignal;
  /** Reports counters, such as `{ records: 1200 }`, to the observers; costs an assignment. */
  progress(counters: Progress): void;
  /** Registers what completes a state just before it is saved or handed off. The last registration counts. */
  onPersist<State>(persist: PersistState<State>): void;
}

/** Options of {@link recursive}. Unknown names are refused. */
export interface RecursiveOptions<Event, State, Result> extends StateCodecOptions<State> {
  /** The state a run begins with, from its event. */
  readonly start: (event: Event, context: InvocationContext) => State | Promise<State>;
  /**
   * The work: goes on from `state`, yields after each piece a *new* state from which it can be resumed, returns the
   * result. A yielded state must not be changed afterwards.
   */
  readonly run: (state: State, context: RunContext<Event>) => Work<State, Result>;
  /** Key of the event under which the state travels. Default `"state"`. */
  readonly stateKey?: string | undefined;
  /** Id of the run an event begins. Default: with a store from the identity of the cause, see {@link runIdOf}; else of the request. */
  readonly runId?: ((event: Event, context: InvocationContext) => string) | undefined;
  /** Time kept back for handing off, in milliseconds. Default `"learned"`. */
  readonly reserveMs?: number | "learned" | undefined;
  /** Looks at the clock at least this often beside the work, in milliseconds; below the reserve. Default: one timer. */
  readonly watchdogIntervalMs?: number | undefined;
  /** At most this long between two durable safe points, in milliseconds. Default 5,000. Needs a store to be durable. */
  readonly checkpointEveryMs?: number | undefined;
  /** Rules that end a run. */
  readonly guards?: Guards | undefined;
  /** Asked at each hop and checkpoint; `true` ends the run. Default: the environment variable `LONGHAUL_KILL_SWITCH` is `on`. */
  readonly isKilled?: (() => boolean | Promise<boolean>) | undefined;
  /** The channel of hand-offs. Default: asynchronous self-invoke through `@aws-sdk/client-lambda`. */
  readonly driver?: HandOffDriver | undefined;
  /** Keeps one record per run; with it at most one invocation of a run is live. */
  readonly store?: RunStore | undefined;
  /** How far the clocks of two hosts may differ, in milliseconds. Default 1,000. */
  readonly skewMs?: number | undefined;
  /** Whether a run stays on the function version it began on (`"pin"`) or moves with the alias (`"upgrade"`, default). */
  readonly version?: "pin" | "upgrade" | undefined;
  /** Watchers of the run. */
  readonly observers?: readonly Observer[] | undefined;
  /** Prices for the cost guard. Default: arm64 in us-east-1. */
  readonly pricing?: Pricing | undefined;
  /** The machine; for tests. */
  readonly host?: Host | undefined;
}

/** Options with every default filled in. */
export interface Settings<Event, State, Result> extends RecursiveOptions<Event, State, Result> {
  readonly stateKey: string;
  readonly checkpointEveryMs: number;
  readonly limits: GuardLimits;
  readonly isKilled: () => boolean | Promise<boolean>;
  readonly driver: HandOffDriver;
  readonly skewMs: number;
  readonly pricing: Pricing;
  readonly observers: readonly Observer[];
  readonly host: Host;
}

const NAMES = new Set(
  "start run stateKey runId reserveMs watchdogIntervalMs checkpointEveryMs guards isKilled driver store skewMs version observers pricing host schema stateVersion migrate spill seal".split(
    " ",
  ),
);

/**
 * Checks options and fills in the defaults.
 *
 * @throws {@link ConfigError} for anything that cannot work, whatever the timeout.
 */
export function settle<Event, State, Result>(
  options: RecursiveOptions<Event, State, Result>,
  defaultDriver: () => HandOffDriver,
): Settings<Event, State, Result> {
  for (const name of Object.keys(options)) {
    if (!NAMES.has(name)) throw new ConfigError(`recursive() has no option "${name}".`);
  }
  for (const name of ["start", "run"] as const) {
    if (typeof options[name] !== "function") throw new ConfigError(`recursive() needs the function "${name}".`);
  }
  const { host = systemHost, stateKey = "state", checkpointEveryMs = 5_000, skewMs = 1_000 } = options;
  const { reserveMs = "learned", watchdogIntervalMs, version = "upgrade" } = options;
  assertReserve(reserveMs);
  assertAmount("checkpointEveryMs", checkpointEveryMs);
  if (skewMs !== 0) assertAmount("skewMs", skewMs);
  if (watchdogIntervalMs !== undefined) {
    assertInterval(watchdogIntervalMs, reserveMs === "learned" ? MIN_RESERVE_MS : reserveMs);
  }
  if (!stateKey || stateKey === ENVELOPE_KEY) throw new ConfigError(`stateKey cannot be "${stateKey}".`);
  if (version !== "pin" && version !== "upgrade") {
    throw new ConfigError(`version must be "pin" or "upgrade", not ${JSON.stringify(version)}.`);
  }
  assertCodec(options as StateCodecOptions<unknown>);
  return {
    ...options,
    stateKey,
    checkpointEveryMs,
    skewMs,
    host,
    limits: guardLimits(options.guards ?? {}, host.env),
    isKilled: options.isKilled ?? (() => host.env("LONGHAUL_KILL_SWITCH") === "on"),
    driver: options.driver ?? defaultDriver(),
    pricing: options.pricing ?? ARM64_US_EAST_1,
    observers: options.observers ?? [],
  };
}
