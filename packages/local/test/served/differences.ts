/** Something that is served, and answers otherwise than AWS: found in what AWS itself answered, or known by design. */
export interface Difference {
  readonly service: string;
  readonly where: string;
  readonly how: string;
  readonly why: string;
}

/** All that is served and differs. Each recording that differs is here, too. */
export const DIFFERENCES: readonly Difference[] = [
  {
    service: "CloudWatch",
    where: "metrics of queues",
    how: "`SentMessageSize` is not published",
    why: "the sizes of messages are not kept once they are sent",
  },
  {
    service: "CloudWatch",
    where: "`GetMetricData`, labels",
    how: "a label names the statistic and the period if they differ between any queries of the request",
    why: "AWS's answers show it for queries of one metric alone",
  },
  {
    service: "CloudWatch",
    where: "alarms on missing data",
    how: "`evaluatedDatapoints` lists missing periods only if all are missing",
    why: "AWS's answers show no other case",
  },
  {
    service: "DynamoDB",
    where: "`CreateTable`, `UpdateTable`",
    how: "the answer has no `SSEDescription`",
    why: "there are no keys of KMS whose ARN it could name",
  },
  {
    service: "DynamoDB",
    where: "tables",
    how: "a table is `ACTIVE` at once instead of after seconds",
    why: "tests would wait",
  },
  {
    service: "EventBridge Scheduler",
    where: "deliveries that fail",
    how: "the input goes to the dead-letter queue at once, without the attributes that AWS adds",
    why: "a delivery on one machine works at once or never",
  },
  {
    service: "S3",
    where: "objects of any size",
    how: "nothing is moved between storage classes, and an object that expired is gone at its time, not within a day",
    why: "there is one kind of storage",
  },
  {
    service: "SNS, SQS",
    where: "FIFO topics and queues",
    how: "they are refused by name when they are made",
    why: "only standard ones are served",
  },
  {
    service: "SNS, SQS, Lambda",
    where: "policies of topics, queues and buckets",
    how: "they are stored and not evaluated",
    why: "there is one account; `authorize` decides by the policies of roles",
  },
];
