import type { S3Client } from "@aws-sdk/client-s3";
import { type RecursiveHandler, type RecursiveOptions, recursive, runIdOf } from "@longhaul/core";
import type { Host } from "@longhaul/core/parts";
import { listerOf } from "../listing/lister.ts";
import { PagePool } from "../listing/page-memory.ts";
import { beginAction } from "../request/begin-action.ts";
import { withOwnId } from "../request/taken-id.ts";
import { parseWalkRequest, type RequestRules } from "../request/walk-request.ts";
import { entryScope, hopMs, workScope } from "../runs/call-scope.ts";
import { MAX_STALLED_HOPS } from "../runs/walk-parts.ts";
import { BEGINNING, SERIAL_STATE_KEY, type SerialState, serialState } from "./serial-state.ts";
import { type SerialResult, serialWalk } from "./serial-walk.ts";

/** Options of {@link serialHandler}. */
export interface SerialHandlerOptions
  extends Pick<RecursiveOptions<object, SerialState, SerialResult>, "driver" | "store" | "observers" | "time"> {
  readonly host?: Host | undefined;
  readonly client: S3Client;
  readonly rules: RequestRules;
  /** Objects of a page if an event does not say. */
  readonly pageKeys: number;
}

/** Makes the handler of serial walks: one page after the other, over as many invocations as it takes. */
export function serialHandler(options: SerialHandlerOptions): RecursiveHandler<object, SerialResult> {
  const { client, rules, pageKeys, host: machine, ...rest } = options;
  const pool = new PagePool();
  const walk = recursive<object, SerialState, SerialResult>({
    guards: { maxStalledHops: MAX_STALLED_HOPS },
    ...rest,
    advanced: { host: machine },
    state: { key: SERIAL_STATE_KEY, schema: serialState },
    runId: (event, { awsRequestId, causeId }) =>
      parseWalkRequest(event, rules).walkId ?? runIdOf({ ...event }, awsRequestId, causeId),
    start: () => BEGINNING,
    run(state, context) {
      const { event, run, signal, budget, progress } = context;
      const scope = workScope(context, machine);
      const { budgetMs, attempts, host } = scope;
      const request = parseWalkRequest(event, rules);
      const { bucket, prefix, pageKeys: maxKeys = pageKeys } = request;
      const target = { id: run.id, bucket, prefix, startedAtMs: run.startedAt };
      const list = listerOf(client, { bucket, prefix, maxKeys, pool, budgetMs, attempts, host });
      return serialWalk(state, {
        list: (place, abort) => list({ ...place, signal: abort }),
        action: beginAction(request, target),
        ...{ target, signal, scope, progress, usableMs: hopMs(budget) },
      });
    },
  });
  return (event, context) => {
    const { store } = options;
    if (!store) return walk(event, context);
    return withOwnId(event, { store, rules, scope: entryScope(context, machine) }, () => walk(event, context));
  };
}
