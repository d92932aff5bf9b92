import type { RecursiveFunction } from "@longhaul/cdk";
import { Duration, type RemovalPolicy } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { BlockPublicAccess, Bucket } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";

/** Where the handler keeps what is too small for a part of a multipart upload, until the next hop. */
const tailPrefix = ".longhaul/";

/** How long what a crashed run left behind is kept; the longest a run may take or wait to be resumed. */
const leftoversKept = Duration.days(7);

/**
 * The bucket that receives the results. Uploads that a crashed run leaves unfinished are invisible but charged for, so
 * they are ended after a week. https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpu-abort-incomplete-mpu-lifecycle-config.html
 */
export function outputBucket(scope: Construct, id: string, removalPolicy: RemovalPolicy): Bucket {
  return new Bucket(scope, id, {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    lifecycleRules: [
      { abortIncompleteMultipartUploadAfter: leftoversKept },
      { prefix: tailPrefix, expiration: leftoversKept },
    ],
    removalPolicy,
  });
}

/** What one multipart upload that spans hops takes: parts, what is left between two parts, and a look at what is there. */
export function letWriteResults(worker: RecursiveFunction, bucket: Bucket, outputPrefix: string): void {
  const results = bucket.arnForObjects(`${outputPrefix}*`);
  const tails = bucket.arnForObjects(`${tailPrefix}*`);
  const statements: readonly (readonly [actions: string[], resources: string[]])[] = [
    [
      ["s3:PutObject", "s3:GetObject"],
      [results, tails],
    ],
    [["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"], [results]],
    [["s3:DeleteObject"], [tails]],
    // Tells an object that is not there (404) from one that may not be read (403).
    [["s3:ListBucket"], [bucket.bucketArn]],
  ];
  for (const [actions, resources] of statements) {
    worker.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources }));
  }
}
