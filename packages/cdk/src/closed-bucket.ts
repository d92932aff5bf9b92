import type { RemovalPolicy } from "aws-cdk-lib";
import { BlockPublicAccess, type BucketProps } from "aws-cdk-lib/aws-s3";

/** Props of a bucket that is closed to the public and to plain HTTP. */
export function closedBucket(removalPolicy: RemovalPolicy): BucketProps {
  return { blockPublicAccess: BlockPublicAccess.BLOCK_ALL, enforceSSL: true, removalPolicy };
}
