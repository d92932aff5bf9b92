import type { S3Client } from "@aws-sdk/client-s3";
import { conditionChecks } from "./s3-conformance-conditions.ts";
import { copyAndTagChecks } from "./s3-conformance-copy.ts";
import { integrityChecks } from "./s3-conformance-integrity.ts";
import { listingChecks } from "./s3-conformance-listing.ts";
import { multipartChecks } from "./s3-conformance-multipart.ts";
import { objectChecks } from "./s3-conformance-objects.ts";

/**
 * One thing S3 does, checked through the SDK alone, so that the same table runs against any S3: throws where the answer
 * differs from what AWS documents.
 */
export interface S3Check {
  readonly name: string;
  /** @param newBucket - makes an empty bucket and returns its name. */
  run(client: S3Client, newBucket: () => Promise<string>): Promise<void>;
}

/** Every check, by theme. */
export const s3Conformance: readonly S3Check[] = [
  ...objectChecks,
  ...conditionChecks,
  ...integrityChecks,
  ...listingChecks,
  ...multipartChecks,
  ...copyAndTagChecks,
];
