import { S3Client } from "@aws-sdk/client-s3";
import {
  ConfigError,
  EventError,
  type HandOffDriver,
  type InvocationContext,
  type Observer,
  type Outcome,
  type RunStore,
} from "@longhaul/core";
import { type Host, sdkSettings, systemHost } from "@longhaul/core/parts";
import type { Action } from "./actions/action.ts";
import { PARTS_AT_ONCE } from "./actions/copy-in-parts.ts";
import { ActionHealth } from "./actions/object-retries.ts";
import { MAX_PAGE_KEYS } from "./listing/lister.ts";
import { modeOfWalk } from "./request/settled-event.ts";
import type { RequestRules } from "./request/walk-request.ts";
import { parallelHandler } from "./runs/parallel-handler.ts";
import type { WalkRecordsSource } from "./runs/walk-records.ts";
import { Semaphore } from "./semaphore.ts";
import { serialHandler } from "./serial/serial-handler.ts";
import { type WalkSettings, walkDefaults } from "./walk-settings.ts";
import { checkWholeNumber } from "./whole-number.ts";

/** Options of {@link bucketWalk}. Only `actions`, `output` and `driver` are required. */
export interface BucketWalkOptions extends Partial<Omit<WalkSettings, "output">>, Pick<WalkSettings, "output"> {
  /** The actions that events may ask for, by name. */
  readonly actions: Readonly<Record<string, Action>>;
  /** How an invocation hands over to the next: `lambdaDriver()` of `@longhaul/core/lambda`. */
  readonly driver: HandOffDriver;
  /** Keeps a record per run. Default: none; then only serial walks are made, and the guarantees are weaker. */
  readonly store?: RunStore | undefined;
  /** Keeps a record per walk and its parts. Default: none; then only serial walks are made. */
  readonly records?: WalkRecordsSource | undefined;
  /** Watchers of each run. Default: none. */
  readonly observers?: readonly Observer[] | undefined;
  /** Lists and acts. Default: one with a socket for each request that may be under way. */
  readonly client?: S3Client | undefined;
  /** The machine; for tests. */
  readonly host?: Host | undefined;
}

const AMOUNTS = [
  ...(["pageKeys", "listConcurrency", "maxParts", "maxPrefixes"] as const),
  ...(["actionConcurrency", "actionTries", "objectTimeoutMs"] as const),
];

/** A Lambda handler that walks the bucket which its event names. */
export type BucketWalkHandler = (event: unknown, context: InvocationContext) => Promise<Outcome<unknown>>;

/**
 * Makes a Lambda handler that walks every object of a bucket, over as many invocations as it takes, and does with each
 * what the event's `action` asks for.
 *
 * @throws ConfigError for a setting that cannot be used, or a default action that is not among the actions.
 *
 * @example
 * ```ts
 * export const handler = bucketWalk({
 *   actions: { report: report(), each: each(async ({ bucket, key }, { signal }) => {}) },
 *   ...walkSettings(process.env),
 *   driver: lambdaDriver(),
 *   store: dynamodbRunStore({ tableName: "runs" }),
 *   records: dynamodbWalkRecords({ tableName: "walks" }),
 * });
 * ```
 */
export function bucketWalk(options: BucketWalkOptions): BucketWalkHandler {
  const settings: WalkSettings = { ...walkDefaults, ...options };
  for (const name of AMOUNTS) {
    checkWholeNumber("bucketWalk()", name, settings[name], name === "pageKeys" ? MAX_PAGE_KEYS : undefined);
  }
  const { driver, store, records, observers = [], host } = options;
  const { output, pageKeys, listConcurrency, maxParts, checkpointEveryMs, reserveMs } = settings;
  const client = options.client ?? clientFor(settings);
  const rules = rulesOf(options, settings, client);
  const common = { client, rules, driver, observers, host, time: { checkpointEveryMs, reserveMs } };
  const serial = serialHandler({ ...common, pageKeys, store });
  const spread = { maxRuns: maxParts, concurrency: listConcurrency, pageKeys };
  const parallel = store && records && parallelHandler({ ...common, store, records, spread, output });

  return async (event, context) => {
    if (typeof event !== "object" || event === null) throw new EventError("The event must be an object.");
    if (modeOfWalk(event, rules.defaults) === "serial") return serial(event, context);
    if (parallel) return parallel(event, context);
    throw new ConfigError(
      'A parallel walk needs tables: give bucketWalk() a store and records, or ask for "mode": "serial".',
    );
  };
}

function rulesOf({ actions, host }: BucketWalkOptions, settings: WalkSettings, client: S3Client): RequestRules {
  const { output, depth, maxPrefixes, bucket, mode, action, filter } = settings;
  if (!Object.hasOwn(actions, action)) {
    const names = Object.keys(actions).join(" or ");
    throw new ConfigError(
      `The default action must be ${names}, not ${JSON.stringify(action)}. In a function's environment ACTION sets it.`,
    );
  }
  const { actionConcurrency: concurrency, actionTries: tries, objectTimeoutMs: timeoutMs } = settings;
  const setup = {
    ...{ client, output, depth, maxPrefixes, concurrency },
    semaphore: new Semaphore(concurrency),
    tries: { tries, timeoutMs, health: new ActionHealth(), host: host ?? systemHost },
  };
  const readers = Object.entries(actions).map(([name, make]) => [name, make({ ...setup, name })] as const);
  return { defaults: { bucket, mode, action, filter }, actions: Object.fromEntries(readers) };
}

/** A request that waits for a socket would count as one that does not connect. */
function clientFor({ listConcurrency, actionConcurrency }: WalkSettings): S3Client {
  const { requestHandler, ...rest } = sdkSettings();
  const agent = { keepAlive: true, maxSockets: listConcurrency + actionConcurrency * PARTS_AT_ONCE };
  return new S3Client({
    ...rest,
    requestHandler: { ...requestHandler, httpAgent: agent, httpsAgent: agent },
    // Thousands of requests of one kind: their middleware is put together once.
    cacheMiddleware: true,
  });
}
