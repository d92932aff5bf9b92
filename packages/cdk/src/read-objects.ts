import { type IGrantable, PolicyStatement } from "aws-cdk-lib/aws-iam";

/**
 * Lets a function read the objects below a prefix. It may also list the bucket: without `s3:ListBucket`, S3 answers 403 for
 * an object that does not exist, and nobody could tell that from a missing permission.
 */
export function letReadObjects({ grantPrincipal }: IGrantable, bucketArn: string, prefix: string): void {
  for (const [action, resource] of [
    ["s3:GetObject", `${bucketArn}/${prefix}*`],
    ["s3:ListBucket", bucketArn],
  ] as const) {
    grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions: [action], resources: [resource] }));
  }
}
