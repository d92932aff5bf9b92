import { BlockPublicAccess, Bucket, type BucketProps } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";

/** A bucket that is closed to the public and to plain HTTP. */
export function closedBucket(
  scope: Construct,
  id: string,
  props: BucketProps & Required<Pick<BucketProps, "removalPolicy">>,
): Bucket {
  const bucket = new Bucket(scope, id, { blockPublicAccess: BlockPublicAccess.BLOCK_ALL, enforceSSL: true, ...props });
  acknowledge(bucket, "AwsSolutions-S1");
  return bucket;
}
