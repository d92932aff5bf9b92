import type { Difference } from "./differences.ts";

/** Differences between ElasticMQ 1.7.1 and AWS. */
export const differencesOfElasticMq: readonly Difference[] = [
  {
    service: "SQS",
    checks: ["characters outside XML are refused"],
    peerDoes: "calls it InvalidAttributeValue",
    page: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html",
  },
  {
    service: "SQS",
    checks: ["message attributes come back when asked for, by name, prefix or all"],
    peerDoes: "does not know prefixes",
    page: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html",
  },
  {
    service: "SQS",
    checks: [
      "visibility beyond 12 hours is refused",
      "changing the visibility of a message that is not in flight is refused",
    ],
    peerDoes: "says nothing",
    page: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html",
  },
  {
    service: "SQS",
    checks: ["deleting twice is no error; a handle that was never issued is"],
    peerDoes: "calls the second deletion an error",
    page: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html",
  },
  {
    service: "SQS",
    checks: ["a batch that is empty, too long, or repeats an id is refused whole"],
    peerDoes: "takes an empty batch",
    page: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html",
  },
  {
    service: "SQS",
    checks: ["a message of 1 MiB is taken, one byte more is not"],
    peerDoes: "calls it InvalidAttributeValue",
    page: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html",
  },
  {
    service: "SQS",
    checks: ["attributes can be set and are read back; unknown and impossible ones are refused"],
    peerDoes: "does not know MessageRetentionPeriod",
    page: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html",
  },
];
