import type { Clock } from "../gateway/clock.ts";
import type { DeliverEvent, DeliveryTarget, EventOrigin } from "../gateway/service.ts";
import type { SnsMessageAttributes } from "./message-attributes.ts";
import { type Notification, notificationEvent, queueEnvelope } from "./notification.ts";
import { checkOutgoing, type OutgoingNotification, textFor } from "./outgoing-message.ts";
import type { Subscription } from "./subscription.ts";
import { maxTopicMessageBytes } from "./topic-attributes.ts";
import type { Topic } from "./topics.ts";

/** Carries messages from topics to their subscribers, without keeping the publisher waiting. */
export interface Publisher {
  /**
   * Takes a message and returns its id.
   *
   * @throws {SnsError} `InvalidParameter` if it is empty, too large, or has a subject SNS refuses.
   */
  publish(topic: Topic, outgoing: OutgoingNotification, traceHeader: string | undefined): string;
  /** Settles when every message so far has been delivered or has failed. */
  settled(): Promise<void>;
}

/** Options of a publisher. */
export interface PublisherOptions {
  readonly baseUrl: string;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly deliver: DeliverEvent;
  /** Told of a message that could not be delivered, and has no dead-letter queue or did not get there. */
  readonly onDeliveryError: (error: unknown, targetArn: string) => void;
}

/** Creates a publisher for all topics. */
export function createPublisher(options: PublisherOptions): Publisher {
  const underway = new Set<Promise<void>>();

  async function send(
    target: MessageTarget,
    payload: string,
    origin: EventOrigin,
    deadPayload: string,
    deadLetterArn: string | undefined,
  ): Promise<void> {
    try {
      if (Object.keys(target.messageAttributes ?? {}).length > 10) {
        // https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html
        throw new Error("SQS takes ten message attributes, so that a raw message with more is discarded.");
      }
      // Deliveries to queues and functions of the same account work at once or never: none is tried again.
      await options.deliver(target, payload, origin);
    } catch (error) {
      if (deadLetterArn === undefined) {
        options.onDeliveryError(error, target.arn);
        return;
      }
      const text = (StringValue: string) => ({ DataType: "String", StringValue });
      const messageAttributes = {
        RequestID: text(options.newId()),
        ErrorCode: text("400"),
        ErrorMessage: text((error instanceof Error ? error.message : String(error)).slice(0, 1024) || "Error"),
      };
      const dead: MessageTarget = { arn: deadLetterArn, messageAttributes };
      await options.deliver(dead, deadPayload, origin).catch((failure: unknown) => {
        options.onDeliveryError(failure, deadLetterArn);
      });
    }
  }

  return {
    publish(topic, outgoing, traceHeader) {
      checkOutgoing(outgoing, maxTopicMessageBytes(topic.attributes));
      const messageId = options.newId();
      const attributes = outgoing.attributes ?? {};
      const origin: EventOrigin = {
        servicePrincipal: "sns.amazonaws.com",
        sourceArn: topic.arn,
        ...(traceHeader !== undefined && { traceHeader }),
      };
      for (const subscription of topic.subscriptions.values()) {
        const notification: Notification = {
          messageId,
          topicArn: topic.arn,
          subject: outgoing.subject,
          message: textFor(outgoing, subscription.protocol),
          // "Message attributes are sent only when the message structure is String": sns-message-attributes.html
          attributes: outgoing.structure === "json" ? {} : attributes,
          atMs: options.clock.nowMs(),
          signatureVersion: topic.attributes.SignatureVersion ?? "1",
          baseUrl: options.baseUrl,
        };
        const { settings } = subscription;
        if (settings.filter && !settings.filter(notification.message, attributes)) continue;
        const { target, payload, deadPayload } = formOf(notification, subscription);
        const grouped = outgoing.groupId === undefined ? target : { ...target, groupId: outgoing.groupId };
        const delivery = send(grouped, payload, origin, deadPayload, settings.deadLetterArn).finally(() =>
          underway.delete(delivery),
        );
        underway.add(delivery);
      }
      return messageId;
    },
    async settled() {
      while (underway.size > 0) await Promise.all(underway);
    },
  };
}

/** A raw message takes its attributes along to the queue, and any message its group. */
type MessageTarget = DeliveryTarget & {
  readonly messageAttributes?: SnsMessageAttributes;
  readonly groupId?: string;
};

/** How a subscriber receives a message, and a dead-letter queue what the subscriber does not: as a queue would. */
function formOf(
  notification: Notification,
  subscription: Subscription,
): { readonly target: MessageTarget; readonly payload: string; readonly deadPayload: string } {
  const target = { arn: subscription.endpoint };
  if (subscription.settings.isRaw) {
    const payload = notification.message;
    return { target: { ...target, messageAttributes: notification.attributes }, payload, deadPayload: payload };
  }
  const deadPayload = queueEnvelope(notification, subscription);
  const payload = subscription.protocol === "lambda" ? notificationEvent(notification, subscription) : deadPayload;
  return { target, payload, deadPayload };
}
