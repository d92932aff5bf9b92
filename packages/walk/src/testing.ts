/** Checks of what a walk left in the output bucket, for `longhaul.config.ts` and tests of your own. */

export type { CountedFile } from "./testing/report-differences.ts";
export { verifyWalk, type WalkCheck, type WalkVerdict, walkResults } from "./testing/verify-walk.ts";
