import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsForMetricCommand,
  GetMetricDataCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
} from "@aws-sdk/client-cloudwatch";
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTagsOfResourceCommand,
  ScanCommand,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { outsideCredentials } from "../src/gateway/credentials.ts";
import { type LocalAws, startLocalAws } from "../src/local-aws.ts";

let aws: LocalAws;
let sqs: SQSClient;
let sns: SNSClient;
let dynamoDb: DynamoDBClient;
let cloudWatch: CloudWatchClient;

beforeAll(async () => {
  aws = await startLocalAws();
  const config = { endpoint: aws.url, region: aws.region, credentials: outsideCredentials, maxAttempts: 1 };
  sqs = new SQSClient(config);
  sns = new SNSClient(config);
  dynamoDb = new DynamoDBClient(config);
  cloudWatch = new CloudWatchClient(config);
});
afterAll(async () => {
  for (const client of [sqs, sns, dynamoDb, cloudWatch]) client.destroy();
  await aws.stop();
});

const arnOf = (queue: string) => `arn:aws:sqs:${aws.region}:${aws.accountId}:${queue}`;
const queue = async (QueueName: string, Attributes: Record<string, string> = {}) => {
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  return QueueUrl;
};
const redrive = (deadLetterTargetArn: string) => ({
  RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 }),
});

describe("SQS", () => {
  it("gives the group of a message back, also of one that came from a topic", async () => {
    const QueueUrl = await queue("grouped");
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "direct", MessageGroupId: "tenant-1" }));
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "grouped" }));
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: arnOf("grouped") }));
    await sns.send(new PublishCommand({ TopicArn, Message: "by topic", MessageGroupId: "tenant-2" }));
    await aws.sns.settled();
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ["MessageGroupId"] }),
    );
    expect(Messages.map(({ Attributes }) => Attributes?.MessageGroupId)).toEqual(["tenant-1", "tenant-2"]);
    const unfit = new SendMessageCommand({ QueueUrl, MessageBody: "x", MessageGroupId: "two words" });
    await expect(sqs.send(unfit)).rejects.toThrow("MessageGroupId can only include");
  });

  it("knows no queue of another account", async () => {
    const url = await queue("mine");
    const other = new GetQueueUrlCommand({ QueueName: "mine", QueueOwnerAWSAccountId: "999999999999" });
    await expect(sqs.send(other)).rejects.toMatchObject({ name: "QueueDoesNotExist" });
    const QueueUrl = url.replace(aws.accountId, "999999999999");
    await expect(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" }))).rejects.toMatchObject({
      name: "QueueDoesNotExist",
    });
  });

  it("sends dead letters only where the dead-letter queue allows it", async () => {
    const allow = (policy: object) => ({ RedriveAllowPolicy: JSON.stringify(policy) });
    await queue("denying", allow({ redrivePermission: "denyAll" }));
    await queue("choosing", allow({ redrivePermission: "byQueue", sourceQueueArns: [arnOf("chosen")] }));
    await queue("chosen", redrive(arnOf("choosing")));
    await expect(queue("other", redrive(arnOf("choosing")))).rejects.toThrow("does not allow this queue");
    const QueueUrl = await queue("later");
    const change = new SetQueueAttributesCommand({ QueueUrl, Attributes: redrive(arnOf("denying")) });
    await expect(sqs.send(change)).rejects.toThrow("does not allow this queue");
    await expect(queue("odd", allow({ redrivePermission: "perhaps" }))).rejects.toThrow("redrivePermission");
  });

  it("refuses system attributes that there are not", async () => {
    const QueueUrl = await queue("asked");
    const receive = new ReceiveMessageCommand({ QueueUrl, AttributeNames: ["Colour" as "All"] });
    await expect(sqs.send(receive)).rejects.toMatchObject({ name: "InvalidAttributeName" });
  });

  it("leaves dead letters where they are if their queue is gone", async () => {
    const DeadUrl = await queue("dead");
    const QueueUrl = await queue("gone", { ...redrive(arnOf("dead")), VisibilityTimeout: "0" });
    await queue("another", redrive(arnOf("dead")));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "precious" }));
    await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: arnOf("dead") }));
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: DeadUrl, WaitTimeSeconds: 5 }));
    expect(Messages.map(({ Body }) => Body)).toEqual(["precious"]);
  });

  it("answers SDKs that speak the query protocol with an error they can show", async () => {
    const response = await fetch(aws.url, {
      method: "POST",
      headers: { authorization: "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/sqs/aws4_request, Signature=0" },
      body: new URLSearchParams({ Action: "ListQueues", Version: "2012-11-05" }),
    });
    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toBe("text/xml");
    const body = await response.text();
    expect(body).toContain('<ErrorResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/">');
    expect(body).toContain("<Code>AWS.SimpleQueueService.UnsupportedOperation</Code>");
    expect(body).toContain("the query protocol of older SDKs is not served");
  });
});

describe("SNS", () => {
  it("refuses a token that it did not give", async () => {
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "paged" }));
    const body = new URLSearchParams({ Action: "ListSubscriptionsByTopic", TopicArn: TopicArn ?? "", NextToken: "?" });
    const response = await fetch(aws.url, {
      method: "POST",
      headers: { authorization: "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/sns/aws4_request, Signature=0" },
      body,
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("NextToken");
  });
});

describe("DynamoDB", () => {
  const table: Omit<CreateTableCommandInput, "TableName"> = {
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
  };

  it("keeps the tags that a table is made with", async () => {
    const Tags = [{ Key: "team", Value: "a" }];
    const { TableDescription } = await dynamoDb.send(new CreateTableCommand({ ...table, TableName: "tagged", Tags }));
    const tags = new ListTagsOfResourceCommand({ ResourceArn: TableDescription?.TableArn });
    expect((await dynamoDb.send(tags)).Tags).toEqual(Tags);
  });

  it("reads a global index consistently in no way, also in a scan", async () => {
    const IndexName = "by-id";
    await dynamoDb.send(
      new CreateTableCommand({
        ...table,
        TableName: "indexed",
        GlobalSecondaryIndexes: [{ IndexName, KeySchema: table.KeySchema, Projection: { ProjectionType: "ALL" } }],
      }),
    );
    const scan = (more: object) => dynamoDb.send(new ScanCommand({ TableName: "indexed", ...more }));
    expect((await scan({ ConsistentRead: true })).Items).toEqual([]);
    await expect(scan({ IndexName, ConsistentRead: true })).rejects.toThrow("Consistent read");
  });

  it("deletes no table that is protected", async () => {
    const TableName = "protected";
    const DeletionProtectionEnabled = true;
    await dynamoDb.send(new CreateTableCommand({ ...table, TableName, DeletionProtectionEnabled }));
    const described = await dynamoDb.send(new DescribeTableCommand({ TableName }));
    expect(described.Table?.DeletionProtectionEnabled).toBe(true);
    await expect(dynamoDb.send(new DeleteTableCommand({ TableName }))).rejects.toThrow("protected against deletion");
    await dynamoDb.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
    await dynamoDb.send(new DeleteTableCommand({ TableName }));
  });

  it("knows no table of another account or region", async () => {
    await dynamoDb.send(new CreateTableCommand({ ...table, TableName: "here" }));
    const get = (account: string, region = aws.region) =>
      dynamoDb.send(
        new GetItemCommand({
          TableName: `arn:aws:dynamodb:${region}:${account}:table/here`,
          Key: { id: { S: "x" } },
        }),
      );
    expect((await get(aws.accountId)).Item).toBeUndefined();
    await expect(get("999999999999")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await expect(get(aws.accountId, "eu-west-9")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });
});

describe("CloudWatch", () => {
  const metric = { Namespace: "units", MetricName: "m" };

  it("tells the data of one unit from those of another, also in GetMetricData", async () => {
    const Timestamp = new Date(Date.now() - 120_000);
    const MetricData = (["Bytes", "Seconds"] as const).map((Unit, index) => ({
      MetricName: "m",
      Timestamp,
      Unit,
      Value: index + 1,
    }));
    await cloudWatch.send(new PutMetricDataCommand({ Namespace: "units", MetricData }));
    const { MetricDataResults } = await cloudWatch.send(
      new GetMetricDataCommand({
        StartTime: new Date(Date.now() - 600_000),
        EndTime: new Date(),
        MetricDataQueries: (["Bytes", "Seconds"] as const).map((Unit) => ({
          Id: Unit.toLowerCase(),
          MetricStat: { Metric: metric, Period: 60, Stat: "Sum", Unit },
        })),
      }),
    );
    expect(MetricDataResults?.map(({ Values }) => Values)).toEqual([[1], [2]]);
  });

  it("finds alarms by unit, and has no history of composite ones", async () => {
    const settings = { EvaluationPeriods: 1, Period: 60, Statistic: "Sum", Threshold: 1 } as const;
    await cloudWatch.send(
      new PutMetricAlarmCommand({
        ...metric,
        ...settings,
        AlarmName: "bytes",
        ComparisonOperator: "GreaterThanThreshold",
        Unit: "Bytes",
      }),
    );
    const find = async (Unit: "Bytes" | "Seconds") =>
      (await cloudWatch.send(new DescribeAlarmsForMetricCommand({ ...metric, Unit }))).MetricAlarms?.length;
    expect([await find("Bytes"), await find("Seconds")]).toEqual([1, 0]);
    aws.cloudwatch.alarms.changeState("bytes", "ALARM", "by hand", undefined);
    const history = async (type: "MetricAlarm" | "CompositeAlarm") =>
      (await cloudWatch.send(new DescribeAlarmHistoryCommand({ AlarmName: "bytes", AlarmTypes: [type] })))
        .AlarmHistoryItems?.length;
    expect(await history("MetricAlarm")).toBeGreaterThan(0);
    expect(await history("CompositeAlarm")).toBe(0);
  });
});
