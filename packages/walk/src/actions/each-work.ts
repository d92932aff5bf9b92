import { FailRunError } from "@longhaul/core";
import type { ListedObject } from "../listing/listed-page.ts";
import type { Semaphore } from "../semaphore.ts";
import type { ObjectWork } from "./object-action.ts";
import { failureOf, type ObjectFailure } from "./object-failure.ts";
import { type ObjectTries, tryLimitMs, tryObject } from "./try-object.ts";

/** How objects are worked on one by one. */
export interface EachOptions {
  /** Name of the action, for errors. */
  readonly name: string;
  readonly work: (object: ListedObject, signal: AbortSignal) => Promise<void>;
  /** Limits how many objects are worked on at once, over all pages. */
  readonly semaphore: Semaphore;
  readonly tries: ObjectTries;
  /** Longest time that a try may take, in milliseconds, in an invocation with so much time for work. Default: the tries' own. */
  readonly limitMs?: (object: ListedObject, usableMs: number) => number;
}

/** Work on objects one by one, several at once, each tried again if it fails. One that hangs holds up nothing but itself. */
export function eachWork({ name, work, semaphore, tries, limitMs }: EachOptions): ObjectWork {
  const limitOf = limitMs ?? ((_, usableMs) => tryLimitMs(tries.timeoutMs, usableMs));
  return async (objects, { signal, usableMs, onStarted }) => {
    const failures: ObjectFailure[] = [];
    const running: Promise<void>[] = [];
    let fatal: { readonly error: FailRunError } | undefined;
    for (const object of objects) {
      await semaphore.acquire();
      if (signal.aborted || fatal) {
        semaphore.release();
        break;
      }
      const one = { action: name, key: object.key, limitMs: limitOf(object, usableMs), usableMs, signal };
      const tried = tryObject(tries, one, (given) => work(object, given)).catch((error: unknown) => {
        if (error instanceof FailRunError) fatal ??= { error };
        else failures.push(failureOf(object.key, error));
      });
      running.push(tried.finally(() => semaphore.release()));
    }
    onStarted();
    await Promise.all(running);
    // What failed because time was up did not fail.
    signal.throwIfAborted();
    if (fatal) throw fatal.error;
    return failures;
  };
}
