import type { Clock } from "../gateway/clock.ts";
import { checkFields, operationOf, writeJson, writeServiceError } from "../gateway/json-protocol.ts";
import { RequestTooLarge, readBody } from "../gateway/request-body.ts";
import { AccessDenied, type Service, type ServiceCall } from "../gateway/service.ts";
import type { MessageAttributes } from "./message-attributes.ts";
import { createMoveTasks, type MoveTasks } from "./move-tasks.ts";
import { queueUrl } from "./operations/operation.ts";
import { sqsOperations } from "./operations/operations.ts";
import { type Queue, Queues } from "./queues.ts";
import { sqsFields } from "./request-fields.ts";
import { SqsError, sqsErrors } from "./sqs-error.ts";

/** Options of the embedded SQS. */
export interface SqsOptions {
  /** The gateway's URL; queue URLs are made from it. */
  readonly baseUrl: string;
  readonly region: string;
  readonly accountId: string;
  readonly clock: Clock;
  /** Ids of messages and tasks; UUIDs in AWS. */
  readonly newId: () => string;
}

/** Options of a message that is sent from inside. */
export interface SendOptions {
  readonly attributes?: MessageAttributes;
  readonly traceHeader?: string;
  readonly groupId?: string;
  readonly delaySeconds?: number;
  /** Default: the service principal `AIDAINTERNAL`. */
  readonly senderId?: string;
}

/** The embedded SQS: an HTTP service behind the gateway, and the same queues from inside. */
export interface SqsService extends Service {
  /** All queues; for event source mappings, tests and reports. */
  readonly queues: Queues;
  /** Creates a queue (or finds the one of that name with the same attributes). */
  createQueue(
    name: string,
    attributes?: Readonly<Record<string, string>>,
  ): { readonly arn: string; readonly url: string };
  /**
   * Puts a message into a queue.
   *
   * @throws {SqsError} `QueueDoesNotExist`, or if SQS would refuse the message.
   */
  sendMessage(queueArn: string, body: string, options?: SendOptions): { readonly messageId: string };
}

// A batch of ten 1 MiB messages is refused as too long by name; the rest is room for JSON escapes.
const maxRequestBytes = 16 * 1024 * 1024;

/** Creates the embedded SQS: standard queues over the JSON 1.0 protocol. FIFO queues are refused by name. */
export function createSqs(options: SqsOptions): SqsService {
  const queues = new Queues(options);
  const moveTasks = createMoveTasks(queues, options.newId);
  return {
    queues,
    createQueue(name, attributes = {}) {
      const queue = queues.create(name, attributes);
      return { arn: queue.arn, url: queueUrl(options, queue.name) };
    },
    sendMessage(queueArn, body, send = {}) {
      const queue = queues.find(queueArn);
      if (!queue) throw sqsErrors.queueDoesNotExist();
      return { messageId: sendInside(queues, queue, body, send) };
    },
    handle: (call) => handle(options, queues, moveTasks, call),
    async stop() {
      queues.stop();
    },
  };
}

function sendInside(queues: Queues, queue: Queue, body: string, send: SendOptions): string {
  const { attributes = {}, senderId = "AIDAINTERNAL", traceHeader, groupId, delaySeconds } = send;
  return queues.send(queue, {
    body,
    attributes,
    senderId,
    ...(traceHeader !== undefined && { traceHeader }),
    ...(groupId !== undefined && { groupId }),
    ...(delaySeconds !== undefined && { delaySeconds }),
  }).id;
}

async function handle(options: SqsOptions, queues: Queues, moveTasks: MoveTasks, call: ServiceCall): Promise<void> {
  try {
    const operation = operationOf(call.request, "SQS", sqsOperations, sqsErrors.unsupported);
    const input = sqsFields.parseFields((await readBody(call.request, maxRequestBytes)).toString());
    checkFields("SQS", operation, input, sqsErrors.unsupported);
    const answer = await operation.run(
      {
        queues,
        moveTasks,
        baseUrl: options.baseUrl,
        accountId: options.accountId,
        nowMs: options.clock.nowMs(),
        senderId: call.principal.accessKeyId,
        traceHeader: call.traceHeader,
        whenGone: () => goneSignal(call.response),
        authorize: (action, arn) => call.authorize(action, arn),
      },
      input,
    );
    writeJson(call.response, 200, answer);
  } catch (error) {
    const known = protocolError(error);
    const { request, response, requestId } = call;
    writeServiceError(request, response, { ...errorForm, status: known.status, requestId }, known);
  }
}

/** Aborted when the caller goes before its answer. An error is made for each abort, so that one is made for such callers alone. */
function goneSignal(response: ServiceCall["response"]): AbortSignal {
  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) gone.abort();
  });
  if (response.destroyed) gone.abort();
  return gone.signal;
}

const errorForm = {
  namespace: "com.amazonaws.sqs",
  queryNamespace: "http://queue.amazonaws.com/doc/2012-11-05/",
} as const;

function protocolError(error: unknown): SqsError {
  if (error instanceof SqsError) return error;
  if (error instanceof AccessDenied) return new SqsError("AccessDeniedException", error.message, "AccessDenied", 403);
  if (error instanceof RequestTooLarge) return sqsErrors.invalidParameterValue(error.message);
  throw error;
}
