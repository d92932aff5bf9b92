import { recursive } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { sqsDeadLetter, sqsDriver, sqsHandler } from "@longhaul/core/sqs";

/** A message body: an account whose invoices are to be made. */
interface Job {
  readonly account: string;
  readonly months: number;
}

// Each message is a run, and each further hop is a message of the same queue.
const work = recursive({
  store: dynamodbRunStore(),
  driver: sqsDriver({ queueUrl: process.env.QUEUE_URL ?? "" }),
  start: (_job: Job) => ({ month: 0 }),
  async *run(state, { event: { account, months }, signal }) {
    for (let month = state.month; month < months; month++) {
      await fetch(`https://invoices.example.com/${account}/${month}`, { method: "PUT", signal });
      yield { month: month + 1 };
    }
    return months;
  },
});

// What can never be worked on goes to the dead-letter queue, with the reason. Map the queue with batch size 1 and
// ReportBatchItemFailures.
export const handler = sqsHandler(work, { deadLetter: sqsDeadLetter({ queueUrl: process.env.DEAD_LETTER_URL ?? "" }) });
