import { compileFilterPolicy, type FilterPolicy, type FilterPolicyScope } from "./filter-policy.ts";
import { snsErrors } from "./sns-error.ts";

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

/** @throws {SnsError} `InvalidParameter` for any other protocol, or an endpoint that does not fit it. */
export function checkEndpoint(protocol: string, endpoint: string): SubscriptionProtocol {
  if (protocol === "sqs") {
    if (/^arn:aws[\w-]*:sqs:[^:]+:\d{12}:[A-Za-z0-9_-]{1,80}$/.test(endpoint)) return protocol;
    throw snsErrors.invalidParameter("SQS endpoint ARN");
  }
  if (protocol === "lambda") {
    if (/^arn:aws[\w-]*:lambda:[^:]+:\d{12}:function:[^:]+(?::[^:]+)?$/.test(endpoint)) return protocol;
    throw snsErrors.invalidParameter("Lambda endpoint ARN");
  }
  throw snsErrors.invalidParameter(
    `Protocol Reason: the embedded SNS delivers to sqs and lambda, not to ${protocol.slice(0, 40)}`,
  );
}

/**
 * Checks the attributes of a subscription.
 *
 * @see https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html
 * @throws {SnsError} `InvalidParameter` naming the attribute.
 */
export function subscriptionSettings(
  protocol: SubscriptionProtocol,
  attributes: Readonly<Record<string, string>>,
): SubscriptionSettings {
  const refuse = (reason: string) => snsErrors.invalidParameter(`Attributes Reason: ${reason}`);
  const known = ["RawMessageDelivery", "FilterPolicy", "FilterPolicyScope", "RedrivePolicy", "DeliveryPolicy"];
  const other = Object.keys(attributes).find((name) => !known.includes(name));
  if (other !== undefined) throw refuse(`Unknown attribute ${other.slice(0, 100)}`);
  const raw = attributes.RawMessageDelivery?.toLowerCase() ?? "false";
  if (raw !== "true" && raw !== "false") throw refuse("RawMessageDelivery: Invalid value. Must be true or false.");
  if (raw === "true" && protocol === "lambda") {
    throw refuse("Delivery protocol [lambda] does not support raw message delivery.");
  }
  const policy = attributes.FilterPolicy ?? "";
  const scope = attributes.FilterPolicyScope ?? "MessageAttributes";
  if (!isScope(scope)) throw refuse("FilterPolicyScope: Invalid value. Must be MessageAttributes or MessageBody.");
  return {
    isRaw: raw === "true",
    // `{}` takes a filter away, as SNS documents it.
    filter: policy === "" || policy === "{}" ? undefined : compileFilterPolicy(policy, scope),
    deadLetterArn: deadLetterArn(attributes.RedrivePolicy ?? ""),
  };
}

function isScope(scope: string): scope is FilterPolicyScope {
  return scope === "MessageAttributes" || scope === "MessageBody";
}

function deadLetterArn(policy: string): string | undefined {
  if (policy === "") return undefined;
  let arn: unknown;
  try {
    arn = (JSON.parse(policy) as { deadLetterTargetArn?: unknown } | null)?.deadLetterTargetArn;
  } catch {
    // Told below.
  }
  if (typeof arn === "string" && /^arn:aws[\w-]*:sqs:/.test(arn)) return arn;
  throw snsErrors.invalidParameter("Attributes Reason: RedrivePolicy: deadLetterTargetArn must be the ARN of a queue.");
}
