import type { Queue, Queues } from "./queues.ts";
import { SqsError, sqsErrors } from "./sqs-error.ts";

/** One redrive of a dead-letter queue. Here it is over when it begins: queues are in memory. */
export interface MoveTask {
  readonly handle: string;
  readonly sourceArn: string;
  readonly destinationArn: string | undefined;
  readonly moved: number;
  readonly startedAtMs: number;
}

/** Message-move tasks, newest first, the last ten for each queue as SQS keeps them. */
export interface MoveTasks {
  start(source: Queue, destination: Queue | undefined, nowMs: number): MoveTask;
  list(sourceArn: string): readonly MoveTask[];
  /** @throws {SqsError} always: a task is complete before it could be cancelled. */
  cancel(handle: string): never;
}

/** Message-move tasks over all queues. */
export function createMoveTasks(queues: Queues, newId: () => string): MoveTasks {
  const tasks = new Map<string, MoveTask[]>();
  return {
    start(source, destination, nowMs) {
      if (queues.sourcesOf(source.arn).length === 0) {
        throw new SqsError("InvalidParameterValue", "Source queue must be configured as a Dead Letter Queue.");
      }
      const moved = queues.moveAll(source, destination);
      const handle = Buffer.from(JSON.stringify({ taskId: newId(), sourceArn: source.arn })).toString("base64");
      const destinationArn = destination?.arn;
      const task = { handle, sourceArn: source.arn, destinationArn, moved, startedAtMs: nowMs };
      tasks.set(source.arn, [task, ...(tasks.get(source.arn) ?? [])].slice(0, 10));
      return task;
    },
    list: (sourceArn) => tasks.get(sourceArn) ?? [],
    cancel(handle) {
      const sourceArn = sourceArnOf(handle);
      if (sourceArn === undefined) throw sqsErrors.invalidParameterValue("Value for parameter TaskHandle is invalid.");
      if (!queues.find(sourceArn)) throw sqsErrors.queueOfMoveNotFound("SourceArn");
      const isKnown = tasks.get(sourceArn)?.some((task) => task.handle === handle) ?? false;
      if (!isKnown) throw sqsErrors.resourceNotFound("Task does not exist.");
      throw sqsErrors.unsupported("Only active tasks can be cancelled.");
    },
  };
}

/** The queue that a task's handle names; `undefined` for what is no handle. */
function sourceArnOf(handle: string): string | undefined {
  try {
    const { sourceArn } = JSON.parse(Buffer.from(handle, "base64").toString()) as Record<string, unknown>;
    return typeof sourceArn === "string" ? sourceArn : undefined;
  } catch {
    return undefined;
  }
}
