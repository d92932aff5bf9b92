import { ruleTargetInputs } from "../../events/operations/operations.ts";
import { allServed, harmless, type Inputs, list, map, only, served, structure } from "../../gateway/inputs.ts";
import { LAMBDA_RUNTIMES } from "../../lambda/runtimes.ts";
import { scheduleInputs } from "../../scheduler/inputs.ts";

const tagsNowhere = harmless("no operation that is served tells them");
const tags = list(structure(allServed("Key", "Value")));
const policyDocument = served;
const description = harmless("no operation that is served tells it");
const oneMachine = (what: string) => harmless(`${what} make no difference on one machine`);

const inlinePolicies = list(structure({ PolicyName: served, PolicyDocument: policyDocument }));
const policyTargets: Inputs = { Roles: served, Users: only(["[]"], "no users"), Groups: only(["[]"], "no groups") };

const keySchema = list(structure(allServed("AttributeName", "KeyType")));
const projection = structure(allServed("ProjectionType", "NonKeyAttributes"));
const localIndex: Inputs = { IndexName: served, KeySchema: keySchema, Projection: projection };
const capacity = structure(allServed("ReadCapacityUnits", "WriteCapacityUnits"));
/** Settings that stand with a table, or with the replica of a global one. */
const replicaSettings: Inputs = {
  DeletionProtectionEnabled: served,
  PointInTimeRecoverySpecification: harmless("no operation that is served restores a table"),
  ContributorInsightsSpecification: harmless("no operation that is served tells them"),
  TableClass: harmless("it is about prices"),
  Tags: tags,
};
const table: Inputs = {
  ...allServed("TableName", "BillingMode"),
  KeySchema: keySchema,
  AttributeDefinitions: list(structure(allServed("AttributeName", "AttributeType"))),
  LocalSecondaryIndexes: list(structure(localIndex)),
  TimeToLiveSpecification: structure(allServed("AttributeName", "Enabled")),
  SSESpecification: structure({
    SSEEnabled: oneMachine("AWS's own keys"),
    SSEType: oneMachine("AWS's own keys"),
  }),
};

const notificationTarget: Inputs = {
  Event: served,
  Filter: structure({ S3Key: structure({ Rules: list(structure(allServed("Name", "Value"))) }) }),
};
const customNotificationTarget: Inputs = {
  ...allServed("Id", "Events"),
  Filter: structure({ Key: structure({ FilterRules: list(structure(allServed("Name", "Value"))) }) }),
};

const destination = structure(allServed("Destination"));
const serviceToken = harmless("it is done without the function behind it");

/** The one list of what can be deployed: every resource type with the properties it takes. */
export const resourceProperties: Readonly<Record<string, Inputs>> = {
  "AWS::Lambda::Function": {
    ...allServed("FunctionName", "Handler", "Role", "Timeout", "MemorySize", "Description", "RecursiveLoop"),
    ...allServed("ReservedConcurrentExecutions", "Layers"),
    Runtime: only(LAMBDA_RUNTIMES, "these are run"),
    PackageType: only(["Zip"], "that is what a function has by default"),
    Code: structure({
      ...allServed("ZipFile", "S3Key"),
      S3Bucket: harmless("the asset is found by its key"),
      S3ObjectVersion: harmless("the asset is found by its key"),
    }),
    Environment: structure({ Variables: map(served) }),
    EphemeralStorage: structure(allServed("Size")),
    DeadLetterConfig: structure(allServed("TargetArn")),
    KmsKeyArn: oneMachine("keys for environment variables"),
    Architectures: harmless("functions run on this machine's processor"),
    LoggingConfig: structure({
      LogGroup: served,
      ...Object.fromEntries(
        ["LogFormat", "ApplicationLogLevel", "SystemLogLevel"].map((name) => [
          name,
          harmless("lines are shown as the function writes them"),
        ]),
      ),
    }),
    TracingConfig: harmless("there is no X-Ray"),
    RuntimeManagementConfig: harmless("functions run on this machine's Node and Python"),
    Tags: tagsNowhere,
  },
  "AWS::Lambda::EventInvokeConfig": {
    ...allServed("FunctionName", "Qualifier", "MaximumRetryAttempts", "MaximumEventAgeInSeconds"),
    DestinationConfig: structure({ OnSuccess: destination, OnFailure: destination }),
  },
  "AWS::Lambda::LayerVersion": {
    LayerName: served,
    Content: structure({
      S3Key: served,
      S3Bucket: harmless("the asset is found by its key"),
      S3ObjectVersion: harmless("the asset is found by its key"),
    }),
    CompatibleArchitectures: harmless("functions run on this machine's processor"),
    CompatibleRuntimes: harmless("it describes the layer"),
    Description: description,
    LicenseInfo: harmless("it describes the layer"),
  },
  "AWS::Lambda::Permission": allServed("FunctionName", "Action", "Principal", "SourceArn", "SourceAccount"),
  "AWS::Lambda::Version": {
    FunctionName: served,
    Description: description,
    CodeSha256: harmless("the version is made of the code that was just deployed"),
  },
  "AWS::Lambda::Alias": { ...allServed("FunctionName", "Name", "FunctionVersion"), Description: description },
  "AWS::Lambda::EventSourceMapping": {
    ...allServed("EventSourceArn", "FunctionName", "BatchSize", "MaximumBatchingWindowInSeconds", "Enabled"),
    FunctionResponseTypes: list(only(["ReportBatchItemFailures"], "there is no other")),
    FilterCriteria: structure({ Filters: list(structure(allServed("Pattern"))) }),
    ScalingConfig: structure(allServed("MaximumConcurrency")),
    LoggingConfig: harmless("logs of mappings are not written"),
    Tags: tagsNowhere,
  },
  "AWS::IAM::Role": {
    ...allServed("RoleName", "Path", "ManagedPolicyArns"),
    AssumeRolePolicyDocument: policyDocument,
    Policies: inlinePolicies,
    Description: description,
    MaxSessionDuration: harmless("sessions do not end"),
    Tags: tagsNowhere,
  },
  "AWS::IAM::Policy": { PolicyName: served, PolicyDocument: policyDocument, ...policyTargets },
  "AWS::IAM::ManagedPolicy": {
    ...allServed("ManagedPolicyName", "Path"),
    PolicyDocument: policyDocument,
    Description: description,
    ...policyTargets,
  },
  "AWS::S3::Bucket": {
    BucketName: served,
    NotificationConfiguration: structure({
      LambdaConfigurations: list(structure({ ...notificationTarget, Function: served })),
      QueueConfigurations: list(structure({ ...notificationTarget, Queue: served })),
      TopicConfigurations: list(structure({ ...notificationTarget, Topic: served })),
      EventBridgeConfiguration: structure(allServed("EventBridgeEnabled")),
    }),
    LifecycleConfiguration: structure({
      Rules: list(
        structure({
          ...allServed("Id", "Status", "Prefix", "ExpirationInDays"),
          AbortIncompleteMultipartUpload: structure(allServed("DaysAfterInitiation")),
        }),
      ),
      TransitionDefaultMinimumObjectSize: harmless("it is about transitions, which are refused"),
    }),
    VersioningConfiguration: structure({ Status: only(["Suspended"], "a bucket keeps one version") }),
    BucketEncryption: structure({
      ServerSideEncryptionConfiguration: list(
        structure({
          ServerSideEncryptionByDefault: structure({ SSEAlgorithm: only(["AES256"], "S3 encrypts so by default") }),
          BucketKeyEnabled: only([false], "it is about keys of KMS, which are refused"),
        }),
      ),
    }),
    OwnershipControls: structure({
      Rules: list(structure({ ObjectOwnership: only(["BucketOwnerEnforced"], "that is the default") })),
    }),
    AccessControl: only(["Private"], "that is the default"),
    ObjectLockEnabled: only([false], "that is the default"),
    PublicAccessBlockConfiguration: harmless("nothing here is public"),
    Tags: tagsNowhere,
  },
  "AWS::S3::BucketPolicy": { Bucket: served, PolicyDocument: policyDocument },
  "Custom::S3BucketNotifications": {
    ServiceToken: serviceToken,
    ServiceTimeout: serviceToken,
    ...allServed("BucketName", "SkipDestinationValidation"),
    Managed: only([true], "the stack sets all notifications of the bucket"),
    NotificationConfiguration: structure({
      LambdaFunctionConfigurations: list(structure({ ...customNotificationTarget, LambdaFunctionArn: served })),
      QueueConfigurations: list(structure({ ...customNotificationTarget, QueueArn: served })),
      TopicConfigurations: list(structure({ ...customNotificationTarget, TopicArn: served })),
      EventBridgeConfiguration: structure({}),
    }),
  },
  "Custom::S3AutoDeleteObjects": { ServiceToken: serviceToken, BucketName: served },
  "AWS::DynamoDB::Table": {
    ...table,
    ...replicaSettings,
    GlobalSecondaryIndexes: list(structure({ ...localIndex, ProvisionedThroughput: capacity })),
    ProvisionedThroughput: capacity,
  },
  "AWS::DynamoDB::GlobalTable": {
    ...table,
    BillingMode: only(["PAY_PER_REQUEST"], "a global table is made so here"),
    GlobalSecondaryIndexes: list(structure(localIndex)),
    Replicas: list(structure({ Region: served, ...replicaSettings })),
  },
  "AWS::SQS::Queue": {
    ...allServed("QueueName", "VisibilityTimeout", "MessageRetentionPeriod", "DelaySeconds", "MaximumMessageSize"),
    ...allServed("ReceiveMessageWaitTimeSeconds", "RedrivePolicy", "RedriveAllowPolicy"),
    ...allServed("KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "SqsManagedSseEnabled"),
    FifoQueue: only([false], "queues are standard queues"),
    Tags: tags,
  },
  "AWS::SQS::QueuePolicy": { Queues: served, PolicyDocument: policyDocument },
  "AWS::SNS::Topic": {
    ...allServed("TopicName", "DisplayName", "KmsMasterKeyId", "SignatureVersion", "TracingConfig"),
    FifoTopic: only([false], "topics are standard topics"),
    Subscription: list(structure({ Protocol: only(["sqs", "lambda"], "these are served"), Endpoint: served })),
    DeliveryStatusLogging: harmless("there are no logs to write to"),
    Tags: tags,
  },
  "AWS::SNS::TopicPolicy": { Topics: served, PolicyDocument: policyDocument },
  "AWS::SNS::Subscription": {
    ...allServed("TopicArn", "Endpoint", "Region", "RawMessageDelivery", "FilterPolicy", "FilterPolicyScope"),
    ...allServed("RedrivePolicy", "DeliveryPolicy"),
    Protocol: only(["sqs", "lambda"], "these are served"),
  },
  "AWS::CloudWatch::Alarm": {
    ...allServed("AlarmName", "AlarmDescription", "ActionsEnabled", "Namespace", "MetricName", "Statistic", "Unit"),
    ...allServed("OKActions", "AlarmActions", "InsufficientDataActions", "Period", "EvaluationPeriods"),
    ...allServed("DatapointsToAlarm", "Threshold", "ComparisonOperator", "TreatMissingData"),
    Dimensions: list(structure(allServed("Name", "Value"))),
    Tags: tags,
  },
  "AWS::CloudWatch::Dashboard": {
    DashboardName: served,
    DashboardBody: harmless("dashboards are not shown"),
    Tags: tagsNowhere,
  },
  "AWS::Logs::LogGroup": {
    LogGroupName: served,
    ...Object.fromEntries(
      ["RetentionInDays", "KmsKeyId", "LogGroupClass", "DataProtectionPolicy", "Tags"].map((name) => [
        name,
        harmless("logs are not kept"),
      ]),
    ),
  },
  "AWS::Events::Rule": {
    ...allServed("Name", "EventPattern", "ScheduleExpression", "EventBusName"),
    State: only(["ENABLED", "DISABLED"], "these are served"),
    Targets: list(structure(ruleTargetInputs)),
    Description: description,
    Tags: tagsNowhere,
  },
  "AWS::Scheduler::Schedule": { ...scheduleInputs, ...allServed("Name", "GroupName") },
  "AWS::Events::EventBus": { Name: served, Description: description, Tags: tagsNowhere },
  "AWS::Scheduler::ScheduleGroup": { Name: served, Tags: tags },
};
