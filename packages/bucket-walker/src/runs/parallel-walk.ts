import { randomUUID } from "node:crypto";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { S3Client } from "@aws-sdk/client-s3";
import type { StateSpill } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { listerOf } from "../walk/lister.ts";
import { PagePool } from "../walk/page-memory.ts";
import { dynamodbWalkRecords } from "./dynamodb-walk-records.ts";
import { type WalkParts, type WalkPartsOptions, walkParts } from "./walk-parts.ts";

/** Options of {@link parallelWalk}. */
export interface ParallelWalkOptions<Summary>
  extends Pick<WalkPartsOptions<Summary>, "request" | "driver" | "settings" | "stateKey"> {
  /** Lists. Let it make as many requests at once as `settings.concurrency` says. */
  readonly s3: S3Client;
  readonly dynamodb: DynamoDBClient;
  readonly tables: {
    /** One record per run: partition key `run`. */
    readonly runs: string;
    /** Walks and the logs of their parts: partition key `walk`, sort key `part`. */
    readonly walks: string;
  };
  /** Where states and summaries go that are too large for a record. */
  readonly spill?: StateSpill | undefined;
}

/**
 * What makes a handler walk a bucket in parallel, over as many invocations as it takes.
 *
 * @example
 * ```ts
 * export const handler = recursive({
 *   ...parallelWalk({ s3, dynamodb, tables, driver: lambdaDriver(), request: (event) => ({ bucket: "b", action }) }),
 *   observers: [jsonLogObserver()],
 * });
 * ```
 */
export function parallelWalk<Summary>(
  options: ParallelWalkOptions<Summary>,
): WalkParts<Summary> & { readonly spill?: StateSpill } {
  const { s3, dynamodb, tables, spill, ...rest } = options;
  const pool = new PagePool();
  const maxKeys = options.settings?.pageKeys;
  return {
    ...walkParts({
      ...rest,
      list: ({ bucket, prefix }) => listerOf(s3, { bucket, prefix, maxKeys, pool }),
      records: dynamodbWalkRecords({ tableName: tables.walks, client: dynamodb, spill }),
      store: dynamodbRunStore({ tableName: tables.runs, client: dynamodb }),
      now: Date.now,
      newId: randomUUID,
    }),
    ...(spill && { spill }),
  };
}
