import type { EachObject } from "@longhaul/walk";

/**
 * Your work on one object, for `"action": "each"`. Replace it.
 *
 * It is called for several objects at once, again if it throws or takes longer than `OBJECT_TIMEOUT_MS`, and again after a
 * crash, so doing it twice has to be harmless. Throw a `FailRunError` to end the walk.
 */
export const eachObject: EachObject = async (_object, _context) => {};
