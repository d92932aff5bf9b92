import { ConfigError } from "@longhaul/core";

/** What the function's environment sets. */
export interface Settings {
  /** Where results go. */
  readonly outputBucket: string;
  readonly outputPrefix: string;
  /** Prefix of source keys that is not repeated in the result's key. */
  readonly sourcePrefix: string;
  /** Records between two safe points. */
  readonly batchSize: number;
  /** What to do if the object is replaced during a run. */
  readonly onChanged: "restart" | "fail";
  /** What to do with a record that cannot be read: end the run, or set it aside in a rejects object. */
  readonly onBrokenRecord: "fail" | "skip";
  /** Largest record, in bytes. */
  readonly maxRecordBytes: number;
  /** How much of `/tmp` the cache may fill, in bytes; larger objects are read by ranges. */
  readonly tmpMaxBytes: number;
  /** Bytes of a part of the result, 5 MiB or more. A result has at most 10,000 parts; memory is about four of them. */
  readonly partBytes: number;
  /** Slows the work down to this many bytes of input a second, to protect what it feeds. `Infinity`: as fast as it goes. */
  readonly maxBytesPerSecond: number;
  /** At most this long between two durable safe points, in milliseconds. */
  readonly checkpointEveryMs: number;
  /** Age at which a run is ended, in milliseconds. The stack's lifecycle rules keep what a run needs for longer. */
  readonly maxDurationMs: number;
  /** Time kept back for handing off, in milliseconds; `learned` from measured hand-offs unless it is fixed. */
  readonly reserveMs: number | "learned";
  /** Table of runs; without it the guarantees are weaker. */
  readonly runTable: string | undefined;
}

/**
 * Reads the settings from the environment, where everything is text.
 *
 * @throws ConfigError naming the variable that cannot be used.
 */
export function settingsFrom(env: Readonly<Record<string, string | undefined>>): Settings {
  const outputBucket = env.OUTPUT_BUCKET;
  if (!outputBucket) throw new ConfigError("The environment variable OUTPUT_BUCKET must name the bucket for results.");
  const outputPrefix = env.OUTPUT_PREFIX ?? "out/";
  // What is kept beside a result during a run stands in a "directory" of its own, which has to lie below the prefix.
  if (outputPrefix !== "" && !outputPrefix.endsWith("/")) {
    throw new ConfigError(
      `The environment variable OUTPUT_PREFIX must end in a slash, not ${JSON.stringify(outputPrefix)}.`,
    );
  }
  return {
    outputBucket,
    outputPrefix,
    sourcePrefix: env.SOURCE_PREFIX ?? "in/",
    batchSize: wholeNumber("BATCH_SIZE", env.BATCH_SIZE, 500),
    onChanged: oneOf("ON_CHANGED", env.ON_CHANGED, ["fail", "restart"]),
    onBrokenRecord: oneOf("ON_BROKEN_RECORD", env.ON_BROKEN_RECORD, ["fail", "skip"]),
    maxRecordBytes: wholeNumber("MAX_RECORD_BYTES", env.MAX_RECORD_BYTES, 16 * 1024 * 1024),
    tmpMaxBytes: wholeNumber("TMP_MAX_BYTES", env.TMP_MAX_BYTES, 400 * 1024 * 1024),
    partBytes: wholeNumber("PART_BYTES", env.PART_BYTES, 5 * 1024 * 1024),
    maxBytesPerSecond: wholeNumber("MAX_BYTES_PER_SECOND", env.MAX_BYTES_PER_SECOND, Number.POSITIVE_INFINITY),
    checkpointEveryMs: wholeNumber("CHECKPOINT_EVERY_MS", env.CHECKPOINT_EVERY_MS, 5_000),
    maxDurationMs: wholeNumber("MAX_DURATION_MS", env.MAX_DURATION_MS, 7 * 24 * 3_600_000),
    reserveMs: wholeNumber("RESERVE_MS", env.RESERVE_MS, "learned"),
    runTable: env.LONGHAUL_RUN_TABLE || undefined,
  };
}

function wholeNumber<Fallback>(name: string, text: string | undefined, fallback: Fallback): number | Fallback {
  if (text === undefined || text === "") return fallback;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new ConfigError(
    `The environment variable ${name} must be a whole number above 0, not ${JSON.stringify(text)}.`,
  );
}

function oneOf<T extends string>(name: string, text: string | undefined, choices: readonly [T, ...T[]]): T {
  if (text === undefined || text === "") return choices[0];
  const choice = choices.find((candidate) => candidate === text);
  if (choice !== undefined) return choice;
  throw new ConfigError(
    `The environment variable ${name} must be ${choices.join(" or ")}, not ${JSON.stringify(text)}.`,
  );
}
