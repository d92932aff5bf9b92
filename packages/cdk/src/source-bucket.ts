import { Aws, type RemovalPolicy } from "aws-cdk-lib";
import { Rule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as FunctionTarget } from "aws-cdk-lib/aws-events-targets";
import { CfnPermission } from "aws-cdk-lib/aws-lambda";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { closedBucket } from "./closed-bucket.ts";
import { bucketArnOf, bucketNameOf, nativeBucket } from "./named-bucket.ts";
import { letReadObjects } from "./read-objects.ts";
import type { RecursiveFunction } from "./recursive-function.ts";

/** How the arrival of an object starts a run. */
export type Trigger = "notification" | "eventbridge";

/** Props of {@link SourceBucket}. */
export interface SourceBucketProps {
  /** The function that reads the objects. */
  readonly worker: RecursiveFunction;
  /** Objects below it start runs, and only they can be read. */
  readonly prefix: string;
  /** Ends of the keys that start runs; none means all. S3 compares them to the letter. */
  readonly suffixes: readonly string[];
  readonly trigger: Trigger;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * The bucket whose objects start runs. Notifications are the bucket's own property; CDK's `addEventNotification` would deploy
 * a second function with rights on every bucket for it.
 */
export class SourceBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: SourceBucketProps) {
    super(scope, id);
    const bucketName = bucketNameOf(this);
    const bucketArn = bucketArnOf(this, bucketName);
    this.bucket = closedBucket(this, "Bucket", { removalPolicy: props.removalPolicy, bucketName });
    letReadObjects(props.worker, bucketArn, props.prefix);
    if (props.trigger === "eventbridge") this.sendEvents(props);
    else this.notify(props, bucketArn);
  }

  private notify({ worker, prefix, suffixes }: SourceBucketProps, bucketArn: string): void {
    const functionArn = worker.function.functionArn;
    const permission = new CfnPermission(this, "MayStartRuns", {
      action: "lambda:InvokeFunction",
      functionName: functionArn,
      principal: "s3.amazonaws.com",
      sourceArn: bucketArn,
      sourceAccount: Aws.ACCOUNT_ID,
    });
    // No object can start a run before the function may invoke itself, and S3 checks the permission when it is told.
    permission.node.addDependency(worker);
    this.bucket.node.addDependency(permission);
    nativeBucket(this.bucket).notificationConfiguration = {
      lambdaConfigurations: (suffixes.length === 0 ? [""] : suffixes).map((suffix) => ({
        event: "s3:ObjectCreated:*",
        function: functionArn,
        filter: {
          s3Key: {
            rules: [{ name: "prefix", value: prefix }, ...(suffix === "" ? [] : [{ name: "suffix", value: suffix }])],
          },
        },
      })),
    };
  }

  private sendEvents({ worker, prefix, suffixes }: SourceBucketProps): void {
    nativeBucket(this.bucket).notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
    const literal = prefix.replace(/[\\*]/g, "\\$&");
    const key = suffixes.length === 0 ? [{ prefix }] : suffixes.map((suffix) => ({ wildcard: `${literal}*${suffix}` }));
    new Rule(this, "ObjectCreated", {
      eventPattern: {
        source: ["aws.s3"],
        detailType: ["Object Created"],
        detail: { bucket: { name: [this.bucket.bucketName] }, object: { key } },
      },
      targets: [new FunctionTarget(worker.function)],
    });
  }
}
