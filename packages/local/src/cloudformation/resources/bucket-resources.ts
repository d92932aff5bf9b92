import type { LifecycleRule } from "../../s3/bucket.ts";
import type { NotificationConfiguration } from "../../s3/notification-configuration.ts";
import type { PropertyReader } from "../property-reader.ts";
import { readPolicyDocument } from "../roles.ts";
import type { ResourceContext, ResourceMaker } from "./resource.ts";

/** `AWS::S3::Bucket` */
export const s3Bucket: ResourceMaker = async (context, properties) => {
  const name = context.name(properties.optionalText("BucketName"), 63);
  const { s3 } = context.services;
  const notifications = readNotifications(properties);
  const lifecycle = readLifecycle(properties);
  properties.finish();
  const arn = `arn:aws:s3:::${name}`;
  if (notifications) checkTargets(context, notifications, arn);
  if (!s3.listBuckets().includes(name)) context.undo(() => s3.deleteBucket(name));
  await s3.createBucket(name, { ...(lifecycle && { lifecycle }), ...(notifications && { notifications }) });
  return {
    ref: name,
    attributes: {
      Arn: arn,
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${context.region}.amazonaws.com`,
    },
    listed: { as: "buckets", name },
  };
};

/** `AWS::S3::BucketPolicy`: read, and not enforced yet. */
export const s3BucketPolicy: ResourceMaker = (_context, properties) => {
  const bucket = properties.text("Bucket");
  readPolicyDocument(properties, "PolicyDocument");
  properties.finish();
  return { ref: bucket };
};

/** `Custom::S3BucketNotifications`: what CDK's `addEventNotification` writes, done here without its helper function. */
export const customBucketNotifications: ResourceMaker = async (context, properties) => {
  const bucketName = properties.text("BucketName");
  const configuration = properties.object("NotificationConfiguration");
  const mustCheck = properties.optionalBoolean("SkipDestinationValidation") !== true;
  properties.finish();
  // S3's API refuses what this shape does not hold; the S3 service checks it in the same way.
  const notifications = configuration as NotificationConfiguration;
  if (mustCheck) checkTargets(context, notifications, `arn:aws:s3:::${bucketName}`);
  const { s3 } = context.services;
  if (!context.previous) context.undo(() => s3.putNotificationConfiguration(bucketName, {}));
  await s3.putNotificationConfiguration(bucketName, notifications);
  return { ref: `${bucketName}-notifications` };
};

/** `Custom::S3AutoDeleteObjects`: buckets go when the embedded AWS stops, with or without objects. */
export const customAutoDeleteObjects: ResourceMaker = (_context, properties) => {
  const bucketName = properties.text("BucketName");
  properties.finish();
  return { ref: `${bucketName}-auto-delete` };
};

function readNotifications(properties: PropertyReader): NotificationConfiguration | undefined {
  const configuration = properties.nested("NotificationConfiguration");
  if (!configuration) return undefined;
  const targets = (list: string, arnName: string) =>
    configuration.nestedList(list).map((entry) => ({
      arn: entry.text(arnName),
      target: { Events: [entry.text("Event")], Filter: { Key: { FilterRules: readFilter(entry) } } },
    }));
  const functions = targets("LambdaConfigurations", "Function");
  const queues = targets("QueueConfigurations", "Queue");
  const topics = targets("TopicConfigurations", "Topic");
  const eventBridge = configuration.nested("EventBridgeConfiguration");
  const isEventBridgeOn = eventBridge !== undefined && eventBridge.optionalBoolean("EventBridgeEnabled") !== false;
  return {
    LambdaFunctionConfigurations: functions.map(({ arn, target }) => ({ ...target, LambdaFunctionArn: arn })),
    QueueConfigurations: queues.map(({ arn, target }) => ({ ...target, QueueArn: arn })),
    TopicConfigurations: topics.map(({ arn, target }) => ({ ...target, TopicArn: arn })),
    ...(isEventBridgeOn && { EventBridgeConfiguration: {} }),
  };
}

function readFilter(entry: PropertyReader): readonly { readonly Name: string; readonly Value: string }[] {
  const rules = entry.nested("Filter")?.nested("S3Key")?.nestedList("Rules") ?? [];
  return rules.map((rule) => ({ Name: rule.text("Name"), Value: rule.text("Value") }));
}

/** S3 refuses a function it may not invoke when the notification is set, not when the first object comes. */
function checkTargets(context: ResourceContext, notifications: NotificationConfiguration, bucketArn: string): void {
  const caller = { servicePrincipal: "s3.amazonaws.com", sourceArn: bucketArn, sourceAccount: context.accountId };
  for (const { LambdaFunctionArn: arn } of notifications.LambdaFunctionConfigurations ?? []) {
    if (context.services.lambda.permits(arn, caller)) continue;
    throw new Error(
      `Unable to validate the destination ${arn}: no AWS::Lambda::Permission lets s3.amazonaws.com invoke it for ${bucketArn}. Make the bucket depend on the permission.`,
    );
  }
}

function readLifecycle(properties: PropertyReader): readonly LifecycleRule[] | undefined {
  const configuration = properties.nested("LifecycleConfiguration");
  return configuration?.nestedList("Rules").map((rule, index) => ({
    id: rule.optionalText("Id") ?? `rule-${index + 1}`,
    isEnabled: rule.text("Status") === "Enabled",
    prefix: rule.optionalText("Prefix") ?? "",
    expirationDays: rule.optionalNumber("ExpirationInDays"),
    abortIncompleteUploadDays: rule.nested("AbortIncompleteMultipartUpload")?.optionalNumber("DaysAfterInitiation"),
  }));
}
