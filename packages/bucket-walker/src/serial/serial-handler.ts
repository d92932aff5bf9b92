import type { S3Client } from "@aws-sdk/client-s3";
import { type RecursiveHandler, type RecursiveOptions, recursive, runIdOf } from "@longhaul/core";
import type { ActionFor } from "../actions/action-for.ts";
import { parseWalkRequest, type WalkDefaults } from "../request/walk-request.ts";
import { listerOf } from "../walk/lister.ts";
import { PagePool } from "../walk/page-memory.ts";
import { BEGINNING, SERIAL_STATE_KEY, type SerialState, serialState } from "./serial-state.ts";
import { type SerialResult, serialWalk } from "./serial-walk.ts";

/** What a serial handler is made of. */
export interface SerialHandlerOptions
  extends Pick<
    RecursiveOptions<object, SerialState, SerialResult>,
    "driver" | "store" | "host" | "observers" | "checkpointEveryMs" | "reserveMs"
  > {
  readonly client: S3Client;
  readonly defaults: WalkDefaults;
  /** Objects of a page if an event does not say. */
  readonly pageKeys: number;
  /** The action that a request asks for. */
  readonly actionFor: ActionFor;
}

/** Makes the handler of serial walks: one page after the other, over as many invocations as it takes. */
export function serialHandler(options: SerialHandlerOptions): RecursiveHandler<object, SerialResult> {
  const { client, defaults, pageKeys, actionFor, ...rest } = options;
  const pool = new PagePool();
  return recursive<object, SerialState, SerialResult>({
    ...rest,
    stateKey: SERIAL_STATE_KEY,
    schema: serialState,
    runId: (event, { awsRequestId, causeId }) =>
      parseWalkRequest(event, defaults).walkId ?? runIdOf({ ...event }, awsRequestId, causeId),
    start: () => BEGINNING,
    run(state, { event, run, signal, progress }) {
      const request = parseWalkRequest(event, defaults);
      const { bucket, prefix, pageKeys: maxKeys = pageKeys } = request;
      const target = { id: run.id, bucket, prefix, startedAtMs: run.startedAt };
      const list = listerOf(client, { bucket, prefix, maxKeys, pool });
      return serialWalk(state, {
        list: (place, abort) => list({ ...place, signal: abort }),
        action: actionFor(request, target),
        target,
        signal,
        progress,
      });
    },
  });
}
