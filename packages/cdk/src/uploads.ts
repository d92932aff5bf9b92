import { Aws, type RemovalPolicy } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import { Topic, TopicPolicy } from "aws-cdk-lib/aws-sns";
import { SqsSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { closedBucket } from "./closed-bucket.ts";
import { bucketArnOf, bucketNameOf, nativeBucket } from "./named-bucket.ts";

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

/** The bucket that files are put into, and the topic that tells the queue of them. Others may subscribe to it too. */
export class Uploads extends Construct {
  readonly bucket: Bucket;
  readonly topic: Topic;

  constructor(scope: Construct, id: string, props: UploadsProps) {
    super(scope, id);
    const { queue, prefix, rawMessageDelivery, removalPolicy } = props;
    const bucketName = bucketNameOf(this);
    const bucketArn = bucketArnOf(this, bucketName);

    this.topic = new Topic(this, "Topic");
    const policy = new TopicPolicy(this, "MayPublish", { topics: [this.topic], enforceSSL: true });
    policy.document.addStatements(
      new PolicyStatement({
        actions: ["sns:Publish"],
        principals: [new ServicePrincipal("s3.amazonaws.com")],
        resources: [this.topic.topicArn],
        conditions: { ArnLike: { "aws:SourceArn": bucketArn }, StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID } },
      }),
    );
    this.topic.addSubscription(new SqsSubscription(queue, { rawMessageDelivery }));

    this.bucket = closedBucket(this, "Bucket", { removalPolicy, bucketName });
    // S3 tries whether it may publish when it is told where to.
    this.bucket.node.addDependency(policy);
    nativeBucket(this.bucket).notificationConfiguration = {
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
