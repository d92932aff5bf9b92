import type { MoveTask } from "../move-tasks.ts";
import type { Queue } from "../queues.ts";
import { boundedInteger, sqsFields } from "../request-fields.ts";
import { sqsErrors } from "../sqs-error.ts";
import type { SqsContext, SqsOperation } from "./operation.ts";

/** `StartMessageMoveTask`: moves dead letters to another queue, or back to where they came from. */
export const startMessageMoveTask: SqsOperation = (context, input) => {
  const sourceArn = sqsFields.text(input, "SourceArn");
  context.authorize("sqs:StartMessageMoveTask", sourceArn);
  const destinationArn = sqsFields.optionalText(input, "DestinationArn");
  const source = queueOf(context, "SourceArn", sourceArn);
  const destination = destinationArn === undefined ? undefined : queueOf(context, "DestinationArn", destinationArn);
  return { TaskHandle: context.moveTasks.start(source, destination, context.nowMs).handle };
};

/** `ListMessageMoveTasks`: the last move tasks of a queue. */
export const listMessageMoveTasks: SqsOperation = (context, input) => {
  const sourceArn = sqsFields.text(input, "SourceArn");
  context.authorize("sqs:ListMessageMoveTasks", sourceArn);
  const most = boundedInteger(input, "MaxResults", 1, 10) ?? 1;
  return {
    Results: context.moveTasks
      .list(queueOf(context, "SourceArn", sourceArn).arn)
      .slice(0, most)
      .map(described),
  };
};

/** `CancelMessageMoveTask`: refused: a task is over when it has begun. */
export const cancelMessageMoveTask: SqsOperation = (context, input) =>
  context.moveTasks.cancel(sqsFields.text(input, "TaskHandle"));

function queueOf(context: SqsContext, parameter: "SourceArn" | "DestinationArn", arn: string): Queue {
  const queue = context.queues.find(arn);
  if (!queue) throw sqsErrors.queueOfMoveNotFound(parameter);
  return queue;
}

function described(task: MoveTask) {
  return {
    Status: "COMPLETED",
    SourceArn: task.sourceArn,
    StartedTimestamp: task.startedAtMs,
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.moved,
    ...(task.destinationArn !== undefined && { DestinationArn: task.destinationArn }),
  };
}
