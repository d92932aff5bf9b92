import { type Retryable, retryable } from "@longhaul/core/parts";
import { ListingError } from "./listing-error.ts";

const BAD_REQUEST = 400;

/** So many answers in a row that are no listings, and it is no store that answers. */
const MAX_UNREADABLE = 8;

/** Tells what failed listings ask for. */
export class ListingTrouble {
  #unreadableInRow = 0;

  /** A listing was answered with a page. */
  answered(): void {
    this.#unreadableInRow = 0;
  }

  /** Why a failed listing is worth being made again; `undefined` if it is not. */
  worthRepeating(error: unknown): Retryable | undefined {
    if (!(error instanceof ListingError)) return retryable(error);
    return ++this.#unreadableInRow < MAX_UNREADABLE ? "transient" : undefined;
  }
}

/**
 * Whether S3 refused a listing as a bad request. That may be for its token, which expires without an error of its own, or
 * for a `StartAfter` that it does not take. If something else is wrong, it is so wherever the listing begins.
 */
export function isPlaceRefused(error: unknown): boolean {
  if (typeof error !== "object" || error === null || !("$metadata" in error)) return false;
  const { httpStatusCode } = (error.$metadata ?? {}) as { httpStatusCode?: unknown };
  return httpStatusCode === BAD_REQUEST && retryable(error) === undefined;
}
