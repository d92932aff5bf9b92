import type { Action } from "./action.ts";
import { deleteWork } from "./delete-work.ts";
import { objectAction } from "./object-action.ts";

/**
 * The action that deletes each object as it was listed: one that was replaced since then is kept. It only counts, unless
 * the event's `dryRun` is `false`.
 */
export function remove(): Action {
  return ({ name, client, output, semaphore, tries }) => ({
    fields: { dryRun: true },
    read(fields, { bucket }) {
      const isDryRun = fields.flag("dryRun") ?? true;
      return {
        described: isDryRun ? { dryRun: true } : {},
        isChanging: !isDryRun,
        begin({ passing }) {
          // What is deleted together is one request, so the objects of a page stay together.
          const work = deleteWork({ name, client, bucket, semaphore, tries });
          return objectAction({ name, work, passing, isDryRun, client, output });
        },
      };
    },
  });
}
