import type { OutputPlace } from "../report/output-place.ts";
import type { Fields } from "../request/fields.ts";
import { WalkRequestError } from "../request/request-error.ts";
import type { Action, WalkedPlace } from "./action.ts";
import { copyLimitMs, copyObject } from "./copy-object.ts";
import { eachWork } from "./each-work.ts";
import { leastTogether, objectAction } from "./object-action.ts";

/**
 * The action that copies each object to the event's `target`, `{ bucket, prefix }`: the target's prefix takes the place of
 * the event's. It only counts, unless the event's `dryRun` is `false`.
 */
export function copy(): Action {
  return ({ name, client, output, concurrency, semaphore, tries }) => ({
    fields: { target: undefined, dryRun: true },
    read(fields, place) {
      const target = targetOf(fields);
      checkTarget(target, place);
      const { bucket, eventPrefix } = place;
      const isDryRun = fields.flag("dryRun") ?? true;
      return {
        described: { target: `s3://${target.bucket}/${target.prefix}`, ...(isDryRun && { dryRun: true }) },
        isChanging: !isDryRun,
        begin({ passing }) {
          const copying = { client, bucket, prefix: eventPrefix, target };
          const work = eachWork({
            ...{ name, semaphore, tries },
            limitMs: (object, usableMs) => copyLimitMs(object, tries.timeoutMs, usableMs),
            work: (object, signal) => copyObject(copying, object, signal),
          });
          const workKeys = leastTogether(concurrency);
          return objectAction({ name, work, workKeys, passing, isDryRun, client, output });
        },
      };
    },
  });
}

function targetOf(fields: Fields): OutputPlace {
  const target = fields.fields("target");
  if (target === undefined) throw new WalkRequestError("target", 'must say where to copy to: { "bucket", "prefix" }.');
  target.refuseOthers(["bucket", "prefix"]);
  const bucket = target.text("bucket");
  if (!bucket) throw new WalkRequestError("target.bucket", "must name the bucket to copy to.");
  return { bucket, prefix: target.text("prefix") ?? "" };
}

/** A walk that met its own copies would never end. */
function checkTarget(target: OutputPlace, { bucket, prefix }: WalkedPlace): void {
  if (target.bucket !== bucket) return;
  if (!target.prefix.startsWith(prefix) && !prefix.startsWith(target.prefix)) return;
  throw new WalkRequestError(
    "target.prefix",
    `is ${JSON.stringify(target.prefix)} in the bucket that is walked, below prefix ${JSON.stringify(prefix)} or above it: copies would be walked too.`,
  );
}
