import type { Transform } from "@longhaul/objects";

/**
 * Your work: one data record in, one line of the result out; `undefined` leaves it out. It may be `async`.
 * The same record must always give the same answer.
 */
export const transform: Transform = (record) => record;
