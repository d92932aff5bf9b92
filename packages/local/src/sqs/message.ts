import { createHash } from "node:crypto";
import { attributesBytes, type MessageAttributes, md5OfAttributes } from "./message-attributes.ts";

/** A message as its sender gives it. */
export interface OutgoingMessage {
  readonly body: string;
  readonly attributes: MessageAttributes;
  /** X-Ray trace header; carries the lineage that loop detection reads. */
  readonly traceHeader?: string;
  /** Access key id of the sender. */
  readonly senderId: string;
  /** Group of a message, by which fair queues tell tenants apart. */
  readonly groupId?: string;
  /** Overrides the queue's delay. */
  readonly delaySeconds?: number;
}

/** The place of a message in its queue. */
type MessagePlace = "ready" | "delayed" | "in-flight" | "gone";

/** A message as a queue keeps it. Only its queue changes it. */
export interface QueuedMessage {
  readonly id: string;
  readonly body: string;
  readonly bodyMd5: string;
  readonly bytes: number;
  readonly attributes: MessageAttributes;
  readonly attributesMd5: string | undefined;
  readonly traceHeader: string | undefined;
  readonly groupId: string | undefined;
  readonly senderId: string;
  readonly sentAtMs: number;
  /** When it came into the queue it is in now. */
  readonly enteredAtMs: number;
  /** The queue a dead-lettered message came from. */
  readonly deadLetterSourceArn: string | undefined;
  place: MessagePlace;
  /** When it becomes visible, while delayed or in flight. */
  visibleAtMs: number;
  /** When the receive that holds it now was made. */
  receivedAtMs: number;
  firstReceivedAtMs: number | undefined;
  receiveCount: number;
}

/** Makes the message a queue keeps of what a sender sent. */
export function newMessage(id: string, outgoing: OutgoingMessage, sentAtMs: number): QueuedMessage {
  const { body, attributes } = outgoing;
  const hasAttributes = Object.keys(attributes).length > 0;
  return {
    id,
    body,
    bodyMd5: createHash("md5").update(body).digest("hex"),
    bytes: messageBytes(outgoing),
    attributes,
    attributesMd5: hasAttributes ? md5OfAttributes(attributes) : undefined,
    traceHeader: outgoing.traceHeader,
    groupId: outgoing.groupId,
    senderId: outgoing.senderId,
    sentAtMs,
    enteredAtMs: sentAtMs,
    deadLetterSourceArn: undefined,
    place: "ready",
    visibleAtMs: sentAtMs,
    receivedAtMs: 0,
    firstReceivedAtMs: undefined,
    receiveCount: 0,
  };
}

/** Makes a message anew of one that was sent before. */
export function renewedMessage(id: string, message: QueuedMessage, sentAtMs: number): QueuedMessage {
  return {
    ...message,
    id,
    sentAtMs,
    enteredAtMs: sentAtMs,
    deadLetterSourceArn: undefined,
    firstReceivedAtMs: undefined,
    receiveCount: 0,
  };
}

/** The size SQS measures: body and message attributes. The trace header does not count. */
export function messageBytes({ body, attributes }: Pick<OutgoingMessage, "body" | "attributes">): number {
  return Buffer.byteLength(body) + attributesBytes(attributes);
}
