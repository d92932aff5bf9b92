import type { ListedObject } from "./walk/listed-page.ts";

/** What is known of an object beside its listing. */
export interface ObjectInfo {
  readonly bucket: string;
  /** Id of the walk: the same in all of its invocations. */
  readonly walk: string;
  /** Aborted when this invocation is about to end; pass it on to whatever takes long. */
  readonly signal: AbortSignal;
}

/**
 * Your work on one object, for `"action": "each"`. Replace it.
 *
 * It is called for several objects at once, again if it throws, and again after a crash, so doing it twice has to be
 * harmless. What still throws after `ACTION_TRIES` tries is a failure: the walk goes on, and its result names the object.
 */
export async function eachObject(_object: ListedObject, _info: ObjectInfo): Promise<void> {}
