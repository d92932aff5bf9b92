import * as cw from "@aws-sdk/client-cloudwatch";
import * as ddb from "@aws-sdk/client-dynamodb";
import * as s3 from "@aws-sdk/client-s3";
import { CreateQueueCommand, type SQSClient } from "@aws-sdk/client-sqs";

/** The clients that rows are sent with. */
export interface RefusedPlace {
  readonly cloudwatch: cw.CloudWatchClient;
  readonly dynamodb: ddb.DynamoDBClient;
  readonly s3: s3.S3Client;
  readonly sqs: SQSClient;
  /** A bucket and a table, as many calls need one. */
  readonly Bucket: string;
  readonly TableName: string;
}

/** A call that AWS answered and that the embedded AWS refuses: the refusal has to name it. */
export interface RefusedCall {
  readonly service: string;
  /** The recording: a module and test of LocalStack's `tests/aws/services`, recorded between 2023 and 2026. */
  readonly recording: string;
  call(place: RefusedPlace): Promise<unknown>;
  /** The name in the message: of an operation, a parameter, a header. */
  readonly named: string;
}

type Row = readonly [test: string, call: RefusedCall["call"], named: string];
const of = (service: string, module: string, rows: readonly Row[]): readonly RefusedCall[] =>
  rows.map(([test, call, named]) => ({ service, recording: `${module}::${test}, ${named}`, call, named }));

const dashboard = { DashboardName: "d", DashboardBody: "{}" };
const insight = { RuleName: "r" };
const metric = { Namespace: "n", MetricName: "m", Stat: "Sum" };
const cloudWatch = of("CloudWatch", "test_cloudwatch.py::TestCloudwatch", [
  [
    "test_trigger_composite_alarm",
    (place) => place.cloudwatch.send(new cw.PutCompositeAlarmCommand({ AlarmName: "c", AlarmRule: 'ALARM("a")' })),
    "PutCompositeAlarm",
  ],
  [
    "test_tagging_composite_alarm",
    (place) => place.cloudwatch.send(new cw.PutCompositeAlarmCommand({ AlarmName: "c", AlarmRule: 'ALARM("a")' })),
    "PutCompositeAlarm",
  ],
  [
    "test_dashboard_lifecycle",
    ({ cloudwatch }) => cloudwatch.send(new cw.PutDashboardCommand(dashboard)),
    "PutDashboard",
  ],
  [
    "test_dashboard_lifecycle",
    ({ cloudwatch }) => cloudwatch.send(new cw.GetDashboardCommand(dashboard)),
    "GetDashboard",
  ],
  ["test_dashboard_lifecycle", ({ cloudwatch }) => cloudwatch.send(new cw.ListDashboardsCommand({})), "ListDashboards"],
  [
    "test_invalid_dashboard_name",
    ({ cloudwatch }) => cloudwatch.send(new cw.PutDashboardCommand(dashboard)),
    "PutDashboard",
  ],
  [
    "test_create_metric_stream",
    ({ cloudwatch }) =>
      cloudwatch.send(
        new cw.PutMetricStreamCommand({ Name: "s", FirehoseArn: "f", RoleArn: "r", OutputFormat: "json" }),
      ),
    "PutMetricStream",
  ],
  [
    "test_insight_rule",
    ({ cloudwatch }) => cloudwatch.send(new cw.PutInsightRuleCommand({ ...insight, RuleDefinition: "{}" })),
    "PutInsightRule",
  ],
  [
    "test_insight_rule",
    ({ cloudwatch }) => cloudwatch.send(new cw.DescribeInsightRulesCommand({})),
    "DescribeInsightRules",
  ],
  [
    "test_anomaly_detector_lifecycle",
    ({ cloudwatch }) => cloudwatch.send(new cw.PutAnomalyDetectorCommand(metric)),
    "PutAnomalyDetector",
  ],
  [
    "test_anomaly_detector_lifecycle",
    ({ cloudwatch }) => cloudwatch.send(new cw.DescribeAnomalyDetectorsCommand({})),
    "DescribeAnomalyDetectors",
  ],
]);

const table = {
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" as const }],
  AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" as const }],
  BillingMode: "PAY_PER_REQUEST" as const,
};
const streaming = (TableName: string) =>
  new ddb.CreateTableCommand({
    ...table,
    TableName,
    StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
  });
const writes = (TableName: string) =>
  new ddb.TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName, Item: { id: { S: "a" } } } }] });
const dynamoDb = of("DynamoDB", "test_dynamodb.py::TestDynamoDB", [
  ...[
    "test_transaction_write_items",
    "test_transaction_write_canceled",
    "test_transaction_write_binary_data",
    "test_dynamodb_idempotent_writing",
  ].map((test): Row => [test, ({ dynamodb }) => dynamodb.send(writes("t")), "TransactWriteItems"]),
  [
    "test_transact_get_items",
    ({ dynamodb }) =>
      dynamodb.send(
        new ddb.TransactGetItemsCommand({ TransactItems: [{ Get: { TableName: "t", Key: { id: { S: "a" } } } }] }),
      ),
    "TransactGetItems",
  ],
  [
    "test_dynamodb_execute_transaction",
    ({ dynamodb }) =>
      dynamodb.send(new ddb.ExecuteTransactionCommand({ TransactStatements: [{ Statement: "SELECT * FROM t" }] })),
    "ExecuteTransaction",
  ],
  [
    "test_dynamodb_batch_execute_statement",
    ({ dynamodb }) =>
      dynamodb.send(new ddb.BatchExecuteStatementCommand({ Statements: [{ Statement: "SELECT * FROM t" }] })),
    "BatchExecuteStatement",
  ],
  ...[
    "test_dynamodb_stream_stream_view_type",
    "test_batch_write_items_streaming",
    "test_transact_write_items_streaming",
    "test_dynamodb_stream_records_with_update_item",
  ].map((test): Row => [test, ({ dynamodb }) => dynamodb.send(streaming("t")), "StreamSpecification.StreamEnabled"]),
  [
    "test_continuous_backup_update",
    ({ dynamodb, TableName }) => dynamodb.send(new ddb.DescribeContinuousBackupsCommand({ TableName })),
    "DescribeContinuousBackups",
  ],
  [
    "test_kinesis_streaming_destination_crud",
    ({ dynamodb, TableName }) =>
      dynamodb.send(new ddb.EnableKinesisStreamingDestinationCommand({ TableName, StreamArn: "arn:aws:kinesis:s" })),
    "EnableKinesisStreamingDestination",
  ],
  [
    "test_dynamodb_describe_contributor_insights",
    ({ dynamodb, TableName }) => dynamodb.send(new ddb.DescribeContributorInsightsCommand({ TableName })),
    "DescribeContributorInsights",
  ],
  [
    "test_table_warm_throughput",
    ({ dynamodb }) =>
      dynamodb.send(
        new ddb.CreateTableCommand({
          ...{ ...table, TableName: "warm" },
          WarmThroughput: { ReadUnitsPerSecond: 1000, WriteUnitsPerSecond: 1200 },
        }),
      ),
    "WarmThroughput",
  ],
]);

const fifo = ({ sqs }: RefusedPlace) =>
  sqs.send(new CreateQueueCommand({ QueueName: "queue.fifo", Attributes: { FifoQueue: "true" } }));
const queues = of(
  "SQS",
  "test_sqs.py::TestSqsProvider",
  [
    "test_fifo_empty_message_groups_added_back_to_queue",
    "test_fifo_queue_send_message_with_delay_seconds_fails",
    "test_fifo_set_content_based_deduplication_strategy",
    "test_send_batch_missing_deduplication_id_for_fifo_queue",
    "test_send_batch_missing_message_group_id_for_fifo_queue",
    "test_fifo_deduplication_arrives_once_after_delete",
    "test_fifo_deduplication_not_on_message_group_id",
    "test_posting_to_fifo_requires_deduplicationid_group_id",
    "test_sqs_fifo_same_dedup_id_different_message_groups",
    "test_fifo_change_to_high_throughput_after_creation",
    "test_fifo_change_to_regular_throughput_after_creation",
    "test_sqs_fifo_message_group_scope_no_throughput_setting",
    "test_fifo_queue_send_message_with_zero_delay_defaults_to_queue_delay",
    "test_fifo_delete_after_visibility_timeout_extended",
    "test_fifo_group_visibility_extends_with_change_message_visibility",
  ].map((test): Row => [test, fifo, "FIFO queues"]),
);

const versioning = ({ s3: client, Bucket }: RefusedPlace) =>
  client.send(new s3.PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
const objects = [
  ...of(
    "S3",
    "test_s3.py::TestS3",
    [
      "test_get_object_after_deleted_in_versioned_bucket",
      "test_s3_delete_object_with_version_id",
      "test_delete_keys_in_versioned_bucket",
      "test_s3_copy_object_in_place_versioned",
      "test_s3_copy_tagging_directive_versioned",
    ].map((test): Row => [test, versioning, "PutBucketVersioning"]),
  ),
  ...of("S3", "test_s3.py::TestS3", [
    [
      "test_get_object_attributes_with_space",
      ({ s3: client, Bucket }) =>
        client.send(new s3.GetObjectAttributesCommand({ Bucket, Key: "k", ObjectAttributes: ["ETag"] })),
      "GetObjectAttributes",
    ],
    [
      "test_s3_bucket_acl",
      ({ s3: client, Bucket }) => client.send(new s3.GetBucketAclCommand({ Bucket })),
      "GetBucketAcl",
    ],
    [
      "test_s3_multipart_upload_acls",
      ({ s3: client, Bucket }) => client.send(new s3.GetObjectAclCommand({ Bucket, Key: "k" })),
      "GetObjectAcl",
    ],
    [
      "test_bucket_availability",
      ({ s3: client, Bucket }) => client.send(new s3.GetBucketReplicationCommand({ Bucket })),
      "GetBucketReplication",
    ],
    [
      "test_s3_request_payer",
      ({ s3: client, Bucket }) => client.send(new s3.GetBucketRequestPaymentCommand({ Bucket })),
      "GetBucketRequestPayment",
    ],
    [
      "test_get_bucket_policy",
      ({ s3: client, Bucket }) => client.send(new s3.GetBucketPolicyCommand({ Bucket })),
      "GetBucketPolicy",
    ],
    [
      "test_copy_object_kms",
      ({ s3: client, Bucket }) =>
        client.send(new s3.PutObjectCommand({ Bucket, Key: "k", Body: "b", ServerSideEncryption: "aws:kms" })),
      "x-amz-server-side-encryption",
    ],
  ]),
  ...of("S3", "test_s3_api.py", [
    [
      "TestS3BucketEncryption::test_s3_default_bucket_encryption",
      ({ s3: client, Bucket }) => client.send(new s3.GetBucketEncryptionCommand({ Bucket })),
      "GetBucketEncryption",
    ],
    [
      "TestS3BucketObjectTagging::test_bucket_tagging_exc",
      ({ s3: client, Bucket }) => client.send(new s3.GetBucketTaggingCommand({ Bucket })),
      "GetBucketTagging",
    ],
    [
      "TestS3ObjectLock::test_get_object_lock_configuration_exc",
      ({ s3: client, Bucket }) => client.send(new s3.GetObjectLockConfigurationCommand({ Bucket })),
      "GetObjectLockConfiguration",
    ],
    [
      "TestS3BucketOwnershipControls::test_crud_bucket_ownership_controls",
      ({ s3: client, Bucket }) => client.send(new s3.GetBucketOwnershipControlsCommand({ Bucket })),
      "GetBucketOwnershipControls",
    ],
    [
      "TestS3BucketAccelerateConfiguration::test_bucket_acceleration_configuration_crud",
      ({ s3: client, Bucket }) => client.send(new s3.GetBucketAccelerateConfigurationCommand({ Bucket })),
      "GetBucketAccelerateConfiguration",
    ],
    [
      "TestS3MetricsConfiguration::test_get_bucket_metrics_configuration",
      ({ s3: client, Bucket }) => client.send(new s3.GetBucketMetricsConfigurationCommand({ Bucket, Id: "i" })),
      "GetBucketMetricsConfiguration",
    ],
    [
      "TestS3ObjectCRUD::test_list_object_versions_order_unversioned",
      ({ s3: client, Bucket }) => client.send(new s3.ListObjectVersionsCommand({ Bucket })),
      "ListObjectVersions",
    ],
  ]),
];

/** Calls that AWS answered and that the embedded AWS refuses by name. */
export const refusedCalls: readonly RefusedCall[] = [...objects, ...queues, ...dynamoDb, ...cloudWatch];
