import * as v from "valibot";
import type { NumberPolicy } from "../records/decoder.ts";
import { formatNames, type RecordFormat } from "../records/formats.ts";
import { type Environment, settingsFromEnvironment } from "../settings/read-settings.ts";
import { csvDelimiter, learnedOrMs, limit, nameOf, oneOf, wholeNumber } from "../settings/values.ts";

/** Settings of {@link transformObject} that can come from the environment. */
export interface TransformSettings {
  /** The bucket for results. */
  readonly outputBucket: string;
  /** Results go below it; empty, or with a slash at its end. Default `out/`. */
  readonly outputPrefix: string;
  /** Prefix of source keys that is not repeated in the result's key. Default `in/`. */
  readonly sourcePrefix: string;
  /** Data records between two safe points. Default 500. */
  readonly batchSize: number;
  /** Reaction to an object that is replaced during a run: `fail` (default), or `restart` with the new version. */
  readonly onChanged: "restart" | "fail";
  /** Reaction to a data record that cannot be read: `fail` (default), or `skip`: set it aside in the rejects object. */
  readonly onBrokenRecord: "fail" | "skip";
  /**
   * Reaction to a data record that kills its hops (by exhausting memory, ending the process, or never returning): `skip`
   * (default): find it, in smaller and smaller steps, and set it aside in the rejects object; or `fail`: the run ends after
   * its attempts. Needs a RunStore.
   */
  readonly onKillingRecord: "fail" | "skip";
  /** Format of all objects. Default: by name and content type. */
  readonly format?: RecordFormat | undefined;
  /** Character between the fields of CSV. Default: a comma, and a tab in `.tsv`. */
  readonly csvDelimiter?: string | undefined;
  /** Reaction to a number that a double cannot hold: `refuse` its record (default), keep its `text`, or take the `nearest`. */
  readonly numbers: NumberPolicy;
  /** Longest time for `transform` to answer for one data record, in milliseconds. Default 60,000. */
  readonly recordTimeoutMs: number;
  /** Largest data record, in bytes. Default 16 MiB. */
  readonly maxRecordBytes: number;
  /** Part of `/tmp` that the cache may fill, in bytes; larger objects are read by ranges. Default 400 MiB. */
  readonly tmpMaxBytes: number;
  /** Bytes of an upload part, 5 MiB or more (default 5 MiB). A result has at most 10,000 parts; memory is about four. */
  readonly partBytes: number;
  /** Most bytes of input a second, to protect what the work feeds. Default: no limit. */
  readonly maxBytesPerSecond: number;
  /** Longest time between two durable safe points, in milliseconds. Default 5,000. */
  readonly checkpointEveryMs: number;
  /** Age at which a run is ended, in milliseconds. Default: 7 days. Keep lifecycle rules of the output bucket longer. */
  readonly maxDurationMs: number;
  /** Time kept back for handing off, in milliseconds. Default: learned from measured hand-offs. */
  readonly reserveMs: number | "learned";
}

const MIB = 1024 * 1024;

/** The one description of all settings: how each is read and checked, and its default. */
export const transformSchema = v.object({
  outputBucket: nameOf("the bucket for results"),
  outputPrefix: v.optional(prefix(), "out/"),
  sourcePrefix: v.optional(v.string("must be a text"), "in/"),
  batchSize: v.optional(wholeNumber(), 500),
  onChanged: v.optional(oneOf(["fail", "restart"]), "fail"),
  onBrokenRecord: v.optional(oneOf(["fail", "skip"]), "fail"),
  onKillingRecord: v.optional(oneOf(["skip", "fail"]), "skip"),
  format: v.optional(oneOf(formatNames)),
  csvDelimiter: v.optional(csvDelimiter()),
  numbers: v.optional(oneOf(["refuse", "text", "nearest"]), "refuse"),
  recordTimeoutMs: v.optional(wholeNumber(), 60_000),
  maxRecordBytes: v.optional(wholeNumber(), 16 * MIB),
  tmpMaxBytes: v.optional(wholeNumber(), 400 * MIB),
  partBytes: v.optional(wholeNumber(), 5 * MIB),
  maxBytesPerSecond: v.optional(limit(), Number.POSITIVE_INFINITY),
  checkpointEveryMs: v.optional(wholeNumber(), 5_000),
  maxDurationMs: v.optional(wholeNumber(), 7 * 24 * 3_600_000),
  reserveMs: v.optional(learnedOrMs(), "learned"),
});

/**
 * Reads the settings of {@link transformObject} from the function's environment. `OUTPUT_BUCKET` is required; each other
 * setting has its default. A variable is named as its setting, in capitals: `batchSize` is `BATCH_SIZE`.
 *
 * @throws ConfigError naming the variable that cannot be used, its value, and what to do.
 */
export function transformSettings(env: Environment): TransformSettings {
  return settingsFromEnvironment(transformSchema, env);
}

/** Tails are kept in a "directory" beside their result, which has to lie below the prefix. */
function prefix() {
  const rule = "must end in a slash";
  return v.pipe(
    v.string(rule),
    v.check((text) => text === "" || text.endsWith("/"), rule),
  );
}
