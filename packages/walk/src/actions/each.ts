import type { ListedObject } from "../listing/listed-page.ts";
import type { Action } from "./action.ts";
import { eachWork } from "./each-work.ts";
import { leastTogether, objectAction } from "./object-action.ts";

/** An object, and the bucket that it is in. */
export interface WalkedObject extends ListedObject {
  readonly bucket: string;
}

/** Context of the work on one object. */
export interface EachObjectContext {
  /** Id of the walk: the same in all of its invocations. */
  readonly walk: string;
  /** Aborted when the time of this object or of the invocation is over. Pass it on to whatever takes long. */
  readonly signal: AbortSignal;
}

/**
 * Work on one object. It is called for several objects at once, again if it throws or does not end in time, and again
 * after a crash, so doing it twice has to be harmless. An object whose tries all fail is named in the walk's result, and
 * the walk continues. Throw a `FailRunError` to end the walk.
 */
export type EachObject = (object: WalkedObject, context: EachObjectContext) => Promise<void>;

/** The action that calls a function of yours for each object. */
export function each(eachObject: EachObject): Action {
  return ({ name, client, output, concurrency, semaphore, tries }) => ({
    fields: {},
    read: (_, { bucket }) => ({
      described: {},
      isChanging: false,
      begin({ id, passing }) {
        const work = eachWork({
          ...{ name, semaphore, tries },
          work: (object, signal) => eachObject({ ...object, bucket }, { walk: id, signal }),
        });
        const workKeys = leastTogether(concurrency);
        return objectAction({ name, work, workKeys, passing, isDryRun: false, client, output });
      },
    }),
  });
}
