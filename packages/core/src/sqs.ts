/** Work through queues of SQS. Needs `@aws-sdk/client-sqs`. */
export type { QueueUrls } from "./queued/inbox-queue.ts";
export { type QueuedHandler, type QueuedRunsOptions, type QueuedWork, queuedRuns } from "./queued/queued-runs.ts";
export type { LookTimes } from "./queued/run-verdict.ts";
export type { QueueMessage, UploadEvent } from "./queued/upload-run.ts";
export { type SqsDeadLetterOptions, sqsDeadLetter } from "./recursion/sqs-dead-letter.ts";
export { type SqsDriverOptions, sqsDriver } from "./recursion/sqs-driver.ts";
export {
  type SqsBatchResponse,
  type SqsEvent,
  type SqsHandlerOptions,
  type SqsMessage,
  sqsHandler,
} from "./recursion/sqs-handler.ts";
