import { ConfigError } from "@longhaul/core";

/** What the function's environment sets. */
export interface Settings {
  /** Table of the runs' records: what tells a message whether its files are done. */
  readonly runTable: string;
  /** Table that the records of the files are written to. */
  readonly recordsTable: string;
  /** The queue that messages come from. */
  readonly queueUrl: string;
  /** Where messages go that fail for good. */
  readonly deadLetterUrl: string;
  /** Records between two safe points. */
  readonly batchSize: number;
  /** What to do with a record that is not valid: end the run, or leave it out. */
  readonly onInvalid: "fail" | "skip";
  /** Until a message is looked at again for the first time, in seconds; then twice as long each time, up to 12 hours. */
  readonly firstLookSeconds: number;
  /** Receipts after which a message whose run still goes on is put into the DLQ; 30 come to about 9 days. */
  readonly maxLooks: number;
  /** How much of `/tmp` files may fill, in bytes; larger files are read by ranges. */
  readonly tmpMaxBytes: number;
  /** Time kept back for handing off, in milliseconds; `learned` from measured hand-offs unless it is fixed. */
  readonly reserveMs: number | "learned";
}

/**
 * Reads the settings from the environment, where everything is text.
 *
 * @throws ConfigError naming the variable that is missing or cannot be used.
 */
export function settingsFrom(env: Readonly<Record<string, string | undefined>>): Settings {
  return {
    runTable: text("LONGHAUL_RUN_TABLE", env.LONGHAUL_RUN_TABLE),
    recordsTable: text("RECORDS_TABLE", env.RECORDS_TABLE),
    queueUrl: text("QUEUE_URL", env.QUEUE_URL),
    deadLetterUrl: text("DEAD_LETTER_URL", env.DEAD_LETTER_URL),
    batchSize: wholeNumber("BATCH_SIZE", env.BATCH_SIZE, 400),
    onInvalid: failOrSkip("ON_INVALID", env.ON_INVALID),
    firstLookSeconds: wholeNumber("FIRST_LOOK_SECONDS", env.FIRST_LOOK_SECONDS, 30),
    maxLooks: wholeNumber("MAX_LOOKS", env.MAX_LOOKS, 30),
    tmpMaxBytes: wholeNumber("TMP_MAX_BYTES", env.TMP_MAX_BYTES, 400 * 1024 * 1024),
    reserveMs: wholeNumber("RESERVE_MS", env.RESERVE_MS, "learned"),
  };
}

function text(name: string, value: string | undefined): string {
  if (value) return value;
  throw new ConfigError(`The environment variable ${name} must be set.`);
}

function wholeNumber<Fallback>(name: string, value: string | undefined, fallback: Fallback): number | Fallback {
  if (value === undefined || value === "") return fallback;
  const number = Number(value);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new ConfigError(
    `The environment variable ${name} must be a whole number above 0, not ${JSON.stringify(value)}.`,
  );
}

function failOrSkip(name: string, value: string | undefined): "fail" | "skip" {
  if (value === undefined || value === "" || value === "fail") return "fail";
  if (value === "skip") return "skip";
  throw new ConfigError(`The environment variable ${name} must be fail or skip, not ${JSON.stringify(value)}.`);
}
