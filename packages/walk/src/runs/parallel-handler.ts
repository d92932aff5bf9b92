import type { S3Client } from "@aws-sdk/client-s3";
import { type RecursiveHandler, type RecursiveOptions, type RunStore, recursive, runIdOf } from "@longhaul/core";
import type { Host } from "@longhaul/core/parts";
import { s3Spill } from "@longhaul/core/s3";
import type { OutputPlace } from "../report/output-place.ts";
import { beginAction } from "../request/begin-action.ts";
import { settledEvent, withTime } from "../request/settled-event.ts";
import { withOwnId } from "../request/taken-id.ts";
import { parseWalkRequest, type RequestRules } from "../request/walk-request.ts";
import { entryScope } from "./call-scope.ts";
import type { PartResult } from "./join-walk.ts";
import { parallelWalk } from "./parallel-walk.ts";
import type { PartState } from "./part-state.ts";
import type { SpreadSettings } from "./walk-part.ts";
import type { WalkRecordsSource } from "./walk-records.ts";

/** Options of {@link parallelHandler}. */
export interface ParallelHandlerOptions
  extends Pick<RecursiveOptions<object, PartState<object>, PartResult>, "observers" | "time"> {
  readonly host?: Host | undefined;
  readonly client: S3Client;
  readonly driver: NonNullable<RecursiveOptions<object, PartState<object>, PartResult>["driver"]>;
  readonly store: RunStore;
  readonly records: WalkRecordsSource;
  readonly rules: RequestRules;
  readonly spread: Partial<SpreadSettings>;
  /** States that are too large for a record are kept below it. */
  readonly output: OutputPlace;
}

/** Makes the handler of parallel walks: each of its runs walks a part of a bucket. */
export function parallelHandler(options: ParallelHandlerOptions): RecursiveHandler<object, PartResult> {
  const { client, driver, store, records, rules, spread, output, host, ...rest } = options;
  const parts = parallelWalk<object>({
    ...{ s3: client, driver, store, records, settings: spread, host },
    spill: s3Spill({ bucket: output.bucket, prefix: `${output.prefix}.longhaul/states/`, client }),
    request(event) {
      const request = parseWalkRequest(event, rules);
      const { bucket, prefix, walkId: id, asOfMs: startedAtMs = 0 } = request;
      return { bucket, prefix, id, action: beginAction(request, { id: id ?? "", startedAtMs }) };
    },
  });
  const walk = recursive({
    ...parts,
    ...rest,
    advanced: { host },
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
    const settled = settledEvent(event, rules, walkId);
    const own = { store, rules, scope: entryScope(context, host) };
    return withOwnId(event, own, () => walk(settled, context));
  };
}
