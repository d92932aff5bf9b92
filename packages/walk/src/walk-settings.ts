import { type SettingIssue, settingsError } from "@longhaul/core/parts";
import * as v from "valibot";
import { type ObjectFilter, parseFilter } from "./filter/object-filter.ts";
import { MAX_PAGE_KEYS } from "./listing/lister.ts";
import type { OutputPlace } from "./report/output-place.ts";
import { Fields } from "./request/fields.ts";
import { MODES, type WalkMode } from "./request/walk-request.ts";

/** Settings of a function that walks buckets. */
export interface WalkSettings {
  /** Where results go. */
  readonly output: OutputPlace;
  /** The bucket that is walked if an event names none. Default: none. */
  readonly bucket: string | undefined;
  /** How a bucket is walked if an event does not say. Default `parallel`. */
  readonly mode: WalkMode;
  /** Name of the action if an event does not say. Default `report`. */
  readonly action: string;
  /** Which objects a walk is about if an event has no filter. Default: all. */
  readonly filter: ObjectFilter;
  /** Depth of a report's totals by prefix if an event does not say. Default 2. */
  readonly depth: number;
  /** Most prefixes with totals of their own in a report. Default 500. */
  readonly maxPrefixes: number;
  /** Objects of a page, 1 to 1,000. The work on a page has to fit into an invocation: slow work needs short pages. Default 1,000. */
  readonly pageKeys: number;
  /** List requests at once, in one invocation. Default 64. */
  readonly listConcurrency: number;
  /** Most parts of a walk at work at once, each in invocations of its own. Default 8. */
  readonly maxParts: number;
  /** Objects that an action works on at once, in one invocation. Default 32. */
  readonly actionConcurrency: number;
  /** How often an action is tried for an object that it fails for. Default 4. */
  readonly actionTries: number;
  /** Longest time that an action may take for an object, in milliseconds. Default 60,000. */
  readonly objectTimeoutMs: number;
  /** At most this long between two durable safe points, in milliseconds. Default 5,000. */
  readonly checkpointEveryMs: number;
  /** Time kept back for handing off, in milliseconds. Default `learned`: from measured hand-offs. */
  readonly reserveMs: number | "learned";
}

const DEFAULT_OUTPUT_PREFIX = "walks/";

/** The settings that hold where none are given. */
export const walkDefaults: Omit<WalkSettings, "output"> = {
  bucket: undefined,
  mode: "parallel",
  action: "report",
  filter: {},
  depth: 2,
  maxPrefixes: 500,
  pageKeys: MAX_PAGE_KEYS,
  listConcurrency: 64,
  maxParts: 8,
  actionConcurrency: 32,
  actionTries: 4,
  objectTimeoutMs: 60_000,
  checkpointEveryMs: 5_000,
  reserveMs: "learned",
};

const wholeNumber = (most = Number.MAX_SAFE_INTEGER) => {
  const range = most === Number.MAX_SAFE_INTEGER ? "above 0" : `from 1 to ${most}`;
  const isAllowed = (value: number) => Number.isSafeInteger(value) && value > 0 && value <= most;
  return v.optional(v.pipe(v.string(), v.transform(Number), v.check(isAllowed, `must be a whole number ${range}`)));
};

const filterAsJson = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }): ObjectFilter => {
    try {
      return parseFilter(Fields.of(JSON.parse(dataset.value), "filter"));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      addIssue({ message: `must be a filter as JSON (${reason})` });
      return NEVER;
    }
  }),
);

const environment = v.object({
  OUTPUT_BUCKET: v.pipe(v.optional(v.string(), ""), v.nonEmpty("must be the name of the bucket for results")),
  OUTPUT_PREFIX: v.optional(v.pipe(v.string(), v.regex(/^$|\/$/, "must end in a slash"))),
  BUCKET: v.optional(v.string()),
  MODE: v.optional(v.picklist(MODES, `must be ${MODES.join(" or ")}`)),
  ACTION: v.optional(v.string()),
  FILTER: v.optional(filterAsJson),
  DEPTH: wholeNumber(),
  MAX_PREFIXES: wholeNumber(),
  PAGE_KEYS: wholeNumber(MAX_PAGE_KEYS),
  LIST_CONCURRENCY: wholeNumber(),
  MAX_PARTS: wholeNumber(),
  ACTION_CONCURRENCY: wholeNumber(),
  ACTION_TRIES: wholeNumber(),
  OBJECT_TIMEOUT_MS: wholeNumber(),
  CHECKPOINT_EVERY_MS: wholeNumber(),
  RESERVE_MS: wholeNumber(),
});

/**
 * Reads the settings from a function's environment. A variable that is empty counts as one that is not set.
 *
 * @throws ConfigError naming each variable that cannot be used, its value, and what it must be.
 */
export function walkSettings(env: Readonly<Record<string, string | undefined>>): WalkSettings {
  const { OUTPUT_PREFIX } = env;
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = v.safeParse(environment, { ...set, ...(OUTPUT_PREFIX !== undefined && { OUTPUT_PREFIX }) });
  if (!parsed.success) throw settingsError(parsed.issues.map(issueOf));
  const given = parsed.output;
  return {
    output: { bucket: given.OUTPUT_BUCKET, prefix: given.OUTPUT_PREFIX ?? DEFAULT_OUTPUT_PREFIX },
    bucket: given.BUCKET ?? walkDefaults.bucket,
    mode: given.MODE ?? walkDefaults.mode,
    action: given.ACTION ?? walkDefaults.action,
    filter: given.FILTER ?? walkDefaults.filter,
    depth: given.DEPTH ?? walkDefaults.depth,
    maxPrefixes: given.MAX_PREFIXES ?? walkDefaults.maxPrefixes,
    pageKeys: given.PAGE_KEYS ?? walkDefaults.pageKeys,
    listConcurrency: given.LIST_CONCURRENCY ?? walkDefaults.listConcurrency,
    maxParts: given.MAX_PARTS ?? walkDefaults.maxParts,
    actionConcurrency: given.ACTION_CONCURRENCY ?? walkDefaults.actionConcurrency,
    actionTries: given.ACTION_TRIES ?? walkDefaults.actionTries,
    objectTimeoutMs: given.OBJECT_TIMEOUT_MS ?? walkDefaults.objectTimeoutMs,
    checkpointEveryMs: given.CHECKPOINT_EVERY_MS ?? walkDefaults.checkpointEveryMs,
    reserveMs: given.RESERVE_MS ?? walkDefaults.reserveMs,
  };
}

function issueOf({ path, message }: v.InferIssue<typeof environment>): SettingIssue {
  const variable = path?.[0];
  const name = String(variable?.key);
  const fallback = Object.entries({ outputPrefix: DEFAULT_OUTPUT_PREFIX, ...walkDefaults }).find(
    ([setting]) => setting.replace(/[A-Z]/g, "_$&").toUpperCase() === name,
  );
  return {
    setting: `The environment variable ${name}`,
    value: variable?.value === "" ? undefined : variable?.value,
    rule: message,
    fallback: fallback?.[1],
  };
}
