import { snsErrors } from "./sns-error.ts";

/** A topic takes messages of up to so many bytes, unless `MaximumMessageSize` says otherwise. */
const defaultMaxMessageBytes = 262_144;
const leastMaxMessageBytes = 1_024;
const mostMaxMessageBytes = 1_048_576;

/** Attributes that are kept and given back, and change nothing here. */
const keptOnly = new Set([
  "DisplayName",
  "Policy",
  "DeliveryPolicy",
  "KmsMasterKeyId",
  "SignatureVersion",
  "TracingConfig",
]);
const feedback =
  /^(?:HTTP|Firehose|Lambda|Application|SQS)(?:SuccessFeedbackRoleArn|SuccessFeedbackSampleRate|FailureFeedbackRoleArn)$/;
const fifoOnly = new Set(["FifoTopic", "ContentBasedDeduplication", "FifoThroughputScope", "ArchivePolicy"]);

/**
 * Checks attributes of `CreateTopic` or `SetTopicAttributes`.
 *
 * @see https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html
 * @throws {SnsError} `InvalidParameter` naming the attribute.
 */
export function checkTopicAttributes(attributes: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "MaximumMessageSize") checkMaximum(value);
    else if (fifoOnly.has(name) && value !== "false") {
      throw snsErrors.invalidParameter(`Attributes Reason: FIFO topics are not served by the embedded SNS (${name})`);
    } else if (!keptOnly.has(name) && !fifoOnly.has(name) && !feedback.test(name)) {
      throw snsErrors.invalidParameter(`Attributes Reason: Unknown attribute ${name.slice(0, 100)}`);
    }
  }
}

/** Checks an attribute of a topic that is there. @throws {SnsError} `InvalidParameter`; FIFO or not is said once, at the creation. */
export function checkSettableAttribute(name: string, value: string): void {
  const isKnown = name === "MaximumMessageSize" || keptOnly.has(name) || fifoOnly.has(name) || feedback.test(name);
  if (!isKnown || name === "FifoTopic") throw snsErrors.invalidParameter("AttributeName");
  checkTopicAttributes({ [name]: value });
}

function checkMaximum(value: string): void {
  const bytes = Number(value);
  if (/^\d+$/.test(value) && bytes >= leastMaxMessageBytes && bytes <= mostMaxMessageBytes) return;
  throw snsErrors.invalidParameter(
    `Attributes Reason: MaximumMessageSize must be ${leastMaxMessageBytes} to ${mostMaxMessageBytes}`,
  );
}

/** The most bytes that body and attributes of a message may have together. */
export function maxTopicMessageBytes(attributes: Readonly<Record<string, string>>): number {
  return Number(attributes.MaximumMessageSize ?? defaultMaxMessageBytes);
}

/** The policy of a topic that nobody gave one: its account may do everything with it. */
export function defaultPolicy(topicArn: string, accountId: string): string {
  const actions = ["GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission", "DeleteTopic"];
  const more = ["Subscribe", "ListSubscriptionsByTopic", "Publish"];
  return JSON.stringify({
    Version: "2008-10-17",
    Id: "__default_policy_ID",
    Statement: [
      {
        Sid: "__default_statement_ID",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: [...actions, ...more].map((action) => `SNS:${action}`),
        Resource: topicArn,
        Condition: { StringEquals: { "AWS:SourceOwner": accountId } },
      },
    ],
  });
}

/** How SNS retries deliveries over HTTP if nothing is said; told because callers read it. */
export const effectiveDeliveryPolicy = JSON.stringify({
  http: {
    defaultHealthyRetryPolicy: {
      minDelayTarget: 20,
      maxDelayTarget: 20,
      numRetries: 3,
      numMaxDelayRetries: 0,
      numNoDelayRetries: 0,
      numMinDelayRetries: 0,
      backoffFunction: "linear",
    },
    disableSubscriptionOverrides: false,
    defaultRequestPolicy: { headerContentType: "text/plain; charset=UTF-8" },
  },
});
