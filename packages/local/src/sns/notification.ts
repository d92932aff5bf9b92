import type { SnsMessageAttributes } from "./message-attributes.ts";
import type { Subscription } from "./subscription.ts";

/** A message on its way from a topic to its subscribers. */
export interface Notification {
  readonly messageId: string;
  readonly topicArn: string;
  readonly subject: string | undefined;
  /** The text for the subscriber, after `MessageStructure` has been taken apart. */
  readonly message: string;
  readonly attributes: SnsMessageAttributes;
  readonly atMs: number;
  /** `1` unless the topic says `2`. */
  readonly signatureVersion: string;
  /** Where links in it lead. */
  readonly baseUrl: string;
}

/** Nothing here holds a key of Amazon's, so signatures are of the right form only and verify nowhere. */
const signature = Buffer.from("not signed: this message comes from the embedded SNS of Longhaul").toString("base64");

/**
 * The message as an SQS queue receives it, laid out as SNS lays it out.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-sqs-as-subscriber.html
 */
export function queueEnvelope(notification: Notification, subscription: Subscription): string {
  const { SigningCertUrl, UnsubscribeUrl, MessageAttributes, Subject, ...rest } = fieldsOf(notification, subscription);
  const { Type, MessageId, TopicArn, ...others } = rest;
  const fields = {
    Type,
    MessageId,
    TopicArn,
    ...(Subject !== null && { Subject }),
    ...others,
    SigningCertURL: SigningCertUrl,
    UnsubscribeURL: UnsubscribeUrl,
    ...(Object.keys(MessageAttributes).length > 0 && { MessageAttributes }),
  };
  const lines = Object.entries(fields).map(([name, value]) => `  ${JSON.stringify(name)} : ${JSON.stringify(value)}`);
  return `{\n${lines.join(",\n")}\n}`;
}

/**
 * The event a function is invoked with.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
 */
export function notificationEvent(notification: Notification, subscription: Subscription): string {
  const record = {
    EventSource: "aws:sns",
    EventVersion: "1.0",
    EventSubscriptionArn: subscription.arn,
    Sns: fieldsOf(notification, subscription),
  };
  return JSON.stringify({ Records: [record] });
}

function fieldsOf(notification: Notification, subscription: Subscription) {
  const { messageId, topicArn, subject, message, attributes, atMs, baseUrl } = notification;
  const arn = encodeURIComponent(subscription.arn);
  return {
    Type: "Notification",
    MessageId: messageId,
    TopicArn: topicArn,
    Subject: subject ?? null,
    Message: message,
    Timestamp: new Date(atMs).toISOString(),
    SignatureVersion: notification.signatureVersion,
    Signature: signature,
    SigningCertUrl: `${baseUrl}/SimpleNotificationService.pem`,
    UnsubscribeUrl: `${baseUrl}/?Action=Unsubscribe&SubscriptionArn=${arn}`,
    MessageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
        name,
        { Type: DataType, Value: StringValue ?? BinaryValue ?? "" },
      ]),
    ),
  };
}
