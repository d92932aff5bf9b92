import * as v from "valibot";
import type { NumberPolicy } from "../records/decoder.ts";
import { formatNames, type RecordFormat } from "../records/formats.ts";
import { type Environment, settingsFromEnvironment } from "../settings/read-settings.ts";
import { csvDelimiter, learnedOrMs, limit, nameOf, oneOf, wholeNumber } from "../settings/values.ts";

/** Settings of {@link recordsOf} that can come from the environment. */
export interface RecordsSettings {
  /** Data records between two safe points, given to the store at once. Default 400. */
  readonly batchSize: number;
  /** Most data records of one file a second, to protect the store. Default: no limit. */
  readonly maxRecordsPerSecond: number;
  /** Longest time for the schema to answer for one data record, in milliseconds. Default 60,000. */
  readonly recordTimeoutMs: number;
  /**
   * Longest time without a safe point, in milliseconds: after it the hop fails, and no longer holds up the other files of its
   * invocation. Default 120,000.
   */
  readonly stallTimeoutMs: number;
  /** Reaction to a data record that is not valid or cannot be read: `fail` (default), or `skip`: leave it out. */
  readonly onInvalid: "fail" | "skip";
  /** Format of all files. Default: by name and content type. */
  readonly format?: RecordFormat | undefined;
  /** Character between the fields of CSV. Default: a comma, and a tab in `.tsv`. */
  readonly csvDelimiter?: string | undefined;
  /** Reaction to a number that a double cannot hold: `refuse` its record (default), keep its `text`, or take the `nearest`. */
  readonly numbers: NumberPolicy;
  /** Part of `/tmp` that files may fill, in bytes; larger files are read by ranges. Default 400 MiB. */
  readonly tmpMaxBytes: number;
  /** Attempts of one hop without a safe point, after which its run has failed. Default 10. */
  readonly maxAttempts: number;
  /** Time kept back for handing off, in milliseconds. Default: learned from measured hand-offs. */
  readonly reserveMs: number | "learned";
}

/** The one description of all settings: how each is read and checked, and its default. */
export const recordsSchema = v.object({
  batchSize: v.optional(wholeNumber(), 400),
  maxRecordsPerSecond: v.optional(limit(), Number.POSITIVE_INFINITY),
  recordTimeoutMs: v.optional(wholeNumber(), 60_000),
  stallTimeoutMs: v.optional(wholeNumber(), 120_000),
  onInvalid: v.optional(oneOf(["fail", "skip"]), "fail"),
  format: v.optional(oneOf(formatNames)),
  csvDelimiter: v.optional(csvDelimiter()),
  numbers: v.optional(oneOf(["refuse", "text", "nearest"]), "refuse"),
  tmpMaxBytes: v.optional(wholeNumber(), 400 * 1024 * 1024),
  maxAttempts: v.optional(wholeNumber(), 10),
  reserveMs: v.optional(learnedOrMs(), "learned"),
});

/** Settings of `queuedRuns()` of `@longhaul/core/sqs` that can come from the environment. */
export interface QueueSettings {
  readonly queueUrl: string;
  readonly deadLetterUrl: string;
  /** How a run continues: by a message in its own queue (`sqs`, default), or by invoking the function. */
  readonly continueBy: "sqs" | "lambda";
  /** Seconds until a message that is not over is looked at again; then twice as long each time. Default 30. */
  readonly firstLookSeconds: number;
  /** Longest time between two looks, in seconds: at most 42,300, default 39,600. */
  readonly lastLookSeconds: number;
  /** Receives after which a message that is not over goes to the dead-letter queue: at most 39, default 30. */
  readonly maxLooks: number;
}

const queueSchema = v.object({
  queueUrl: nameOf("a queue, as a URL"),
  deadLetterUrl: nameOf("a dead-letter queue, as a URL"),
  continueBy: v.optional(oneOf(["sqs", "lambda"]), "sqs"),
  firstLookSeconds: v.optional(wholeNumber(), 30),
  lastLookSeconds: v.optional(wholeNumber(42_300), 39_600),
  maxLooks: v.optional(wholeNumber(39), 30),
});

/**
 * Reads the settings of {@link recordsOf} from the function's environment. A variable is named as its setting, in capitals:
 * `batchSize` is `BATCH_SIZE`.
 *
 * @throws ConfigError naming the variable that cannot be used, its value, and what to do.
 */
export function recordsSettings(env: Environment): RecordsSettings {
  return settingsFromEnvironment(recordsSchema, env);
}

/**
 * Reads the settings of `queuedRuns()` from the function's environment: `QUEUE_URL` and `DEAD_LETTER_URL`, which are required,
 * `CONTINUE_BY`, `FIRST_LOOK_SECONDS`, `LAST_LOOK_SECONDS` and `MAX_LOOKS`.
 *
 * @throws ConfigError naming the variable that cannot be used, its value, and what to do.
 */
export function queueSettings(env: Environment): QueueSettings {
  return settingsFromEnvironment(queueSchema, env);
}
