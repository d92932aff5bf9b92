import { ConfigError } from "@longhaul/core";
import { type QueueSettings, queueSettingsFrom } from "./queues/queue-settings.ts";

/** What the functions' environment sets. */
export interface Settings {
  readonly tokenTable: string;
  readonly queues: readonly QueueSettings[];
  /** The function that runs the loops, for those that may start them. */
  readonly loopFunction: string | undefined;
  /** How long a poll waits for messages, in seconds. */
  readonly waitSeconds: number;
  /** Time between two heartbeats, in milliseconds. */
  readonly heartbeatEveryMs: number;
  /** How long a loop may show no sign of life before another takes its place, in milliseconds. */
  readonly staleAfterMs: number;
  /** How long a queue must be empty for its fleet to go back to its minimum, in milliseconds. */
  readonly idleAfterMs: number;
  /** Time kept back for handing off, in milliseconds; `learned` from measured hand-offs unless it is fixed. */
  readonly reserveMs: number | "learned";
  /** Whether nothing is to be restarted. */
  readonly isKilled: boolean;
}

/**
 * Reads the settings from the environment, where everything is text.
 *
 * @param processors - names of the functions in the bundle
 * @throws ConfigError naming the variable that cannot be used; {@link ConfigFault} with the path into `QUEUES`.
 */
export function settingsFrom(
  env: Readonly<Record<string, string | undefined>>,
  processors: readonly string[],
): Settings {
  const heartbeatEveryMs = wholeNumber("HEARTBEAT_EVERY_MS", env.HEARTBEAT_EVERY_MS, 10_000, 100, 300_000);
  const staleAfterMs = wholeNumber("STALE_AFTER_MS", env.STALE_AFTER_MS, 60_000, 100, 86_400_000);
  // One heartbeat may be lost, and one may be late.
  if (staleAfterMs < 3 * heartbeatEveryMs) {
    throw new ConfigError(
      `The environment variable STALE_AFTER_MS must be three times HEARTBEAT_EVERY_MS or more, not ${staleAfterMs}.`,
    );
  }
  return {
    tokenTable: text("TOKEN_TABLE", env.TOKEN_TABLE),
    queues: queueSettingsFrom(text("QUEUES", env.QUEUES), processors),
    loopFunction: env.LOOP_FUNCTION || undefined,
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
    waitSeconds: wholeNumber("WAIT_SECONDS", env.WAIT_SECONDS, 20, 0, 20),
    heartbeatEveryMs,
    staleAfterMs,
    idleAfterMs: wholeNumber("IDLE_AFTER_MS", env.IDLE_AFTER_MS, 900_000, 100, 86_400_000),
    reserveMs: env.RESERVE_MS ? wholeNumber("RESERVE_MS", env.RESERVE_MS, 0, 1, 900_000) : "learned",
    isKilled: env.LONGHAUL_KILL_SWITCH === "on",
  };
}

function text(name: string, value: string | undefined): string {
  if (value) return value;
  throw new ConfigError(`The environment variable ${name} must be set.`);
}

function wholeNumber(name: string, value: string | undefined, fallback: number, least: number, most: number): number {
  if (value === undefined || value === "") return fallback;
  const number = Number(value);
  if (Number.isSafeInteger(number) && number >= least && number <= most) return number;
  throw new ConfigError(
    `The environment variable ${name} must be a whole number from ${least} to ${most}, not ${JSON.stringify(value)}.`,
  );
}
