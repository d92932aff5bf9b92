import { setFlagsFromString } from "node:v8";
import { S3Client } from "@aws-sdk/client-s3";
import { jsonLogObserver, recursive } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { lambdaDriver } from "@longhaul/core/lambda";
import { batchState, type EntryState } from "./batch-state.ts";
import { beginning, makeContainer, processObject, type Summary } from "./process-object.ts";
import { settingsFrom } from "./settings.ts";
import { sourceOf } from "./source.ts";
import { splitRecords } from "./split-records.ts";

// The heap's young generation takes its full size at once, not as the run goes on, and what is read and written dies
// there: memory is the same for an object of any size. The stack says how large it is. A collection that goes on beside the
// work takes all for alive that is made meanwhile, and makes it old; with a heap as small as this, one that does not is as quick.
setFlagsFromString("--semi-space-growth-factor=16");
setFlagsFromString("--no-incremental-marking");

// Made once per container, outside the handler; a warm hop finds them again.
const settings = settingsFrom(process.env);
const container = makeContainer(new S3Client({}), settings);
const driver = lambdaDriver();
const stateKey = "position";

/** Works off one S3 object per run: wiring only; the work is in `process-object.ts`, your part in `transform.ts`. */
export const handler = splitRecords(
  { driver, stateKey },
  recursive<object, EntryState, Summary>({
    stateKey,
    schema: batchState,
    driver,
    ...(settings.runTable && { store: dynamodbRunStore({ tableName: settings.runTable }) }),
    observers: [jsonLogObserver()],
    checkpointEveryMs: settings.checkpointEveryMs,
    reserveMs: settings.reserveMs,
    guards: { maxDurationMs: settings.maxDurationMs },
    start: (event) => beginning(sourceOf(event)),
    run: (state, context) =>
      processObject(container, typeof state === "number" ? beginning(sourceOf(context.event), state) : state, context),
  }),
);
