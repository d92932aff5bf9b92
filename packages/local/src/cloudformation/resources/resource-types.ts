import { cloudWatchAlarm } from "./alarm-resources.ts";
import * as bucket from "./bucket-resources.ts";
import { eventSourceMapping } from "./event-source-resources.ts";
import * as lambda from "./function-resources.ts";
import { layerVersion } from "./layer-resources.ts";
import * as queue from "./queue-resources.ts";
import type { ResourceMaker } from "./resource.ts";
import * as role from "./role-resources.ts";
import * as rule from "./rule-resources.ts";
import * as schedule from "./schedule-resources.ts";
import * as table from "./table-resources.ts";
import * as topic from "./topic-resources.ts";

const logGroup: ResourceMaker = (context, properties) => {
  const name = context.name(properties.optionalText("LogGroupName"), 512);
  properties.finish();
  const arn = `arn:aws:logs:${context.region}:${context.accountId}:log-group:${name}:*`;
  return { ref: name, attributes: { Arn: arn } };
};

const dashboard: ResourceMaker = (context, properties) => {
  const name = context.name(properties.optionalText("DashboardName"), 255);
  properties.finish();
  return { ref: name, attributes: {} };
};

/** Every resource type that can be deployed. */
export const resourceTypes: ReadonlyMap<string, ResourceMaker> = new Map([
  ["AWS::Lambda::Function", lambda.lambdaFunction],
  ["AWS::Lambda::EventInvokeConfig", lambda.eventInvokeConfig],
  ["AWS::Lambda::LayerVersion", layerVersion],
  ["AWS::Lambda::Permission", lambda.lambdaPermission],
  ["AWS::Lambda::Version", lambda.lambdaVersion],
  ["AWS::Lambda::Alias", lambda.lambdaAlias],
  ["AWS::Lambda::EventSourceMapping", eventSourceMapping],
  ["AWS::IAM::Role", role.iamRole],
  ["AWS::IAM::Policy", role.iamPolicy],
  ["AWS::IAM::ManagedPolicy", role.iamManagedPolicy],
  ["AWS::S3::Bucket", bucket.s3Bucket],
  ["AWS::S3::BucketPolicy", bucket.s3BucketPolicy],
  ["Custom::S3BucketNotifications", bucket.customBucketNotifications],
  ["Custom::S3AutoDeleteObjects", bucket.customAutoDeleteObjects],
  ["AWS::DynamoDB::Table", table.dynamoDbTable],
  ["AWS::DynamoDB::GlobalTable", table.dynamoDbGlobalTable],
  ["AWS::SQS::Queue", queue.sqsQueue],
  ["AWS::SQS::QueuePolicy", queue.sqsQueuePolicy],
  ["AWS::SNS::Topic", topic.snsTopic],
  ["AWS::SNS::TopicPolicy", topic.snsTopicPolicy],
  ["AWS::SNS::Subscription", topic.snsSubscription],
  ["AWS::CloudWatch::Alarm", cloudWatchAlarm],
  ["AWS::CloudWatch::Dashboard", dashboard],
  ["AWS::Logs::LogGroup", logGroup],
  ["AWS::Events::EventBus", rule.eventBus],
  ["AWS::Events::Rule", rule.eventsRule],
  ["AWS::Scheduler::Schedule", schedule.schedulerSchedule],
  ["AWS::Scheduler::ScheduleGroup", schedule.schedulerScheduleGroup],
]);

/** Resources that describe the template itself and are passed over. */
export const ignoredTypes: ReadonlySet<string> = new Set(["AWS::CDK::Metadata"]);

/** Custom resources done here; the function behind them (their `ServiceToken`) is not deployed. */
export const nativeCustomTypes: ReadonlySet<string> = new Set(
  [...resourceTypes.keys()].filter((type) => type.startsWith("Custom::")),
);
