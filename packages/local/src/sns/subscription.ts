import { compileFilterPolicy, type FilterPolicy, type FilterPolicyScope } from "./filter-policy.ts";
import { type SnsError, snsErrors, unparsedJson } from "./sns-error.ts";

/** How messages reach the subscriber. */
export type SubscriptionProtocol = "sqs" | "lambda";

/** Someone who receives the messages of a topic. */
export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: SubscriptionProtocol;
  /** ARN of a queue or function. */
  readonly endpoint: string;
  /** As set; defaults are not in it. */
  attributes: Readonly<Record<string, string>>;
  settings: SubscriptionSettings;
}

/** The settings in a subscription's attributes. */
export interface SubscriptionSettings {
  /** The message alone is sent, without the envelope. */
  readonly isRaw: boolean;
  readonly filter: FilterPolicy | undefined;
  /** Queue for messages that could not be delivered. */
  readonly deadLetterArn: string | undefined;
}

/** Protocols that AWS serves: https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html */
const UNSERVED = new Set(["http", "https", "email", "email-json", "sms", "application", "firehose"]);

/** @throws {SnsError} `InvalidParameter` for any other protocol, or an endpoint that does not fit it. */
export function checkEndpoint(protocol: string, endpoint: string): SubscriptionProtocol {
  if (protocol === "sqs") {
    if (/^arn:aws[\w-]*:sqs:[^:]+:\d{12}:[A-Za-z0-9_-]{1,80}$/.test(endpoint)) return protocol;
    if (endpoint.startsWith("arn:") && endpoint.endsWith(".fifo")) {
      // AWS says it twice.
      throw snsErrors.invalidParameter(
        "Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics",
      );
    }
    throw snsErrors.invalidParameter("SQS endpoint ARN");
  }
  if (protocol === "lambda") {
    if (/^arn:aws[\w-]*:lambda:[^:]+:\d{12}:function:[^:]+(?::[^:]+)?$/.test(endpoint)) return protocol;
    throw snsErrors.invalidParameter("Lambda endpoint ARN");
  }
  if (UNSERVED.has(protocol)) {
    throw snsErrors.invalidParameter(
      `Protocol Reason: the embedded SNS delivers to sqs and lambda, not to ${protocol}`,
    );
  }
  throw snsErrors.invalidParameter(`Amazon SNS does not support this protocol string: ${protocol.slice(0, 40)}`);
}

const ATTRIBUTES = new Set([
  "RawMessageDelivery",
  "FilterPolicy",
  "FilterPolicyScope",
  "RedrivePolicy",
  "DeliveryPolicy",
]);

/** Whether subscriptions have an attribute of this name. */
export function isSubscriptionAttribute(name: string): boolean {
  return ATTRIBUTES.has(name);
}

/**
 * Checks the attributes of a subscription.
 *
 * @param refuse - the error for an attribute that is not valid. Default: that of `Subscribe`.
 * @see https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html
 * @throws {SnsError} `InvalidParameter` naming the attribute.
 */
export function subscriptionSettings(
  protocol: SubscriptionProtocol,
  attributes: Readonly<Record<string, string>>,
  refuse: (reason: string) => SnsError = snsErrors.invalidAttributes,
): SubscriptionSettings {
  const other = Object.keys(attributes).find((name) => !isSubscriptionAttribute(name));
  if (other !== undefined) throw refuse(`Unknown attribute ${other.slice(0, 100)}`);
  const raw = attributes.RawMessageDelivery?.toLowerCase() ?? "false";
  if (raw !== "true" && raw !== "false") {
    const given = attributes.RawMessageDelivery?.slice(0, 100);
    throw refuse(`RawMessageDelivery: Invalid value [${given}]. Must be true or false.`);
  }
  if (raw === "true" && protocol === "lambda") {
    throw refuse("Delivery protocol [lambda] does not support raw message delivery.");
  }
  const policy = attributes.FilterPolicy ?? "";
  const scope = attributes.FilterPolicyScope ?? "MessageAttributes";
  if (!isScope(scope)) throw refuse("FilterPolicyScope: Invalid value. Must be MessageAttributes or MessageBody.");
  return {
    isRaw: raw === "true",
    // `{}` takes a filter away, as SNS documents it.
    filter: policy === "" || policy === "{}" ? undefined : compileFilterPolicy(policy, scope, refuse),
    deadLetterArn: deadLetterArn(attributes.RedrivePolicy ?? "", refuse),
  };
}

function isScope(scope: string): scope is FilterPolicyScope {
  return scope === "MessageAttributes" || scope === "MessageBody";
}

function deadLetterArn(policy: string, refuse: (reason: string) => SnsError): string | undefined {
  if (policy === "") return undefined;
  let arn: unknown;
  try {
    arn = (JSON.parse(policy) as { deadLetterTargetArn?: unknown } | null)?.deadLetterTargetArn;
  } catch {
    throw refuse(`RedrivePolicy: ${unparsedJson(policy)}`);
  }
  if (typeof arn === "string" && /^arn:aws[\w-]*:sqs:/.test(arn)) return arn;
  throw refuse("RedrivePolicy: deadLetterTargetArn is an invalid arn");
}
