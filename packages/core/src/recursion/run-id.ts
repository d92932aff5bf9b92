import { utf8Bytes } from "../state/json.ts";

// A key of 1,024 bytes is up to 3,072 characters in a notification, and a partition key of DynamoDB takes 2,048 bytes:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
const MAX_ID_BYTES = 1_024;

interface Cause {
  readonly id?: unknown;
  readonly detail?: unknown;
  readonly Records?: unknown;
}

/**
 * The run id of a cause, so that a redelivered cause finds the run it began: bucket, key and version or sequencer of an
 * S3 notification; the message id of an SQS message; the id of an EventBridge event; else the request id, which Lambda
 * keeps across the retries and duplicates of one asynchronous event. `causeId` takes the request id's place where it is
 * known better. An identity of more than 1,024 bytes is cut, and told apart by its hash.
 */
export function runIdOf(
  event: Readonly<Record<string, unknown>>,
  requestId: string,
  causeId = `request:${requestId}`,
): string {
  const id = identityOf(event) ?? causeId;
  if (utf8Bytes(id) <= MAX_ID_BYTES) return id;
  // Loaded only here: importing it takes longer than importing all the rest.
  const { createHash } = process.getBuiltinModule("node:crypto");
  return `${id.slice(0, 200).toWellFormed()}~${createHash("sha256").update(id).digest("hex")}`;
}

function identityOf(cause: Cause): string | undefined {
  const records = Array.isArray(cause.Records) ? cause.Records : [];
  if (records.length === 1) {
    const { s3, messageId } = (records[0] ?? {}) as {
      s3?: { bucket?: { name?: unknown }; object?: { key?: unknown; versionId?: unknown; sequencer?: unknown } };
      messageId?: unknown;
    };
    const version = s3?.object?.versionId ?? s3?.object?.sequencer;
    if (typeof version === "string") return `s3:${s3?.bucket?.name}/${s3?.object?.key}@${version}`;
    if (typeof messageId === "string") return `sqs:${messageId}`;
  }
  if (typeof cause.id === "string" && cause.detail !== undefined) return `event:${cause.id}`;
  return undefined;
}
