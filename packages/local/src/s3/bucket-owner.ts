import type { IncomingHttpHeaders } from "node:http";
import { S3Error } from "./s3-error.ts";

const OWNER_HEADERS = ["x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner"];

/**
 * Checks the account that a caller expects to own the bucket, or the bucket of a copy's source. All buckets here belong to
 * one account.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
 * @throws S3Error `AccessDenied` for another account, `InvalidBucketOwnerAWSAccountID` for what is no account id.
 */
export function checkBucketOwners(headers: IncomingHttpHeaders, accountId: string): void {
  for (const name of OWNER_HEADERS) {
    const expected = headers[name];
    if (expected === undefined || expected === accountId) continue;
    if (/^\d{12}$/.test(String(expected))) throw new S3Error("AccessDenied");
    throw new S3Error("InvalidBucketOwnerAWSAccountID");
  }
}
