/** A change of an alarm as SNS brings it, with the fields of CloudWatch's message changed as told. */
export function publishedEvent(change: object = {}): { Records: object[] } {
  const message = {
    AlarmName: "orders-100",
    AlarmDescription: null,
    AWSAccountId: "123456789012",
    NewStateValue: "ALARM",
    NewStateReason: "Threshold Crossed: 1 datapoint [250.0] was greater than the threshold (100.0).",
    StateChangeTime: "2026-11-21T10:00:00.000+0000",
    Region: "EU (Frankfurt)",
    AlarmArn: "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:orders-100",
    OldStateValue: "OK",
    Trigger: {
      MetricName: "ApproximateNumberOfMessagesVisible",
      Namespace: "AWS/SQS",
      StatisticType: "Statistic",
      Statistic: "MAXIMUM",
      Unit: null,
      Dimensions: [{ value: "orders", name: "QueueName" }],
      Period: 60,
      EvaluationPeriods: 1,
      ComparisonOperator: "GreaterThanThreshold",
      Threshold: 100,
    },
    ...change,
  };
  return { Records: [{ EventSource: "aws:sns", EventVersion: "1.0", Sns: { Message: JSON.stringify(message) } }] };
}

/** The same change as CloudWatch sends it to a Lambda function. */
export function directEvent(): object {
  return {
    source: "aws.cloudwatch",
    alarmArn: "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:orders-100",
    accountId: "123456789012",
    time: "2026-11-21T10:00:00.000+0000",
    region: "eu-central-1",
    alarmData: {
      alarmName: "orders-100",
      state: { value: "ALARM", reason: "Threshold Crossed", timestamp: "2026-11-21T10:00:00.000+0000" },
      previousState: { value: "OK", reason: "", timestamp: "2026-11-21T09:00:00.000+0000" },
      configuration: {
        metrics: [
          {
            id: "depth",
            metricStat: {
              metric: {
                namespace: "AWS/SQS",
                name: "ApproximateNumberOfMessagesVisible",
                dimensions: { QueueName: "orders" },
              },
              period: 60,
              stat: "Maximum",
            },
            returnData: true,
          },
        ],
      },
    },
  };
}

/** The same change as EventBridge carries it. */
export function bridgedEvent(change: object = {}): object {
  const state = (value: string, timestamp: string) => ({ value, reason: "", reasonData: "{}", timestamp });
  return {
    version: "0",
    id: "c4c1c1c9-6542-e61b-6ef0-8c4d36933a92",
    "detail-type": "CloudWatch Alarm State Change",
    source: "aws.cloudwatch",
    account: "123456789012",
    time: "2026-11-21T10:00:00Z",
    region: "eu-central-1",
    resources: ["arn:aws:cloudwatch:eu-central-1:123456789012:alarm:orders-100"],
    detail: {
      alarmName: "orders-100",
      state: state("ALARM", "2026-11-21T10:00:00.000+0000"),
      previousState: state("OK", "2026-11-21T09:00:00.000+0000"),
      configuration: {
        metrics: [
          {
            id: "depth",
            metricStat: {
              metric: {
                namespace: "AWS/SQS",
                name: "ApproximateNumberOfMessagesVisible",
                dimensions: { QueueName: "orders" },
              },
              period: 60,
              stat: "Maximum",
            },
            returnData: true,
          },
        ],
      },
    },
    ...change,
  };
}
