/** Large states in S3. Needs `@aws-sdk/client-s3`. */

export { type S3SpillOptions, StateSpillError, s3Spill } from "./state/s3-spill.ts";
