import { type Json, type JsonObject, objectOrEmpty } from "../cloudformation/json.ts";
import { ref } from "./sam-resources.ts";

type Statement = { readonly actions: readonly string[] | string; readonly on: readonly string[] | string };
type PolicyTemplate = { readonly parameters: readonly string[]; readonly statements: readonly Statement[] };

const template = (parameters: string, ...statements: readonly Statement[]): PolicyTemplate => ({
  parameters: parameters === "" ? [] : parameters.split(" "),
  statements,
});
const actions = (service: string, names: string) => names.split(" ").map((name) => `${service}:${name}`);
/** `Fn::Sub` puts in the names in braces. */
const regional = (service: string, resource: string) =>
  `arn:{AWS::Partition}:${service}:{AWS::Region}:{AWS::AccountId}:${resource}`;

const BUCKET = "arn:{AWS::Partition}:s3:::{BucketName}";
const OBJECTS = `${BUCKET}/*`;
const bucket = (names: string): Statement => ({ actions: actions("s3", names), on: [BUCKET, OBJECTS] });
const TABLE = regional("dynamodb", "table/{TableName}");
const table = (names: string): Statement => ({ actions: actions("dynamodb", names), on: [TABLE, `${TABLE}/index/*`] });

/**
 * SAM's policy templates for the services that functions mostly use.
 *
 * @see https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html
 */
const TEMPLATES: Readonly<Record<string, PolicyTemplate>> = {
  S3ReadPolicy: template(
    "BucketName",
    bucket("GetObject ListBucket GetBucketLocation GetObjectVersion GetLifecycleConfiguration"),
  ),
  S3WritePolicy: template("BucketName", bucket("PutObject PutObjectAcl PutLifecycleConfiguration")),
  S3CrudPolicy: template(
    "BucketName",
    bucket(
      "GetObject ListBucket GetBucketLocation GetObjectVersion PutObject PutObjectAcl GetLifecycleConfiguration PutLifecycleConfiguration DeleteObject",
    ),
  ),
  S3FullAccessPolicy: template(
    "BucketName",
    {
      actions: actions(
        "s3",
        "GetObject GetObjectAcl GetObjectVersion PutObject PutObjectAcl DeleteObject DeleteObjectTagging DeleteObjectVersionTagging GetObjectTagging GetObjectVersionTagging PutObjectTagging PutObjectVersionTagging",
      ),
      on: [OBJECTS],
    },
    {
      actions: actions("s3", "ListBucket GetBucketLocation GetLifecycleConfiguration PutLifecycleConfiguration"),
      on: [BUCKET],
    },
  ),
  SQSPollerPolicy: template("QueueName", {
    actions: actions(
      "sqs",
      "ChangeMessageVisibility ChangeMessageVisibilityBatch DeleteMessage DeleteMessageBatch GetQueueAttributes ReceiveMessage",
    ),
    on: regional("sqs", "{QueueName}"),
  }),
  SQSSendMessagePolicy: template("QueueName", {
    actions: actions("sqs", "SendMessage*"),
    on: regional("sqs", "{QueueName}"),
  }),
  SNSPublishMessagePolicy: template("TopicName", {
    actions: actions("sns", "Publish"),
    on: regional("sns", "{TopicName}"),
  }),
  SNSCrudPolicy: template("TopicName", {
    actions: actions("sns", "ListSubscriptionsByTopic CreateTopic SetTopicAttributes Subscribe Publish"),
    on: regional("sns", "{TopicName}*"),
  }),
  DynamoDBReadPolicy: template("TableName", table("GetItem Scan Query BatchGetItem DescribeTable")),
  DynamoDBWritePolicy: template("TableName", table("PutItem UpdateItem BatchWriteItem")),
  DynamoDBCrudPolicy: template(
    "TableName",
    table(
      "GetItem DeleteItem PutItem Scan Query UpdateItem BatchWriteItem BatchGetItem DescribeTable ConditionCheckItem",
    ),
  ),
  DynamoDBReconfigurePolicy: template("TableName", { actions: actions("dynamodb", "UpdateTable"), on: TABLE }),
  LambdaInvokePolicy: template("FunctionName", {
    actions: actions("lambda", "InvokeFunction"),
    on: regional("lambda", "function:{FunctionName}*"),
  }),
  CloudWatchPutMetricPolicy: template("", { actions: actions("cloudwatch", "PutMetricData"), on: "*" }),
  CloudWatchDescribeAlarmHistoryPolicy: template("", {
    actions: actions("cloudwatch", "DescribeAlarmHistory"),
    on: "*",
  }),
  EventBridgePutEventsPolicy: template("EventBusName", {
    actions: "events:PutEvents",
    on: regional("events", "event-bus/{EventBusName}"),
  }),
  FilterLogEventsPolicy: template("LogGroupName", {
    actions: actions("logs", "FilterLogEvents"),
    on: regional("logs", "log-group:{LogGroupName}:log-stream:*"),
  }),
};

/**
 * The policy that a template gives, or what is wrong with its values.
 *
 * @param values - of its parameters.
 */
export function policyOfTemplate(name: string, values: Json): JsonObject | string {
  const found = Object.hasOwn(TEMPLATES, name) ? TEMPLATES[name] : undefined;
  if (!found) return `${name} is not translated; write its statements out`;
  const given = objectOrEmpty(values);
  const missing = found.parameters.find((parameter) => given[parameter] === undefined);
  if (missing !== undefined) return `${name} needs ${missing}`;
  return { Statement: found.statements.map((statement) => statementOf(statement, given)) };
}

function statementOf({ actions, on }: Statement, values: JsonObject): JsonObject {
  const resource = (arn: string): Json => {
    const [, parameter] = /\{(\w+)\}/.exec(arn) ?? [];
    if (parameter === undefined) return arn;
    // SAM begins the name of the variable with a small letter.
    const variable = parameter.charAt(0).toLowerCase() + parameter.slice(1);
    const value = values[parameter] ?? ref(parameter);
    const text = arn.replace(`{${parameter}}`, `{${variable}}`).replaceAll("{", "${");
    return { "Fn::Sub": [text, { [variable]: value }] };
  };
  const Resource = typeof on === "string" ? resource(on) : on.map(resource);
  return { Effect: "Allow", Action: actions, Resource };
}
