import { Arn, Aws, Fn, Stack } from "aws-cdk-lib";
import { type Bucket, CfnBucket } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";

/**
 * A name for a bucket, made from the stack's id, so that it is known without asking the bucket: a bucket that sends
 * notifications and their receiver name each other, and CloudFormation refuses such a circle.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-notificationconfiguration.html
 */
export function bucketNameOf(scope: Construct): string {
  // A name has at most 63 characters, of which the id of the stack takes 36.
  return Fn.join("-", [`longhaul-${scope.node.addr.slice(-12)}`, Fn.select(2, Fn.split("/", Aws.STACK_ID))]);
}

/** The ARN of a bucket that is known by its name only. */
export function bucketArnOf(scope: Construct, bucketName: string): string {
  return Arn.format({ service: "s3", region: "", account: "", resource: bucketName }, Stack.of(scope));
}

/** The resource behind a bucket, for the notifications that CDK would deploy a function of its own for. */
export function nativeBucket(bucket: Bucket): CfnBucket {
  const { defaultChild } = bucket.node;
  if (CfnBucket.isCfnBucket(defaultChild)) return defaultChild;
  throw new Error(`${bucket.node.path}: CDK's Bucket no longer holds a CfnBucket.`);
}
