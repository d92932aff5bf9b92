import { setTimeout } from "node:timers/promises";
import type { S3Client } from "@aws-sdk/client-s3";
import { eachObject } from "../each-object.ts";
import { makeSieve } from "../filter/passing-objects.ts";
import { reportAction } from "../report/report-action.ts";
import type { WalkRequest } from "../request/walk-request.ts";
import type { WalkAction, WalkTarget } from "../runs/walk-action.ts";
import type { Settings } from "../settings.ts";
import { copyObject } from "./copy-object.ts";
import { deleteWork } from "./delete-work.ts";
import { eachWork } from "./each-work.ts";
import { type ObjectWork, objectAction } from "./object-action.ts";
import type { Patience } from "./patience.ts";
import { Slots } from "./slots.ts";

/** Makes the action that a request asks for. */
export type ActionFor = (request: WalkRequest, walk: Pick<WalkTarget, "id" | "startedAtMs">) => WalkAction<object>;

/** The actions of this app, made once per container: what limits them holds over all walks in it. */
export function makeActions(
  client: S3Client,
  { output, maxPrefixes, actionConcurrency, actionTries }: Settings,
): ActionFor {
  const slots = new Slots(actionConcurrency);
  const patience: Patience = {
    tries: actionTries,
    pause: (delayMs, signal) => setTimeout(delayMs, undefined, { signal }),
    random: Math.random,
  };
  return ({ bucket, prefix, replacedPrefix, action, filter, depth, target, isDryRun, asOfMs }, walk) => {
    const sieve = makeSieve(filter, asOfMs ?? walk.startedAtMs);
    if (action === "report") return reportAction({ client, output, sieve, prefix, depth, maxPrefixes });
    return objectAction({ name: action, work: workOf(), sieve, isDryRun, client, output });

    function workOf(): ObjectWork {
      if (action === "delete") return deleteWork({ client, bucket, slots, patience });
      if (action === "copy" && target) {
        const copy = { client, bucket, prefix: replacedPrefix, target };
        return eachWork({ name: action, slots, patience, work: (object, signal) => copyObject(copy, object, signal) });
      }
      return eachWork({
        name: "each",
        slots,
        patience,
        work: (object, signal) => eachObject(object, { bucket, walk: walk.id, signal }),
      });
    }
  };
}
