import { messageAttributesBytes, readMessageAttributes, type SnsMessageAttributes } from "./message-attributes.ts";
import type { QueryInput } from "./query-input.ts";
import { snsErrors } from "./sns-error.ts";
import type { SubscriptionProtocol } from "./subscription.ts";

/** A message somebody publishes. */
export interface OutgoingNotification {
  readonly message: string;
  readonly subject?: string;
  readonly attributes?: SnsMessageAttributes;
  /** Passed on to queues, where fair queues tell tenants apart by it. */
  readonly groupId?: string;
  /** `json`: the message is an object with a text for each protocol, and one for `default`. */
  readonly structure?: "json";
}

/** @throws {SnsError} for parameters that SNS refuses, and for what is not served. */
export function readOutgoing(input: QueryInput): OutgoingNotification {
  if (input.optionalText("MessageDeduplicationId") !== undefined) {
    throw snsErrors.invalidParameter(
      "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type",
    );
  }
  const subject = input.optionalText("Subject");
  const groupId = input.optionalText("MessageGroupId");
  if (groupId !== undefined && !/^[\x21-\x7e]{1,128}$/.test(groupId))
    throw snsErrors.invalidParameter("MessageGroupId");
  const structure = input.optionalText("MessageStructure");
  if (structure !== undefined && structure !== "json") throw snsErrors.invalidParameter("MessageStructure");
  return {
    message: input.optionalText("Message") ?? "",
    ...(subject !== undefined && { subject }),
    attributes: readMessageAttributes(input),
    ...(groupId !== undefined && { groupId }),
    ...(structure !== undefined && { structure }),
  };
}

/**
 * Checks what a topic takes.
 *
 * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 * @throws {SnsError} `InvalidParameter`
 */
export function checkOutgoing(outgoing: OutgoingNotification, maxBytes: number): void {
  const { message, subject, structure } = outgoing;
  if (message === "") throw snsErrors.invalidParameter("Empty message");
  if (subject !== undefined && !/^[\x21-\x7e][\x20-\x7e]{0,99}$/.test(subject)) {
    throw snsErrors.invalidParameter("Subject");
  }
  if (outgoingBytes(outgoing) > maxBytes) throw snsErrors.invalidParameter("Message too long");
  if (structure === "json") textFor(outgoing, "sqs");
}

/** The size SNS measures: message and attributes. */
export function outgoingBytes({ message, attributes = {} }: OutgoingNotification): number {
  return Buffer.byteLength(message) + messageAttributesBytes(attributes);
}

/**
 * The text that a subscriber of a protocol receives.
 *
 * @throws {SnsError} `InvalidParameter` if the structure is `json` and the message is not made so.
 */
export function textFor({ message, structure }: OutgoingNotification, protocol: SubscriptionProtocol): string {
  if (structure !== "json") return message;
  let texts: unknown;
  try {
    texts = JSON.parse(message);
  } catch {
    throw snsErrors.invalidParameter("Message Structure - JSON message body failed to parse");
  }
  const { [protocol]: own, default: all } = (typeof texts === "object" && texts !== null ? texts : {}) as Record<
    string,
    unknown
  >;
  if (typeof all !== "string")
    throw snsErrors.invalidParameter("Message Structure - No default entry in JSON message body");
  return typeof own === "string" ? own : all;
}
