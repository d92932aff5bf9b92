import type { RecursiveFunction } from "@longhaul/cdk";
import { Arn, Aws, Fn, type RemovalPolicy, Stack } from "aws-cdk-lib";
import { Rule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as FunctionTarget } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { CfnPermission } from "aws-cdk-lib/aws-lambda";
import { BlockPublicAccess, Bucket, CfnBucket } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";

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
 * The bucket whose objects are worked off.
 *
 * Its name is made from the stack's id, so that it is known without asking the bucket: bucket, function and permission
 * need each other, and CloudFormation refuses such a circle. Notifications are the bucket's own property; CDK's
 * `addEventNotification` would deploy a second function with rights on every bucket for it.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-notificationconfiguration.html
 */
export class SourceBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: SourceBucketProps) {
    super(scope, id);
    const stackUuid = Fn.select(2, Fn.split("/", Aws.STACK_ID));
    const bucketName = Fn.join("-", ["s3-batch-source", stackUuid]);
    const bucketArn = Arn.format({ service: "s3", region: "", account: "", resource: bucketName }, Stack.of(this));

    this.bucket = new Bucket(this, "Bucket", {
      bucketName,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: props.removalPolicy,
    });
    letRead(props.worker, bucketArn, props.prefix);
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
    this.native.notificationConfiguration = {
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
    this.native.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
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

  private get native(): CfnBucket {
    const { defaultChild } = this.bucket.node;
    if (CfnBucket.isCfnBucket(defaultChild)) return defaultChild;
    throw new Error(`${this.node.path}: CDK's Bucket no longer holds a CfnBucket.`);
  }
}

/** Without `s3:ListBucket`, S3 answers 403 for an object that is not there, and nobody could tell the two apart. */
function letRead(worker: RecursiveFunction, bucketArn: string, prefix: string): void {
  worker.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({ actions: ["s3:GetObject"], resources: [`${bucketArn}/${prefix}*`] }),
  );
  worker.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({ actions: ["s3:ListBucket"], resources: [bucketArn] }),
  );
}
