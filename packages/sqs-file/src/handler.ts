import { jsonLogObserver } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { queuedRuns } from "@longhaul/core/sqs";
import { queueSettings, recordsOf, recordsSettings } from "@longhaul/objects";
import { schema, store } from "./work.ts";

/** Wiring only: one run for each file that a message announces. Your part is in `work.ts`. */
export const handler = queuedRuns(recordsOf({ schema, store, ...recordsSettings(process.env) }), {
  store: dynamodbRunStore({ tableName: process.env.LONGHAUL_RUN_TABLE ?? "" }),
  observers: [jsonLogObserver()],
  ...queueSettings(process.env),
});
