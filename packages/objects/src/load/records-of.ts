import { S3Client } from "@aws-sdk/client-s3";
import { ConfigError, type StandardSchema } from "@longhaul/core";
import { sdkSettings } from "@longhaul/core/parts";
import type { QueuedWork } from "@longhaul/core/sqs";
import { TmpCache } from "../cache/tmp-cache.ts";
import { checkedSettings } from "../settings/read-settings.ts";
import { type LoadResult, loadFile } from "./load-file.ts";
import { type LoadState, loadBeginning, loadState } from "./load-state.ts";
import type { RecordStore } from "./record-store.ts";
import { type RecordsSettings, recordsSchema } from "./settings.ts";

/** Options of {@link recordsOf}; all but the first two have defaults. */
export interface RecordsOfOptions extends Partial<RecordsSettings> {
  /** Describes a valid data record: any Standard Schema, such as one of valibot or zod. Its output is stored. */
  readonly schema: StandardSchema<object>;
  /** Stores a batch of valid data records. */
  readonly store: RecordStore;
  /** A client of your own. Default: one made from the environment. */
  readonly client?: S3Client;
}

/**
 * Work for `queuedRuns()`: reads the data records of an uploaded file, validates each, and gives them to a store in batches,
 * over as many invocations as it takes. The file stays in `/tmp` for the next hop.
 *
 * @throws ConfigError for an option that is unknown or cannot be used.
 *
 * @example
 * ```ts
 * export const handler = queuedRuns(recordsOf({ schema, store: dynamodbTable("records") }), { store: dynamodbRunStore(), queueUrl, deadLetterUrl });
 * ```
 */
export function recordsOf(options: RecordsOfOptions): QueuedWork<LoadState, LoadResult> {
  const { schema, store, client = new S3Client(sdkSettings()), ...given } = options;
  if (typeof store !== "function") throw new ConfigError("recordsOf() needs the function store.");
  if (typeof schema?.["~standard"]?.validate !== "function") {
    throw new ConfigError("recordsOf() needs a schema: a Standard Schema, such as one of valibot or zod.");
  }
  const settings = checkedSettings(recordsSchema, { ...given }, "recordsOf()");
  // Made once per function instance; a warm hop finds it again.
  const loader = { s3: client, tmp: new TmpCache({ maxBytes: settings.tmpMaxBytes }), schema, store, settings };
  return {
    state: { schema: loadState },
    time: { reserveMs: settings.reserveMs },
    guards: { maxAttempts: settings.maxAttempts },
    start: () => loadBeginning,
    run: (file, state, context) => loadFile(loader, file, state, context),
  };
}
