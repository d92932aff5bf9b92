import { jsonLogObserver } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { lambdaDriver } from "@longhaul/core/lambda";
import { bucketWalk, copy, each, keepHeapSmall, remove, report, walkSettings } from "@longhaul/walk";
import { dynamodbWalkRecords } from "@longhaul/walk/dynamodb";
import { eachObject } from "./work.ts";

keepHeapSmall();
const { LONGHAUL_RUN_TABLE = "", WALK_TABLE = "" } = process.env;

/** Walks a bucket: wiring only; your part is in `work.ts`. */
export const handler = bucketWalk({
  actions: { report: report(), each: each(eachObject), copy: copy(), delete: remove() },
  ...walkSettings(process.env),
  store: dynamodbRunStore({ tableName: LONGHAUL_RUN_TABLE }),
  records: dynamodbWalkRecords({ tableName: WALK_TABLE }),
  driver: lambdaDriver(),
  observers: [jsonLogObserver()],
});
