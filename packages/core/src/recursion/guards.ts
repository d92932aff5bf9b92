import { assertAmount } from "../config.ts";
import { ConfigError } from "../errors.ts";
import type { EndReason } from "../state/run-store.ts";
import type { RunStats } from "./envelope.ts";
import { LOOP_DETECTION_LIMIT } from "./lineage.ts";

/** Rules that end a run, and the kill switch. No rule is off by default; `Infinity` switches a limit off. */
export interface Guards {
  /** Invocations in one run. Default 10,000. */
  readonly maxHops?: number;
  /** Age of a run in milliseconds. Default 7 days. */
  readonly maxDurationMs?: number;
  /** Estimated cost of a run in US dollars. Default 25. */
  readonly maxCostUsd?: number;
  /** Hops in a row without a new safe point. Default 3; a state handed off twice counts as all of them at once. */
  readonly maxStalledHops?: number;
  /**
   * Attempts in a row that failed and committed no safe point; needs a RunStore. Default 10. One that ended because a
   * service was throttled, broken or silent does not count.
   */
  readonly maxAttempts?: number;
  /** Whether a hop that hands off the very state it began with made progress. Default `false`; set it for polling loops. */
  readonly isSameStateProgress?: boolean;
  /**
   * Whether the function's `RecursiveLoop` is `Allow`. Default: the environment variable `LONGHAUL_RECURSIVE_LOOP`,
   * which the `RecursiveFunction` construct sets. While it is not known, the run is stopped before the platform drops it.
   */
  readonly isRecursiveLoopAllowed?: boolean;
  /** Asked at each hop and checkpoint; `true` ends the run. Default: the environment variable `LONGHAUL_KILL_SWITCH` is `on`. */
  readonly isKilled?: (() => boolean | Promise<boolean>) | undefined;
}

/** Why a run ended before its work did. `code` is stable. */
export interface StopReason {
  readonly code:
    | "MAX_HOPS"
    | "MAX_DURATION"
    | "MAX_COST"
    | "STALLED"
    | "MAX_ATTEMPTS"
    | "LOOP_DETECTION"
    | "VERSION_MISMATCH"
    | "STOP_REQUESTED"
    | "PAUSE_REQUESTED"
    | "KILL_SWITCH";
  readonly message: string;
}

/** Guards with every default filled in. */
export type GuardLimits = Required<Omit<Guards, "isRecursiveLoopAllowed" | "isKilled">> & {
  readonly isRecursiveLoopAllowed: boolean;
};

const DEFAULTS = {
  maxHops: 10_000,
  maxDurationMs: 7 * 24 * 3_600_000,
  maxCostUsd: 25,
  maxStalledHops: 3,
  maxAttempts: 10,
} as const;

/**
 * Fills in the defaults.
 *
 * @throws {@link ConfigError} if a limit is not a positive number, or a name is unknown.
 */
export function guardLimits(guards: Omit<Guards, "isKilled">, env: (name: string) => string | undefined): GuardLimits {
  const {
    isSameStateProgress = false,
    isRecursiveLoopAllowed = env("LONGHAUL_RECURSIVE_LOOP") === "Allow",
    ...limits
  } = guards;
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(DEFAULTS, name)) throw new ConfigError(`There is no guard "${name}".`);
    assertAmount(`guards.${name}`, value, true);
  }
  return { ...DEFAULTS, ...limits, isSameStateProgress, isRecursiveLoopAllowed };
}

/** Facts that the guards check before a hop runs. */
export interface GuardFacts {
  /** The hop about to run. */
  readonly hop: number;
  readonly stats: RunStats;
  /** Milliseconds since the run began. */
  readonly ageMs: number;
  /** Attempts in a row before this one that failed without a new safe point. */
  readonly failures: number;
  /** How the last of them failed that said so. */
  readonly lastError?: EndReason | undefined;
  /** Depth in the trace lineage. */
  readonly depth: number;
}

/** The first guard that ends the run, if any. Pure. */
export function checkGuards(limits: GuardLimits, facts: GuardFacts): StopReason | undefined {
  const { hop, ageMs, failures, lastError, depth } = facts;
  const { costUsd, stalledHops } = facts.stats;
  const amounts: readonly [StopReason["code"], keyof typeof DEFAULTS, number, string][] = [
    ["MAX_HOPS", "maxHops", hop, `is at hop ${hop}`],
    ["MAX_DURATION", "maxDurationMs", ageMs, `is ${Math.round(ageMs)} ms old`],
    ["MAX_COST", "maxCostUsd", costUsd, `has cost about $${costUsd.toFixed(4)}`],
    [
      "STALLED",
      "maxStalledHops",
      stalledHops,
      `reached no new safe point in ${stalledHops} hop(s): a step is too long, or the state does not change. Yield more often or raise the timeout, then resume the run`,
    ],
    ["MAX_ATTEMPTS", "maxAttempts", failures, `failed ${failures} times at hop ${hop} without a new safe point`],
  ];
  for (const [code, name, amount, found] of amounts) {
    if (amount < limits[name]) continue;
    const last = code === "MAX_ATTEMPTS" && lastError ? ` The last error: ${lastError.code}: ${lastError.message}` : "";
    return { code, message: `The run ${found}; guards.${name} is ${limits[name]}.${last}` };
  }
  // At the limit and not beyond: a depth above it shows that the platform lets the chain go on.
  if (!limits.isRecursiveLoopAllowed && (depth === LOOP_DETECTION_LIMIT - 1 || depth === LOOP_DETECTION_LIMIT)) {
    return {
      code: "LOOP_DETECTION",
      message: `Lambda drops a chain after ${LOOP_DETECTION_LIMIT} invocations, and this is number ${depth}. Set RecursiveLoop: Allow on the function and LONGHAUL_RECURSIVE_LOOP=Allow, then resume the run.`,
    };
  }
  return undefined;
}
