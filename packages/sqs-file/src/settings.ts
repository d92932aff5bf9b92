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
  /** How a run goes on in the next invocation: by a message in its own queue, or by invoking the function. */
  readonly continueBy: "sqs" | "lambda";
  /** Records between two safe points. */
  readonly batchSize: number;
  /** Most records of one file that are written in a second, to protect the table. */
  readonly maxRecordsPerSecond: number;
  /** What to do with a record that is not valid, or cannot be read: end the run, or leave it out. */
  readonly onInvalid: "fail" | "skip";
  /** Until a message that is not over is looked at again, in seconds; then twice as long each time. */
  readonly firstLookSeconds: number;
  /** Longest time between two looks, in seconds. */
  readonly lastLookSeconds: number;
  /** Receipts after which a message that is not over is put into the DLQ; 30 come to about 9 days. */
  readonly maxLooks: number;
  /** Attempts of one hop without a safe point, after which its run has failed. */
  readonly maxAttempts: number;
  /** How much of `/tmp` files may fill, in bytes; larger files are read by ranges. */
  readonly tmpMaxBytes: number;
  /** Time kept back for handing off, in milliseconds; `learned` from measured hand-offs unless it is fixed. */
  readonly reserveMs: number | "learned";
}

// A message is hidden for at most 12 hours, counted from its receipt; up to a quarter of an hour of that is the invocation's:
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
const LAST_LOOK_SECONDS = 11 * 3_600;
const MAX_LAST_LOOK_SECONDS = (12 * 60 - 15) * 60;
// The stack lets SQS take a message to the DLQ, without a reason, after 40.
const MAX_LOOKS = 39;

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
    continueBy: oneOf("CONTINUE_BY", env.CONTINUE_BY, ["sqs", "lambda"]),
    batchSize: wholeNumber("BATCH_SIZE", env.BATCH_SIZE, 400),
    maxRecordsPerSecond: wholeNumber("MAX_RECORDS_PER_SECOND", env.MAX_RECORDS_PER_SECOND, Number.POSITIVE_INFINITY),
    onInvalid: oneOf("ON_INVALID", env.ON_INVALID, ["fail", "skip"]),
    firstLookSeconds: wholeNumber("FIRST_LOOK_SECONDS", env.FIRST_LOOK_SECONDS, 30),
    lastLookSeconds: wholeNumber("LAST_LOOK_SECONDS", env.LAST_LOOK_SECONDS, LAST_LOOK_SECONDS, MAX_LAST_LOOK_SECONDS),
    maxLooks: wholeNumber("MAX_LOOKS", env.MAX_LOOKS, 30, MAX_LOOKS),
    maxAttempts: wholeNumber("MAX_ATTEMPTS", env.MAX_ATTEMPTS, 10),
    tmpMaxBytes: wholeNumber("TMP_MAX_BYTES", env.TMP_MAX_BYTES, 400 * 1024 * 1024),
    reserveMs: wholeNumber("RESERVE_MS", env.RESERVE_MS, "learned"),
  };
}

function text(name: string, value: string | undefined): string {
  if (value) return value;
  throw new ConfigError(`The environment variable ${name} must be set.`);
}

function wholeNumber<Fallback>(
  name: string,
  value: string | undefined,
  fallback: Fallback,
  max = Number.MAX_SAFE_INTEGER,
): number | Fallback {
  if (value === undefined || value === "") return fallback;
  const number = Number(value);
  if (Number.isSafeInteger(number) && number > 0 && number <= max) return number;
  const range = max === Number.MAX_SAFE_INTEGER ? "above 0" : `from 1 to ${max}`;
  throw new ConfigError(
    `The environment variable ${name} must be a whole number ${range}, not ${JSON.stringify(value)}.`,
  );
}

/** The value, or the first of the choices if there is none. */
function oneOf<Choice extends string>(
  name: string,
  value: string | undefined,
  choices: readonly [Choice, ...Choice[]],
): Choice {
  if (value === undefined || value === "") return choices[0];
  const choice = choices.find((candidate) => candidate === value);
  if (choice !== undefined) return choice;
  throw new ConfigError(
    `The environment variable ${name} must be ${choices.join(" or ")}, not ${JSON.stringify(value)}.`,
  );
}
