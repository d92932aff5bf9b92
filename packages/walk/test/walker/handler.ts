import { jsonLogObserver } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { lambdaDriver } from "@longhaul/core/lambda";
import { dynamodbWalkRecords } from "../../src/dynamodb.ts";
import { bucketWalk, copy, each, keepHeapSmall, remove, report, walkSettings } from "../../src/index.ts";

keepHeapSmall();
const { LONGHAUL_RUN_TABLE = "", WALK_TABLE = "" } = process.env;

export const handler = bucketWalk({
  actions: { report: report(), each: each(async () => {}), copy: copy(), delete: remove() },
  ...walkSettings(process.env),
  store: dynamodbRunStore({ tableName: LONGHAUL_RUN_TABLE }),
  records: dynamodbWalkRecords({ tableName: WALK_TABLE }),
  driver: lambdaDriver(),
  observers: [jsonLogObserver()],
});
