import { retryable } from "@longhaul/core/parts";
import type { Lister } from "./lister.ts";
import { ListingSilentError } from "./listing-error.ts";
import type { ListAfter } from "./walk.ts";

/** How long failures are borne. */
export interface Patience {
  readonly bucket: string;
  /** Longest time in which no request succeeds, in milliseconds. */
  readonly giveUpAfterMs: number;
  readonly now: () => number;
}

/**
 * Lists pages, until no request succeeded for a time.
 *
 * @throws ListingSilentError then, in place of an error that would be worth another try.
 */
export function patientLister(list: Lister, { bucket, giveUpAfterMs, now }: Patience): ListAfter {
  let failingSinceMs: number | undefined;
  return async (place) => {
    try {
      const page = await list(place);
      failingSinceMs = undefined;
      return page;
    } catch (error) {
      if (place.signal.aborted || retryable(error) === undefined) throw error;
      failingSinceMs ??= now();
      const silentMs = now() - failingSinceMs;
      if (silentMs < giveUpAfterMs) throw error;
      throw new ListingSilentError(bucket, silentMs, error);
    }
  };
}
