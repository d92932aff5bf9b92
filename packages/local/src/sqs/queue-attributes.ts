import { maxMessageBytes } from "./message-body.ts";
import { sqsErrors } from "./sqs-error.ts";

/** Where messages go that were received too often. */
interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

/** The attributes of a queue that change what it does. */
export interface QueueSettings {
  readonly visibilityTimeoutSeconds: number;
  readonly delaySeconds: number;
  readonly maxMessageBytes: number;
  readonly retentionSeconds: number;
  readonly receiveWaitSeconds: number;
  readonly redrivePolicy: RedrivePolicy | undefined;
  readonly redriveAllowPolicy: RedriveAllowPolicy;
}

/** Which queues may name this one as their dead-letter queue: all, none, or those of these ARNs. */
type RedriveAllowPolicy = "allowAll" | "denyAll" | readonly string[];

type Range = readonly [defaultValue: number, least: number, most: number];

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const numbers: Readonly<Record<string, Range>> = {
  VisibilityTimeout: [30, 0, 43_200],
  DelaySeconds: [0, 0, 900],
  MaximumMessageSize: [maxMessageBytes, 1_024, maxMessageBytes],
  MessageRetentionPeriod: [345_600, 60, 1_209_600],
  ReceiveMessageWaitTimeSeconds: [0, 0, 20],
};

/** Attributes that are kept and given back, and change nothing here. */
const keptOnly = new Set(["Policy", "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "SqsManagedSseEnabled"]);
/** Attributes of FIFO queues that AWS knows on a standard queue too, and refuses there. */
const fifoOnly = new Set(["DeduplicationScope", "FifoThroughputLimit"]);

/**
 * Checks attributes of `CreateQueue` or `SetQueueAttributes` and brings them to their canonical text.
 *
 * @throws {SqsError} naming the attribute.
 */
export function checkedAttributes(input: Readonly<Record<string, string>>): Record<string, string> {
  const checked: Record<string, string> = {};
  for (const [name, value] of Object.entries(input)) {
    const range = numbers[name];
    if (range) checked[name] = String(numberWithin(name, value, range));
    else if (name === "RedrivePolicy") checked[name] = value === "" ? "" : JSON.stringify(parseRedrivePolicy(value));
    else if (name === "RedriveAllowPolicy") {
      parseRedriveAllowPolicy(value);
      checked[name] = value;
    } else if (keptOnly.has(name)) checked[name] = value;
    else if (fifoOnly.has(name)) throw sqsErrors.attributeOfFifoOnly(name);
    else throw sqsErrors.invalidAttributeName(name);
  }
  return checked;
}

/** @throws {SqsError} if attributes, those that are there already included, ask for both kinds of encryption. */
export function checkEncryption(attributes: Readonly<Record<string, string>>): void {
  const { KmsMasterKeyId = "", SqsManagedSseEnabled } = attributes;
  if (KmsMasterKeyId !== "" && SqsManagedSseEnabled === "true") throw sqsErrors.twoEncryptions();
}

/** The settings that a queue's attributes amount to, defaults filled in. */
export function settingsOf(attributes: Readonly<Record<string, string>>): QueueSettings {
  const number = (name: string) => Number(attributes[name] ?? numbers[name]?.[0]);
  const redrive = attributes.RedrivePolicy;
  return {
    visibilityTimeoutSeconds: number("VisibilityTimeout"),
    delaySeconds: number("DelaySeconds"),
    maxMessageBytes: number("MaximumMessageSize"),
    retentionSeconds: number("MessageRetentionPeriod"),
    receiveWaitSeconds: number("ReceiveMessageWaitTimeSeconds"),
    redrivePolicy: redrive ? parseRedrivePolicy(redrive) : undefined,
    redriveAllowPolicy: parseRedriveAllowPolicy(attributes.RedriveAllowPolicy ?? ""),
  };
}

/** The attributes every queue reports, as text. */
export function reportedSettings(attributes: Readonly<Record<string, string>>): Record<string, string> {
  const defaults = Object.fromEntries(Object.entries(numbers).map(([name, [value]]) => [name, String(value)]));
  const present = Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== ""));
  return { ...defaults, SqsManagedSseEnabled: "true", ...present };
}

function numberWithin(name: string, value: string, [, least, most]: Range): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < least || number > most) throw sqsErrors.invalidAttributeValue(name);
  return number;
}

/** @throws {SqsError} if a dead-letter queue of these settings does not let the queue send it dead letters. */
export function checkRedriveAllowed(
  sourceArn: string,
  attributes: string,
  { redriveAllowPolicy }: QueueSettings,
): void {
  const isAllowed = Array.isArray(redriveAllowPolicy)
    ? redriveAllowPolicy.includes(sourceArn)
    : redriveAllowPolicy === "allowAll";
  if (!isAllowed) throw refusedPolicy("RedrivePolicy", attributes, "The dead-letter queue does not allow this queue.");
}

function refusedPolicy(name: string, text: string, reason: string): Error {
  return sqsErrors.invalidParameterValue(
    `Value ${text.slice(0, 200)} for parameter ${name} is invalid. Reason: ${reason}`,
  );
}

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
function parseRedriveAllowPolicy(text: string): RedriveAllowPolicy {
  const refuse = (reason: string) => refusedPolicy("RedriveAllowPolicy", text, reason);
  if (text === "") return "allowAll";
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    throw refuse("Redrive allow policy is not a valid JSON map.");
  }
  const { redrivePermission, sourceQueueArns } = (policy ?? {}) as Record<string, unknown>;
  if (redrivePermission === "byQueue") {
    if (Array.isArray(sourceQueueArns) && sourceQueueArns.length > 0 && sourceQueueArns.length <= 10) {
      return sourceQueueArns.map(String);
    }
    throw refuse("sourceQueueArns must list 1 to 10 queues.");
  }
  if (redrivePermission === "allowAll" || redrivePermission === "denyAll") return redrivePermission;
  throw refuse("redrivePermission must be allowAll, denyAll or byQueue.");
}

function parseRedrivePolicy(text: string): RedrivePolicy {
  const refuse = (reason: string) => refusedPolicy("RedrivePolicy", text, reason);
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    throw refuse("Redrive policy is not a valid JSON map.");
  }
  const { deadLetterTargetArn: arn, maxReceiveCount } = (policy ?? {}) as Record<string, unknown>;
  const count = Number(maxReceiveCount);
  if (typeof arn !== "string" || !/^arn:aws[\w-]*:sqs:[^:]*:\d{12}:.+$/.test(arn)) {
    throw refuse("deadLetterTargetArn must be the ARN of a queue.");
  }
  if (!Number.isInteger(count) || count < 1 || count > 1000) throw refuse("maxReceiveCount must be 1 to 1000.");
  return { deadLetterTargetArn: arn, maxReceiveCount: count };
}
