import type { DeliverEvent, EventOrigin } from "../gateway/service.ts";
import { type Bucket, bucketArn, type StoredObject } from "./bucket.ts";
import { eventBridgeMessage, notificationMessage, type ObjectEvent, testEventMessage } from "./event-message.ts";
import { type NotificationConfiguration, notificationRules, wantsEvent } from "./notification-configuration.ts";
import type { S3Call } from "./s3-call.ts";
import { S3Error } from "./s3-error.ts";

/** Options of a {@link Notifier}. */
export interface NotifierOptions {
  readonly deliver: DeliverEvent;
  readonly now: () => number;
  readonly newId: () => string;
  readonly region: string;
  readonly accountId: string;
  /** Whether a function lets S3 invoke it for a bucket. Default: it does. */
  readonly mayInvoke?: ((functionArn: string, bucketArn: string) => boolean) | undefined;
  /** Told of an event that could not be delivered. */
  readonly onDeliveryError: (error: unknown, targetArn: string) => void;
}

/** Turns what happens to objects into events and hands them to their targets, without keeping the caller waiting. */
export class Notifier {
  readonly #options: NotifierOptions;
  readonly #underway = new Set<Promise<void>>();
  #lastSequence = 0n;

  constructor(options: NotifierOptions) {
    this.#options = options;
  }

  /** Resolves when every event so far has been delivered or has failed. */
  async settled(): Promise<void> {
    while (this.#underway.size > 0) await Promise.all(this.#underway);
  }

  /**
   * Sets a bucket's notifications and sends `s3:TestEvent` to its queues and topics.
   *
   * @param validation - `all`: functions must let S3 invoke them, queues and topics must take the test event;
   * `deliveries`: only the latter; `none`: no target is looked at, and no test event is sent.
   * @throws S3Error `InvalidArgument` for a configuration S3 refuses, or a target that cannot be reached.
   */
  async configure(
    bucket: Bucket,
    configuration: NotificationConfiguration,
    origin: Origin,
    validation: "all" | "deliveries" | "none",
  ): Promise<void> {
    const rules = notificationRules(configuration, this.#options.newId);
    for (const { arn, kind } of rules) {
      if (kind === "function") {
        if (validation === "all" && this.#options.mayInvoke?.(arn, bucketArn(bucket.name)) === false) {
          throw invalidTarget(`${arn}, null`, `Not authorized to invoke function [${arn}]`);
        }
        continue;
      }
      if (validation === "none") continue;
      const message = testEventMessage(bucket.name, this.#options.now(), origin.requestId);
      try {
        await this.#options.deliver({ arn }, message, this.#eventOrigin(bucket.name, origin.traceHeader));
      } catch (error) {
        const isMissing = error instanceof Error && "code" in error && error.code === "QueueDoesNotExist";
        const reason = error instanceof Error ? error.message : String(error);
        throw invalidTarget(arn, isMissing ? "The destination queue does not exist" : reason);
      }
    }
    bucket.notificationRules = rules;
    bucket.isEventBridgeOn = configuration.EventBridgeConfiguration !== undefined;
  }

  /** Notifies targets that an object was written. */
  objectCreated(
    bucket: Bucket,
    call: S3Call,
    object: StoredObject,
    how: "Put" | "Copy" | "CompleteMultipartUpload",
  ): void {
    if (isSilent(bucket)) return;
    this.#tell(bucket, call.key, `ObjectCreated:${how}`, originOf(call), { size: object.body.size, etag: object.etag });
  }

  /** Notifies targets that a caller deleted an object. */
  objectRemoved(bucket: Bucket, call: S3Call, key: string): void {
    if (isSilent(bucket)) return;
    this.#tell(bucket, key, "ObjectRemoved:Delete", originOf(call), {});
  }

  /** Notifies targets that tags were set or removed. */
  objectTagged(bucket: Bucket, call: S3Call, object: StoredObject, how: "Put" | "Delete"): void {
    if (isSilent(bucket)) return;
    this.#tell(bucket, call.key, `ObjectTagging:${how}`, originOf(call), { size: object.body.size, etag: object.etag });
  }

  /** Notifies targets that a lifecycle rule removed an object. */
  objectExpired(bucket: Bucket, key: string): void {
    if (isSilent(bucket)) return;
    const requestId = this.#options.newId();
    const origin = { requestId, accessKeyId: "s3.amazonaws.com", sourceIp: "s3.amazonaws.com", traceHeader: undefined };
    this.#tell(bucket, key, "LifecycleExpiration:Delete", origin, {});
  }

  #tell(bucket: Bucket, key: string, name: string, origin: Origin, content: { size?: number; etag?: string }): void {
    const { now, newId, region, accountId } = this.#options;
    const event: ObjectEvent = {
      bucketName: bucket.name,
      key,
      name,
      ...content,
      sequencer: this.#nextSequencer(),
      atMs: now(),
      region,
      accountId,
      requestId: origin.requestId,
      accessKeyId: origin.accessKeyId,
      sourceIp: origin.sourceIp,
    };
    const eventOrigin = this.#eventOrigin(bucket.name, origin.traceHeader);
    for (const rule of bucket.notificationRules) {
      if (wantsEvent(rule, `s3:${name}`, key)) this.#send(rule.arn, notificationMessage(event, rule.id), eventOrigin);
    }
    if (bucket.isEventBridgeOn) {
      const bus = `arn:aws:events:${region}:${accountId}:event-bus/default`;
      this.#send(bus, eventBridgeMessage(event, newId()), eventOrigin);
    }
  }

  #send(arn: string, message: string, origin: EventOrigin): void {
    const delivery = Promise.resolve()
      .then(() => this.#options.deliver({ arn }, message, origin))
      .catch((error: unknown) => this.#options.onDeliveryError(error, arn))
      .finally(() => this.#underway.delete(delivery));
    this.#underway.add(delivery);
  }

  #eventOrigin(bucketName: string, traceHeader: string | undefined): EventOrigin {
    return {
      servicePrincipal: "s3.amazonaws.com",
      sourceArn: bucketArn(bucketName),
      ...(traceHeader === undefined ? {} : { traceHeader }),
    };
  }

  /** Hexadecimal, of one length, growing with every event whatever the clock does. */
  #nextSequencer(): string {
    const fromClock = BigInt(Math.trunc(this.#options.now())) << 16n;
    this.#lastSequence = fromClock > this.#lastSequence ? fromClock : this.#lastSequence + 1n;
    return this.#lastSequence.toString(16).toUpperCase().padStart(18, "0");
  }
}

/** A target that S3 does not take; its reason is beside the message. */
function invalidTarget(argument: string, reason: string): S3Error {
  return new S3Error("InvalidArgument", "Unable to validate the following destination configurations", {
    ArgumentName1: argument,
    ArgumentValue1: reason,
  });
}

/** Who caused an event. */
interface Origin {
  readonly requestId: string;
  readonly accessKeyId: string;
  readonly sourceIp: string;
  readonly traceHeader: string | undefined;
}

/** Who caused the events of a call. */
export function originOf(call: S3Call): Origin {
  const { service } = call;
  return {
    requestId: service.requestId,
    accessKeyId: service.principal.accessKeyId,
    sourceIp: service.request.socket.remoteAddress ?? "127.0.0.1",
    traceHeader: service.traceHeader,
  };
}

function isSilent(bucket: Bucket): boolean {
  return bucket.notificationRules.length === 0 && !bucket.isEventBridgeOn;
}
