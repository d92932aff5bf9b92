/** Every object of a bucket, listed in parallel: anywhere, or on AWS Lambda over as many invocations as it takes. */

export { copy } from "./actions/copy.ts";
export { type EachObject, type EachObjectContext, each, type WalkedObject } from "./actions/each.ts";
export { remove } from "./actions/remove.ts";
export type { BucketPage } from "./bucket-page.ts";
export { type BucketWalkHandler, type BucketWalkOptions, bucketWalk } from "./bucket-walk.ts";
export { type BucketListing, type ListBucketOptions, type ListingProgress, listBucket } from "./list-bucket.ts";
export type { ListedObject } from "./listing/listed-page.ts";
export {
  ListingCursorError,
  ListingEndlessError,
  ListingError,
  ListingKeyError,
  ListingOrderError,
  ListingSilentError,
} from "./listing/listing-error.ts";
export { type OutputPlace, walkPrefix } from "./report/output-place.ts";
export type { PrefixTotals, Total } from "./report/prefix-totals.ts";
export { report } from "./report/report.ts";
export { ReportCounter, type ReportCounterOptions } from "./report/report-counter.ts";
export { reportCsv } from "./report/report-csv.ts";
export { reportHtml } from "./report/report-html.ts";
export type { ClassTotal, DatedObject, ReportSummary, SizedObject } from "./report/report-summary.ts";
export type { SizeBins } from "./report/size-bins.ts";
export type { Share, WalkIdentity, WalkReport } from "./report/walk-report.ts";
export type { WalkMode } from "./request/walk-request.ts";
export { keepHeapSmall } from "./small-heap.ts";
export { type WalkSettings, walkSettings } from "./walk-settings.ts";
