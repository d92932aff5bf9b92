import { ConfigError } from "@longhaul/core";
import { type ObjectFilter, parseFilter } from "./filter/object-filter.ts";
import type { OutputPlace } from "./report/output-place.ts";
import { Fields } from "./request/fields.ts";
import { ACTIONS, MODES, type WalkDefaults } from "./request/walk-request.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
const MAX_PAGE_KEYS = 1_000;

/** What the function's environment sets. */
export interface Settings {
  /** Where results go. */
  readonly output: OutputPlace;
  /** What holds where an event says nothing. */
  readonly defaults: WalkDefaults;
  /** Most prefixes with totals of their own in a report. */
  readonly maxPrefixes: number;
  /** Objects of a page, 1 to 1,000. The work on a page has to fit into an invocation: slow work needs short pages. */
  readonly pageKeys: number;
  /** List requests at once, in one invocation. */
  readonly listConcurrency: number;
  /** Most parts of a walk at work at once, each in invocations of its own. */
  readonly maxParts: number;
  /** Objects that an action works on at once, in one invocation. */
  readonly actionConcurrency: number;
  /** How often an action is tried for an object. */
  readonly actionTries: number;
  /** At most this long between two durable safe points, in milliseconds. */
  readonly checkpointEveryMs: number;
  /** Time kept back for handing off, in milliseconds; `learned` from measured hand-offs unless it is fixed. */
  readonly reserveMs: number | "learned";
  /** Table of runs; without it only serial walks are made, and the guarantees are weaker. */
  readonly runTable: string | undefined;
  /** Table of the parts that a parallel walk is divided into. */
  readonly walkTable: string | undefined;
}

/**
 * Reads the settings from the environment, where everything is text.
 *
 * @throws ConfigError naming the variable that cannot be used.
 */
export function settingsFrom(env: Readonly<Record<string, string | undefined>>): Settings {
  const bucket = env.OUTPUT_BUCKET;
  if (!bucket) throw new ConfigError("The environment variable OUTPUT_BUCKET must name the bucket for results.");
  const prefix = env.OUTPUT_PREFIX ?? "walks/";
  if (prefix !== "" && !prefix.endsWith("/")) {
    throw new ConfigError(`The environment variable OUTPUT_PREFIX must end in a slash, not ${JSON.stringify(prefix)}.`);
  }
  return {
    output: { bucket, prefix },
    defaults: {
      bucket: env.BUCKET || undefined,
      mode: oneOf("MODE", env.MODE, MODES),
      action: oneOf("ACTION", env.ACTION, ACTIONS),
      depth: wholeNumber("DEPTH", env.DEPTH, 2),
      filter: filterFrom(env.FILTER),
    },
    maxPrefixes: wholeNumber("MAX_PREFIXES", env.MAX_PREFIXES, 500),
    pageKeys: pageKeys(env.PAGE_KEYS),
    listConcurrency: wholeNumber("LIST_CONCURRENCY", env.LIST_CONCURRENCY, 64),
    maxParts: wholeNumber("MAX_PARTS", env.MAX_PARTS, 8),
    actionConcurrency: wholeNumber("ACTION_CONCURRENCY", env.ACTION_CONCURRENCY, 32),
    actionTries: wholeNumber("ACTION_TRIES", env.ACTION_TRIES, 4),
    checkpointEveryMs: wholeNumber("CHECKPOINT_EVERY_MS", env.CHECKPOINT_EVERY_MS, 5_000),
    reserveMs: wholeNumber("RESERVE_MS", env.RESERVE_MS, "learned"),
    runTable: env.LONGHAUL_RUN_TABLE || undefined,
    walkTable: env.WALK_TABLE || undefined,
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

function filterFrom(text: string | undefined): ObjectFilter {
  if (text === undefined || text === "") return {};
  try {
    return parseFilter(Fields.of(JSON.parse(text), "filter"));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`The environment variable FILTER must be a filter as JSON: ${reason}`, { cause });
  }
}

function pageKeys(text: string | undefined): number {
  const keys = wholeNumber("PAGE_KEYS", text, MAX_PAGE_KEYS);
  if (keys <= MAX_PAGE_KEYS) return keys;
  throw new ConfigError(`The environment variable PAGE_KEYS must be at most ${MAX_PAGE_KEYS}, not ${keys}.`);
}

/** The first of the choices is the default. */
function oneOf<T extends string>(name: string, text: string | undefined, choices: readonly [T, ...T[]]): T {
  if (text === undefined || text === "") return choices[0];
  const choice = choices.find((candidate) => candidate === text);
  if (choice !== undefined) return choice;
  throw new ConfigError(
    `The environment variable ${name} must be ${choices.join(" or ")}, not ${JSON.stringify(text)}.`,
  );
}
