import type { RecursiveFunction } from "@longhaul/cdk";
import { Duration, type RemovalPolicy } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { BlockPublicAccess, Bucket } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";

/** How long what a crashed run left behind is kept; the longest a run may take or wait to be resumed. */
const leftoversKept = Duration.days(7);

/**
 * The bucket that receives the results. Uploads that a crashed run leaves unfinished are invisible but charged for, so
 * they are ended after a week, and with them the tails of results directly below the prefix (rules know no wildcard).
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpu-abort-incomplete-mpu-lifecycle-config.html
 */
export function outputBucket(scope: Construct, id: string, outputPrefix: string, removalPolicy: RemovalPolicy): Bucket {
  return new Bucket(scope, id, {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    lifecycleRules: [
      { abortIncompleteMultipartUploadAfter: leftoversKept },
      { prefix: `${outputPrefix}.longhaul/`, expiration: leftoversKept },
    ],
    removalPolicy,
  });
}

/**
 * What one multipart upload that spans hops takes: parts, a look at what is there, and tails. A tail is what is too
 * small for a part at a hand-off; it waits in `.longhaul/` beside the result and is deleted when the run is over.
 */
export function letWriteResults(worker: RecursiveFunction, bucket: Bucket, outputPrefix: string): void {
  const results = bucket.arnForObjects(`${outputPrefix}*`);
  const tails = [`${outputPrefix}.longhaul/*`, `${outputPrefix}*/.longhaul/*`].map((keys) =>
    bucket.arnForObjects(keys),
  );
  const statements: readonly (readonly [actions: string[], resources: string[]])[] = [
    [["s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"], [results]],
    [["s3:DeleteObject"], tails],
    // Lists the tails, and tells an object that is not there (404) from one that may not be read (403).
    [["s3:ListBucket"], [bucket.bucketArn]],
  ];
  for (const [actions, resources] of statements) {
    worker.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources }));
  }
}
