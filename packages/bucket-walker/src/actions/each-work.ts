import type { ListedObject } from "../walk/listed-page.ts";
import type { ObjectWork } from "./object-action.ts";
import { failureOf, type ObjectFailure } from "./object-failure.ts";
import { type Patience, tryPatiently } from "./patience.ts";
import type { Slots } from "./slots.ts";

/** How objects are worked on one by one. */
export interface EachOptions {
  /** Name of the action, for errors. */
  readonly name: string;
  readonly work: (object: ListedObject, signal: AbortSignal) => Promise<void>;
  /** Limits how many objects are worked on at once, over all pages. */
  readonly slots: Slots;
  readonly patience: Patience;
}

/** Work on objects one by one, several at once, each tried again if it fails. */
export function eachWork({ name, work, slots, patience }: EachOptions): ObjectWork {
  return async (objects, signal) => {
    const failures: ObjectFailure[] = [];
    const running: Promise<void>[] = [];
    for (const object of objects) {
      await slots.take();
      if (signal.aborted) {
        slots.giveBack();
        break;
      }
      const tried = tryPatiently(name, object.key, () => work(object, signal), patience, signal);
      const noted = tried.catch((error: unknown) => void failures.push(failureOf(object.key, error)));
      running.push(noted.finally(() => slots.giveBack()));
    }
    await Promise.all(running);
    // What failed because time was up did not fail.
    signal.throwIfAborted();
    return failures;
  };
}
