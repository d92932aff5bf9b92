import { ConfigError } from "../errors.ts";
import type { InvocationContext } from "../options.ts";
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
 * The identity of a cause, so that a redelivered cause finds the run it began: bucket, key and version or sequencer of an
 * S3 notification, also one that SNS passed on; the message id of an SQS or SNS message; the id of an EventBridge event; else the request id, which Lambda
 * keeps across the retries and duplicates of one asynchronous event. `causeId` takes the request id's place where it is
 * known better. An identity of more than 1,024 bytes is cut, and told apart by its hash.
 */
export function runIdOf(
  event: Readonly<Record<string, unknown>>,
  requestId: string,
  causeId = `request:${requestId}`,
): string {
  return fitting(identityOf(event) ?? causeId);
}

/**
 * The id of a run that is given none: the function's name, so that two functions can share a table, and the identity of
 * its cause, see {@link runIdOf}. Of a function that isolates tenants it names the tenant, too. `scope` takes the name's
 * place. Neither version nor alias is part of it: a run survives deployments.
 */
export function defaultRunId(
  event: Readonly<Record<string, unknown>>,
  context: Pick<InvocationContext, "awsRequestId" | "causeId" | "clientContext" | "invokedFunctionArn" | "tenantId">,
  scope = functionNameOf(context.invokedFunctionArn),
): string {
  const { awsRequestId, tenantId, causeId = causeByClient(context.clientContext) } = context;
  const tenant = tenantId === undefined ? "" : `${tenantId}/`;
  return fitting(`${scope}/${tenant}${runIdOf(event, awsRequestId, causeId)}`);
}

/** The cause that a client names beside the event. A state machine does: each of its tries is a request of its own. */
function causeByClient(clientContext: unknown): string | undefined {
  const { Custom } = Object(clientContext) as { readonly Custom?: unknown };
  const { longhaulCause } = Object(Custom) as { readonly longhaulCause?: unknown };
  return typeof longhaulCause === "string" && longhaulCause !== "" ? longhaulCause : undefined;
}

/** The function's name, of an ARN with or without alias or version: `arn:aws:lambda:region:account:function:name:alias`. */
function functionNameOf(arn: string): string {
  return arn.split(":")[6] ?? arn;
}

function fitting(id: string): string {
  if (utf8Bytes(id) <= MAX_ID_BYTES) return id;
  // Loaded only here: importing it takes longer than importing all the rest.
  const node = globalThis.process?.getBuiltinModule?.("node:crypto");
  if (!node) throw new ConfigError(`An id of more than ${MAX_ID_BYTES} bytes can be cut only where Node is.`);
  const { createHash } = node;
  return `${id.slice(0, 200).toWellFormed()}~${createHash("sha256").update(id).digest("hex")}`;
}

function identityOf(cause: Cause): string | undefined {
  const records = Array.isArray(cause.Records) ? cause.Records : [];
  if (records.length === 1) {
    const { s3, messageId, Sns } = (records[0] ?? {}) as {
      s3?: { bucket?: { name?: unknown }; object?: { key?: unknown; versionId?: unknown; sequencer?: unknown } };
      messageId?: unknown;
      Sns?: { Message?: unknown; MessageId?: unknown };
    };
    if (typeof Sns === "object" && Sns !== null) return identityBySns(Sns);
    const { versionId, sequencer } = s3?.object ?? {};
    // "null" is the version of every upload to a bucket whose versioning is suspended: it tells none from another.
    const version = versionId === "null" || versionId === "" ? sequencer : (versionId ?? sequencer);
    if (typeof version === "string" && version !== "") return `s3:${s3?.bucket?.name}/${s3?.object?.key}@${version}`;
    if (typeof messageId === "string") return `sqs:${messageId}`;
  }
  if (typeof cause.id === "string" && cause.detail !== undefined) return `event:${cause.id}`;
  return undefined;
}

/** A message that SNS passed on keeps its own identity in each delivery; any other has the one that SNS gave it. */
function identityBySns({
  Message,
  MessageId,
}: {
  readonly Message?: unknown;
  readonly MessageId?: unknown;
}): string | undefined {
  let cause: unknown;
  try {
    cause = JSON.parse(String(Message));
  } catch {
    // It need not be JSON.
  }
  const identity = typeof cause === "object" && cause !== null ? identityOf(cause) : undefined;
  return identity ?? (typeof MessageId === "string" ? `sns:${MessageId}` : undefined);
}
