interface Cause {
  readonly id?: unknown;
  readonly detail?: unknown;
  readonly Records?: unknown;
}

/**
 * The run id of a cause, so that a redelivered cause finds the run it began: bucket, key and version or sequencer of an
 * S3 notification; the message id of an SQS message; the id of an EventBridge event; else the request id, which Lambda
 * keeps across the retries and duplicates of one asynchronous event.
 */
export function runIdOf(event: Readonly<Record<string, unknown>>, requestId: string): string {
  const cause: Cause = event;
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
  return `request:${requestId}`;
}
