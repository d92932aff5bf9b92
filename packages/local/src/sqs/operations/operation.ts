import type { MoveTasks } from "../move-tasks.ts";
import type { Queue, Queues } from "../queues.ts";
import { type Fields, sqsFields } from "../request-fields.ts";
import { sqsErrors } from "../sqs-error.ts";

/** The context of an operation. */
export interface SqsContext {
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
  /** A signal that is aborted when the caller goes away, for who waits. */
  whenGone(): AbortSignal;
  /** Names the permission that is about to be used. */
  authorize(action: string, queueArn: string): void;
}

/** The answer of an operation, as the JSON protocol carries it. */
type Answer = Readonly<Record<string, unknown>>;

/** One operation of the SQS API. */
export type SqsOperation = (context: SqsContext, input: Fields) => Answer | Promise<Answer>;

/** `http://127.0.0.1:<port>/<account>/<name>`. */
export function queueUrl({ baseUrl, accountId }: Pick<SqsContext, "baseUrl" | "accountId">, name: string): string {
  return `${baseUrl}/${accountId}/${name}`;
}

/** Finds the queue a request is about by the account and name that its `QueueUrl` ends with, and checks the permission to do `action` with it. */
export function authorizedQueue(context: SqsContext, input: Fields, action: string): Queue {
  const [name, accountId = context.accountId] = sqsFields
    .text(input, "QueueUrl")
    .replace(/\/$/, "")
    .split("/")
    .reverse();
  if (name === undefined || accountId !== context.accountId) throw sqsErrors.queueDoesNotExist();
  context.authorize(action, context.queues.arnOf(name));
  return context.queues.get(name);
}
