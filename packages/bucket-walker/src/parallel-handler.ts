import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { S3Client } from "@aws-sdk/client-s3";
import { type HandOffDriver, type Observer, type RecursiveHandler, recursive, runIdOf } from "@longhaul/core";
import { s3Spill } from "@longhaul/core/s3";
import type { ActionFor } from "./actions/action-for.ts";
import { settledEvent, withTime } from "./request/settled-event.ts";
import { parseWalkRequest } from "./request/walk-request.ts";
import { parallelWalk } from "./runs/parallel-walk.ts";
import type { Settings } from "./settings.ts";

/** What a parallel handler is made of. */
export interface ParallelHandlerOptions {
  readonly client: S3Client;
  readonly dynamodb: DynamoDBClient;
  readonly driver: HandOffDriver;
  readonly observers: readonly Observer[];
  readonly settings: Settings & { readonly runTable: string; readonly walkTable: string };
  readonly actionFor: ActionFor;
}

/** Makes the handler of parallel walks: each of its runs walks a part of a bucket. */
export function parallelHandler(options: ParallelHandlerOptions): RecursiveHandler<object, unknown> {
  const { client, dynamodb, driver, observers, settings, actionFor } = options;
  const { output, defaults, listConcurrency, pageKeys, maxParts, runTable, walkTable, checkpointEveryMs, reserveMs } =
    settings;
  const parts = parallelWalk<object>({
    s3: client,
    dynamodb,
    driver,
    tables: { runs: runTable, walks: walkTable },
    settings: { maxRuns: maxParts, concurrency: listConcurrency, pageKeys },
    spill: s3Spill({ bucket: output.bucket, prefix: `${output.prefix}.longhaul/states/`, client }),
    request(event) {
      const request = parseWalkRequest(event, defaults);
      const { bucket, prefix, walkId: id, asOfMs: startedAtMs = 0 } = request;
      return { bucket, prefix, id, action: actionFor(request, { id: id ?? "", startedAtMs }) };
    },
  });
  const walk = recursive({
    ...parts,
    observers,
    checkpointEveryMs,
    reserveMs,
    run: (state, context) => {
      const keysBefore = state.learned.reduce((sum, { keys }) => sum + keys, 0);
      return parts.run(state, {
        ...context,
        event: withTime(context.event, context.run.startedAt),
        progress: ({ keys = 0, ...more }) => context.progress({ records: keysBefore + keys, ...more }),
      });
    },
  });
  return (event, context) => {
    const walkId = runIdOf({ ...event }, context.awsRequestId, context.causeId);
    return walk(settledEvent(event, defaults, walkId), context);
  };
}
