import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import type { RecursiveFunction } from "./recursive-function.ts";

/** An action on objects, besides counting them. */
export type ObjectAction = "each" | "copy" | "delete";

/** The permissions on the objects of a walked bucket that each action takes. */
const ON_OBJECTS: Readonly<Record<ObjectAction, readonly string[]>> = {
  each: ["s3:GetObject"],
  copy: ["s3:GetObject", "s3:GetObjectTagging"],
  // A condition on the ETag takes the right to read:
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html
  delete: ["s3:DeleteObject", "s3:GetObject"],
};

/** Lets the function list buckets, and do with their objects what the actions do. */
export function letWalk(
  worker: RecursiveFunction,
  bucketArns: readonly string[],
  actions: readonly ObjectAction[],
): void {
  grant(worker, ["s3:ListBucket"], bucketArns);
  grant(
    worker,
    [...new Set(actions.flatMap((action) => ON_OBJECTS[action]))].sort(),
    bucketArns.map((arn) => `${arn}/*`),
  );
}

/** Lets the function copy into a bucket, tags included, and clear away what it began to copy in parts. */
export function letCopyTo(worker: RecursiveFunction, targetArn: string): void {
  grant(worker, ["s3:AbortMultipartUpload", "s3:PutObject", "s3:PutObjectTagging"], [`${targetArn}/*`]);
}

/** Lets the function write results, and keep states that are too large for a record beside them. */
export function letWriteReports(worker: RecursiveFunction, output: Bucket, outputPrefix: string): void {
  grant(worker, ["s3:PutObject"], [output.arnForObjects(`${outputPrefix}*`)]);
  grant(worker, ["s3:GetObject"], [output.arnForObjects(`${outputPrefix}.longhaul/*`)]);
}

function grant(worker: RecursiveFunction, actions: readonly string[], resources: readonly string[]): void {
  if (actions.length === 0) return;
  worker.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
}
