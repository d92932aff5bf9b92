import { assertReserve, MIN_RESERVE_MS } from "./budget/time-budget.ts";
import { assertInterval } from "./budget/watchdog.ts";
import { assertAmount } from "./config.ts";
import { ConfigError } from "./errors.ts";
import { type Host, systemHost } from "./host.ts";
import type { Observer } from "./observe/observer.ts";
import type { AdvancedOptions, HistoryOptions, RecursiveOptions, StateOptions, TimeOptions } from "./options.ts";
import { ARM64_US_EAST_1, type Pricing } from "./recursion/cost.ts";
import type { HandOffDriver } from "./recursion/driver.ts";
import { ENVELOPE_KEY } from "./recursion/envelope.ts";
import { type GuardLimits, type Guards, guardLimits } from "./recursion/guards.ts";
import { assertCodec, type StateCodecOptions } from "./state/codec.ts";
import type { LeaseKind } from "./state/lease-terms.ts";
import type { RunStore } from "./state/run-store.ts";

/** The options of a handler as its invocations use them: checked, in one row, every default filled in. */
export interface Settings<Event, State, Result>
  extends Pick<RecursiveOptions<Event, State, Result>, "start" | "run" | "onEnd" | "runId" | "version" | "store">,
    StateCodecOptions<State>,
    Pick<TimeOptions, "watchdogIntervalMs" | "stepTimeoutMs">,
    Pick<AdvancedOptions, "runScope"> {
  readonly stateKey: string | undefined;
  readonly reserveMs: number | "learned";
  readonly checkpointEveryMs: number;
  /** Time between two renewals of the lease, in milliseconds; `undefined` for a lease that lasts as long as the invocation. */
  readonly heartbeatMs: number | undefined;
  readonly skewMs: number;
  /** Hops that a run can begin again at; `undefined` for none. */
  readonly historyHops: number | undefined;
  readonly limits: GuardLimits;
  readonly isKilled: () => boolean | Promise<boolean>;
  readonly driver: HandOffDriver;
  readonly observers: readonly Observer[];
  readonly pricing: Pricing;
  readonly host: Host;
}

type Names<Options> = Readonly<Record<keyof Options, true>>;

const STATE: Names<StateOptions<unknown>> = {
  key: true,
  schema: true,
  version: true,
  migrate: true,
  spill: true,
  seal: true,
};
const TIME: Names<TimeOptions> = {
  reserveMs: true,
  watchdogIntervalMs: true,
  checkpointEveryMs: true,
  stepTimeoutMs: true,
};
const ADVANCED: Names<AdvancedOptions> = { host: true, pricing: true, skewMs: true, runScope: true };
const OPTIONS: Names<RecursiveOptions<unknown, unknown, unknown>> = {
  start: true,
  run: true,
  onEnd: true,
  state: true,
  time: true,
  guards: true,
  driver: true,
  store: true,
  lease: true,
  history: true,
  observers: true,
  runId: true,
  version: true,
  advanced: true,
};

/**
 * Checks options and fills in the defaults.
 *
 * @throws {@link ConfigError} for anything that cannot work, whatever the timeout.
 */
export function settle<Event, State, Result>(
  options: RecursiveOptions<Event, State, Result>,
  defaultDriver: () => HandOffDriver,
): Settings<Event, State, Result> {
  assertNames(options, OPTIONS);
  for (const name of ["start", "run"] as const) {
    if (typeof options[name] !== "function") throw new ConfigError(`recursive() needs the function "${name}".`);
  }
  const { start, run, onEnd, store, observers = [], runId, version = "upgrade", guards = {} } = options;
  if (version !== "pin" && version !== "upgrade") {
    throw new ConfigError(`version must be "pin" or "upgrade", not ${JSON.stringify(version)}.`);
  }
  if (onEnd && !store)
    throw new ConfigError("onEnd needs a store: without one nothing remembers that a run has ended.");
  const advanced = advancedOf(options.advanced);
  const time = timeOf(options.time);
  return {
    ...{ start, run, onEnd, store, observers, runId, version },
    ...stateOf(options.state),
    ...time,
    ...advanced,
    heartbeatMs: heartbeatOf(options.lease, store, time.stepTimeoutMs),
    historyHops: historyOf(options.history, store),
    ...guardsOf(guards, advanced.host),
    driver: options.driver ?? defaultDriver(),
  };
}

function stateOf<State>({ key, version, ...rest }: StateOptions<State> = {}): StateCodecOptions<State> & {
  readonly stateKey: string | undefined;
} {
  assertNames({ key, version, ...rest }, STATE, "state");
  if (key === "" || key === ENVELOPE_KEY) throw new ConfigError(`state.key cannot be "${key}".`);
  const codec: StateCodecOptions<State> = { ...rest, stateVersion: version };
  assertCodec(codec as StateCodecOptions<unknown>);
  return { ...codec, stateKey: key };
}

function timeOf(time: TimeOptions = {}) {
  assertNames(time, TIME, "time");
  const { reserveMs = "learned", watchdogIntervalMs, checkpointEveryMs = 5_000, stepTimeoutMs } = time;
  assertReserve(reserveMs);
  assertAmount("time.checkpointEveryMs", checkpointEveryMs);
  if (watchdogIntervalMs !== undefined) {
    assertInterval(watchdogIntervalMs, reserveMs === "learned" ? MIN_RESERVE_MS : reserveMs);
  }
  if (stepTimeoutMs !== undefined) assertAmount("time.stepTimeoutMs", stepTimeoutMs);
  return { reserveMs, watchdogIntervalMs, checkpointEveryMs, stepTimeoutMs };
}

function advancedOf(advanced: AdvancedOptions = {}) {
  assertNames(advanced, ADVANCED, "advanced");
  const { host = systemHost, pricing = ARM64_US_EAST_1, skewMs = 1_000, runScope } = advanced;
  if (skewMs !== 0) assertAmount("advanced.skewMs", skewMs);
  if (runScope === "") throw new ConfigError("advanced.runScope cannot be empty.");
  return { host, pricing, skewMs, runScope };
}

function guardsOf({ isKilled, ...limits }: Guards, host: Host) {
  return {
    limits: guardLimits(limits, host.env),
    isKilled: isKilled ?? (() => host.env("LONGHAUL_KILL_SWITCH") === "on"),
  };
}

function heartbeatOf(
  lease: LeaseKind | undefined,
  store: RunStore | undefined,
  stepTimeoutMs: number | undefined,
): number | undefined {
  if (lease === undefined || lease === "invocation") return undefined;
  if (typeof lease !== "object" || lease === null) {
    throw new ConfigError(`lease must be "invocation" or { heartbeatMs }, not ${JSON.stringify(lease)}.`);
  }
  assertNames(lease, { heartbeatMs: true }, "lease");
  assertAmount("lease.heartbeatMs", lease.heartbeatMs);
  if (!store) throw new ConfigError("lease.heartbeatMs needs a store: without one there is no lease to renew.");
  if (stepTimeoutMs === undefined) {
    throw new ConfigError("lease.heartbeatMs needs time.stepTimeoutMs: a step that hangs would keep the lease.");
  }
  return lease.heartbeatMs;
}

/** Most hops in a history: the record names each. */
const MAX_HISTORY_HOPS = 100;

function historyOf(history: HistoryOptions | undefined, store: RunStore | undefined): number | undefined {
  if (history === undefined) return undefined;
  assertNames(history, { hops: true }, "history");
  const { hops } = history;
  if (!Number.isSafeInteger(hops) || hops < 1 || hops > MAX_HISTORY_HOPS) {
    throw new ConfigError(`history.hops must be a whole number from 1 to ${MAX_HISTORY_HOPS}, not ${hops}.`);
  }
  if (!store) throw new ConfigError("history needs a store: without one there is nowhere to keep the states.");
  if (!store.history) throw new ConfigError("history needs a store that has one, such as dynamodbRunStore().");
  return hops;
}

/** @throws {@link ConfigError} for a name that is none of `known`; `group` is the option that has it. */
function assertNames(given: object, known: Readonly<Record<string, true>>, group?: string): void {
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(known, name)) continue;
    const path = group === undefined ? name : `${group}.${name}`;
    throw new ConfigError(`recursive() has no option "${path}". There are: ${Object.keys(known).join(", ")}.`);
  }
}
