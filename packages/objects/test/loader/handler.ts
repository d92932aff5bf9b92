import { jsonLogObserver } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { queuedRuns } from "@longhaul/core/sqs";
import { dynamodbTable } from "../../src/dynamodb.ts";
import { queueSettings, recordsOf, recordsSettings } from "../../src/index.ts";
import { anyObject } from "../records.ts";

const store = dynamodbTable(process.env.RECORDS_TABLE);

export const handler = queuedRuns(recordsOf({ schema: anyObject, store, ...recordsSettings(process.env) }), {
  store: dynamodbRunStore({ tableName: process.env.LONGHAUL_RUN_TABLE ?? "" }),
  observers: [jsonLogObserver()],
  ...queueSettings(process.env),
});
