/** Checks of what was made of objects, for tests and for `longhaul run`. */
export type { IndependentReader, ReadingOptions } from "./testing/independent-reader.ts";
export { type FinishedLoad, type LoadVerdict, verifyRecords } from "./testing/verify-records.ts";
export { type FinishedTransform, type TransformVerdict, verifyTransform } from "./testing/verify-transform.ts";
