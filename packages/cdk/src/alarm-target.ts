import type { IAlarmAction } from "aws-cdk-lib/aws-cloudwatch";
import { LambdaAction, SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { LambdaSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";
import { alarmTopic } from "./alarm-topic.ts";

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
    const topic = alarmTopic(this);
    topic.addSubscription(new LambdaSubscription(target));
    this.action = new SnsAction(topic);
  }
}
