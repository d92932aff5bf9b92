import { Duration, type RemovalPolicy } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import { closedBucket } from "./closed-bucket.ts";
import type { RecursiveFunction } from "./recursive-function.ts";

/** A run that failed or was paused can be resumed for so long after the age at which it would have been ended. */
const marginDays = 7;

/**
 * The bucket that receives the results. Uploads that a crashed run leaves unfinished are invisible but charged for, so
 * they are ended once no run can need them any more, and with them the tails of results directly below the prefix (rules
 * know no wildcard). S3 counts from when an upload was begun, and a run that is still at work must not lose its own.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpu-abort-incomplete-mpu-lifecycle-config.html
 */
export function outputBucket(
  scope: Construct,
  id: string,
  props: { readonly outputPrefix: string; readonly maxDuration: Duration; readonly removalPolicy: RemovalPolicy },
): Bucket {
  const leftoversKept = Duration.days(Math.ceil(props.maxDuration.toHours({ integral: false }) / 24) + marginDays);
  return closedBucket(scope, id, {
    removalPolicy: props.removalPolicy,
    lifecycleRules: [
      { abortIncompleteMultipartUploadAfter: leftoversKept },
      { prefix: `${props.outputPrefix}.longhaul/`, expiration: leftoversKept },
    ],
  });
}

/**
 * Grants what a multipart upload that spans hops needs: parts, a list of them, and tails. A tail is what is too
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
