import { urlEncodeLikeS3 } from "./xml-text.ts";

/** A change of an object, before it takes the form of a target. */
export interface ObjectEvent {
  readonly bucketName: string;
  readonly key: string;
  /** e.g. `ObjectCreated:Put`. */
  readonly name: string;
  /** Absent for removals. */
  readonly size?: number;
  readonly etag?: string;
  /** Orders the events of one key: larger is later. */
  readonly sequencer: string;
  readonly atMs: number;
  readonly region: string;
  readonly accountId: string;
  readonly requestId: string;
  readonly accessKeyId: string;
  readonly sourceIp: string;
}

/**
 * The event as functions, queues and topics receive it.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function notificationMessage(event: ObjectEvent, configurationId: string): string {
  // A change of tags has no place in the order of an object's contents.
  const isOfContent = !event.name.startsWith("ObjectTagging:");
  const isBasic = event.name.startsWith("ObjectCreated:") || event.name.startsWith("ObjectRemoved:");
  return JSON.stringify({
    Records: [
      {
        eventVersion: isBasic ? "2.1" : "2.3",
        eventSource: "aws:s3",
        awsRegion: event.region,
        eventTime: new Date(event.atMs).toISOString(),
        eventName: event.name,
        userIdentity: { principalId: `AWS:${event.accessKeyId}` },
        requestParameters: { sourceIPAddress: event.sourceIp },
        responseElements: { "x-amz-request-id": event.requestId, "x-amz-id-2": event.requestId },
        s3: {
          s3SchemaVersion: "1.0",
          configurationId,
          bucket: {
            name: event.bucketName,
            ownerIdentity: { principalId: event.accountId },
            arn: `arn:aws:s3:::${event.bucketName}`,
          },
          object: {
            key: urlEncodeLikeS3(event.key),
            ...(event.size === undefined || !isOfContent ? {} : { size: event.size }),
            ...(event.etag === undefined ? {} : { eTag: event.etag }),
            ...(isOfContent && { sequencer: event.sequencer }),
          },
        },
      },
    ],
  });
}

const DETAIL_TYPES: Readonly<Record<string, string>> = {
  ObjectCreated: "Object Created",
  ObjectRemoved: "Object Deleted",
  LifecycleExpiration: "Object Deleted",
};

const REASONS: Readonly<Record<string, string>> = {
  "ObjectCreated:Put": "PutObject",
  "ObjectCreated:Copy": "CopyObject",
  "ObjectCreated:CompleteMultipartUpload": "CompleteMultipartUpload",
  "ObjectRemoved:Delete": "DeleteObject",
  "LifecycleExpiration:Delete": "Lifecycle Expiration",
  "ObjectTagging:Put": "",
  "ObjectTagging:Delete": "",
};

/**
 * The event as EventBridge receives it; here the key is not URL-encoded.
 *
 * @param id - a UUID of this event alone.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
export function eventBridgeMessage(event: ObjectEvent, id: string): string {
  const [family = "", kind] = event.name.split(":");
  const reason = REASONS[event.name] ?? "";
  const detailType = DETAIL_TYPES[family] ?? (kind === "Put" ? "Object Tags Added" : "Object Tags Deleted");
  return JSON.stringify({
    version: "0",
    id,
    "detail-type": detailType,
    source: "aws.s3",
    account: event.accountId,
    time: `${new Date(event.atMs).toISOString().slice(0, 19)}Z`,
    region: event.region,
    resources: [`arn:aws:s3:::${event.bucketName}`],
    detail: {
      version: "0",
      bucket: { name: event.bucketName },
      object: {
        key: event.key,
        ...(event.size === undefined ? {} : { size: event.size }),
        ...(event.etag === undefined ? {} : { etag: event.etag }),
        sequencer: event.sequencer,
      },
      "request-id": event.requestId,
      requester: event.accountId,
      ...(family === "LifecycleExpiration" ? {} : { "source-ip-address": event.sourceIp }),
      ...(reason === "" ? {} : { reason }),
      ...(detailType === "Object Deleted" ? { "deletion-type": "Permanently Deleted" } : {}),
    },
  });
}

/** The event that S3 sends to a queue or topic when it becomes the target of notifications; it has no `Records`. */
export function testEventMessage(bucketName: string, atMs: number, requestId: string): string {
  return JSON.stringify({
    Service: "Amazon S3",
    Event: "s3:TestEvent",
    Time: new Date(atMs).toISOString(),
    Bucket: bucketName,
    RequestId: requestId,
    HostId: requestId,
  });
}
