import type { S3Client } from "@aws-sdk/client-s3";
import { type Host, type StateSpill, systemHost } from "@longhaul/core/parts";
import { listerOf } from "../listing/lister.ts";
import { PagePool } from "../listing/page-memory.ts";
import { type WalkParts, type WalkPartsOptions, walkParts } from "./walk-parts.ts";
import type { WalkRecordsSource } from "./walk-records.ts";

/** Options of {@link parallelWalk}. */
export interface ParallelWalkOptions<Summary>
  extends Pick<WalkPartsOptions<Summary>, "request" | "driver" | "store" | "settings" | "stateKey"> {
  /** Lists. Let it make as many requests at once as `settings.concurrency` says. */
  readonly s3: S3Client;
  /** Where walks and the logs of their parts are recorded. */
  readonly records: WalkRecordsSource;
  /** Where states and summaries go that are too large for a record. */
  readonly spill?: StateSpill | undefined;
  /** Default: the machine. */
  readonly host?: Host | undefined;
}

/**
 * Makes options of `recursive()` whose handler walks a bucket in parallel, over as many invocations as it takes.
 *
 * @example
 * ```ts
 * export const handler = recursive({
 *   ...parallelWalk({ s3, store, records, driver: lambdaDriver(), request: (event) => ({ bucket: "b", action }) }),
 *   observers: [jsonLogObserver()],
 * });
 * ```
 */
export function parallelWalk<Summary>(options: ParallelWalkOptions<Summary>): WalkParts<Summary> {
  const { s3, records, spill, host = systemHost, ...rest } = options;
  const pool = new PagePool();
  const maxKeys = options.settings?.pageKeys;
  const parts = walkParts({
    ...rest,
    // The walk makes a request again that failed, when it has fewer under way.
    list: ({ bucket, prefix }, { budgetMs, host: clock }) =>
      listerOf(s3, { bucket, prefix, maxKeys, pool, budgetMs, host: clock, attempts: 1 }),
    records: (scope) => records({ scope, spill }),
    host,
  });
  return { ...parts, state: { ...parts.state, spill } };
}
