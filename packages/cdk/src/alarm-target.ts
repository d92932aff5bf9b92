import { Aws } from "aws-cdk-lib";
import type { IAlarmAction } from "aws-cdk-lib/aws-cloudwatch";
import { LambdaAction, SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Topic, TopicPolicy } from "aws-cdk-lib/aws-sns";
import { LambdaSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";

/** How alarms reach the functions: through a topic, to which others may subscribe, or straight. */
export type AlarmPath = "sns" | "lambda";

/** How alarms reach one function. */
export class AlarmTarget extends Construct {
  readonly action: IAlarmAction;

  constructor(scope: Construct, id: string, target: IFunction, path: AlarmPath) {
    super(scope, id);
    if (path === "lambda") {
      // Several alarms share one permission: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
      this.action = new LambdaAction(target, { useUniquePermissionId: true });
      return;
    }
    const topic = new Topic(this, "Topic");
    // A policy of its own replaces the default one, by which everybody in the account may publish.
    const policy = new TopicPolicy(this, "Policy", { topics: [topic], enforceSSL: true });
    policy.document.addStatements(
      new PolicyStatement({
        actions: ["sns:Publish"],
        principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
        resources: [topic.topicArn],
        conditions: { StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID } },
      }),
    );
    topic.addSubscription(new LambdaSubscription(target));
    this.action = new SnsAction(topic);
  }
}
