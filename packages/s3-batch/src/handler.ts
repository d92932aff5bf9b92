import { jsonLogObserver, recursive } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { steadyHeap, transformObject, transformSettings } from "@longhaul/objects";
import { transform } from "./work.ts";

steadyHeap();

/** Wiring only: works off one S3 object per run. Your part is in `work.ts`. */
export const handler = recursive({
  ...transformObject({ transform, ...transformSettings(process.env) }),
  store: dynamodbRunStore({ tableName: process.env.LONGHAUL_RUN_TABLE ?? "" }),
  observers: [jsonLogObserver()],
});
