import { Arn, Aws, Fn, type RemovalPolicy, Stack } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { BlockPublicAccess, Bucket, CfnBucket } from "aws-cdk-lib/aws-s3";
import { Topic, TopicPolicy } from "aws-cdk-lib/aws-sns";
import { SqsSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";

/** Props of {@link Uploads}. */
export interface UploadsProps {
  /** Where the news of uploads goes. */
  readonly queue: IQueue;
  /** Uploads below it are told of. */
  readonly prefix: string;
  /** SNS passes messages on as they are, without its envelope. */
  readonly rawMessageDelivery: boolean;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * The bucket that files are put into, and the topic by which the queue hears of it; others may subscribe to it too.
 *
 * The bucket's name is made from the stack's id, so that it is known without asking the bucket: bucket and topic policy
 * need each other, and CloudFormation refuses such a circle.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-notificationconfiguration.html
 */
export class Uploads extends Construct {
  readonly bucket: Bucket;
  readonly topic: Topic;

  constructor(scope: Construct, id: string, props: UploadsProps) {
    super(scope, id);
    const { queue, prefix, rawMessageDelivery, removalPolicy } = props;
    const bucketName = Fn.join("-", ["sqs-file-uploads", Fn.select(2, Fn.split("/", Aws.STACK_ID))]);
    const bucketArn = Arn.format({ service: "s3", region: "", account: "", resource: bucketName }, Stack.of(this));

    this.topic = new Topic(this, "Topic");
    const policy = new TopicPolicy(this, "MayPublish", { topics: [this.topic] });
    policy.document.addStatements(
      new PolicyStatement({
        actions: ["sns:Publish"],
        principals: [new ServicePrincipal("s3.amazonaws.com")],
        resources: [this.topic.topicArn],
        conditions: { ArnLike: { "aws:SourceArn": bucketArn }, StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID } },
      }),
    );
    this.topic.addSubscription(new SqsSubscription(queue, { rawMessageDelivery }));

    this.bucket = new Bucket(this, "Bucket", {
      bucketName,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy,
    });
    // S3 tries whether it may publish when it is told where to.
    this.bucket.node.addDependency(policy);
    const { defaultChild } = this.bucket.node;
    if (!CfnBucket.isCfnBucket(defaultChild)) {
      throw new Error(`${this.node.path}: CDK's Bucket no longer holds a CfnBucket.`);
    }
    defaultChild.notificationConfiguration = {
      topicConfigurations: [
        {
          event: "s3:ObjectCreated:*",
          topic: this.topic.topicArn,
          filter: { s3Key: { rules: [{ name: "prefix", value: prefix }] } },
        },
      ],
    };
  }
}
