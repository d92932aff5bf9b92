import type { MoveTasks } from "../move-tasks.ts";
import type { Queue, Queues } from "../queues.ts";
import { type Fields, text } from "../request-fields.ts";
import { sqsErrors } from "../sqs-error.ts";

/** What an operation may use. */
export interface OperationContext {
  readonly queues: Queues;
  readonly moveTasks: MoveTasks;
  /** The gateway's URL, which queue URLs begin with. */
  readonly baseUrl: string;
  readonly accountId: string;
  readonly nowMs: number;
  /** Access key id of the caller. */
  readonly senderId: string;
  /** Lineage of the caller, as its SDK sent it. */
  readonly traceHeader: string | undefined;
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal;
  /** Names the permission that is about to be used. */
  authorize(action: string, queueArn: string): void;
}

/** The answer of an operation, as the JSON protocol carries it. */
type Answer = Readonly<Record<string, unknown>>;

/** One operation of the SQS API. */
export type Operation = (context: OperationContext, input: Fields) => Answer | Promise<Answer>;

/** `http://127.0.0.1:<port>/<account>/<name>`. */
export function queueUrl(
  { baseUrl, accountId }: Pick<OperationContext, "baseUrl" | "accountId">,
  name: string,
): string {
  return `${baseUrl}/${accountId}/${name}`;
}

/** Finds the queue a request is about by the path of its `QueueUrl`, and checks the permission to do `action` with it. */
export function authorizedQueue(context: OperationContext, input: Fields, action: string): Queue {
  const url = text(input, "QueueUrl");
  const name = /(?:^|\/)([^/?#]+)\/?$/.exec(url)?.[1];
  if (name === undefined) throw sqsErrors.queueDoesNotExist();
  context.authorize(action, context.queues.arnOf(name));
  return context.queues.get(name);
}
