import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { S3Client } from "@aws-sdk/client-s3";
import {
  type HandOffDriver,
  type InvocationContext,
  type Observer,
  type RecursiveHandler,
  type RunContext,
  recursive,
  runIdOf,
} from "@longhaul/core";
import { s3Spill } from "@longhaul/core/s3";
import type { ActionFor } from "./actions/action-for.ts";
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
        event: withTime(context),
        progress: ({ keys = 0, ...more }) => context.progress({ records: keysBefore + keys, ...more }),
      });
    },
  });
  return (event, context) => walk(withWalkId(event, context), context);
}

/**
 * The walk's id has to be in the event before the run's record holds the event: the sweeper sends it under another
 * request id, from which nobody could tell which walk it was.
 */
function withWalkId(event: object, { awsRequestId, causeId }: InvocationContext): object {
  if ("walkId" in event || "walkPart" in event || "longhaul" in event) return event;
  return { ...event, walkId: runIdOf({ ...event }, awsRequestId, causeId) };
}

/** Ages are told from one time in all parts: the first hands its event on to the others. */
function withTime({ event, run }: RunContext<object>): object {
  return { asOf: new Date(run.startedAt).toISOString(), ...event };
}
