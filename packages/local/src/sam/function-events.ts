import { isJsonObject, type Json, type JsonObject, objectOrEmpty } from "../cloudformation/json.ts";
import { type InlinePolicy, policyFor, QUEUE_POLICY } from "./function-role.ts";
import { attributeOf, picked, present, ref, type SamResource } from "./sam-resources.ts";

/** How a function, or its alias, is named by what invokes it. */
export interface InvokeTarget {
  readonly name: JsonObject;
  readonly arn: JsonObject;
}

/** An event of a function that is being translated. */
interface SamEvent {
  readonly sam: SamResource;
  readonly target: InvokeTarget;
  /** The function's and the event's name: that of the event's main resource. */
  readonly id: string;
  readonly properties: JsonObject;
  /** Its place, for messages. */
  readonly path: string;
  /** Lets the function's role have a managed policy too. */
  needPolicy(arn: Json): void;
}

type EventTranslator = (event: SamEvent) => void;

/** The events that are translated, by their type. */
const TRANSLATORS: Readonly<Record<string, EventTranslator>> = {
  S3: bucketEvent,
  SQS: queueEvent,
  SNS: topicEvent,
  Schedule: scheduleEvent,
  ScheduleV2: schedulerEvent,
  EventBridgeRule: ruleEvent,
  CloudWatchEvent: ruleEvent,
};

/** Types whose events a whole API makes up, and the API that SAM adds where they name none. */
const IMPLICIT_APIS: Readonly<
  Record<string, { readonly property: string; readonly id: string; readonly type: string }>
> = {
  Api: { property: "RestApiId", id: "ServerlessRestApi", type: "AWS::Serverless::Api" },
  HttpApi: { property: "ApiId", id: "ServerlessHttpApi", type: "AWS::Serverless::HttpApi" },
};

/**
 * Translates the events of a function. One that is not translated becomes a resource of the type
 * `AWS::Serverless::Event::` and its own, which is not deployed and can be skipped.
 */
export function functionEvents(sam: SamResource, target: InvokeTarget, needPolicy: (arn: Json) => void): void {
  const events = sam.properties.Events ?? {};
  if (!isJsonObject(events)) throw sam.refusal("Events", "this must be an object.");
  for (const [name, event] of Object.entries(events)) {
    const path = `Events.${name}`;
    if (!isJsonObject(event) || typeof event.Type !== "string") throw sam.refusal(path, "an event needs a Type.");
    const properties = objectOrEmpty(event.Properties);
    const id = `${sam.logicalId}${name}`;
    const translate = Object.hasOwn(TRANSLATORS, event.Type) ? TRANSLATORS[event.Type] : undefined;
    const api = Object.hasOwn(IMPLICIT_APIS, event.Type) ? IMPLICIT_APIS[event.Type] : undefined;
    if (translate) translate({ sam, target, id, properties, path, needPolicy });
    else if (api) apiEvent(sam, id, api, properties[api.property], event.Type);
    else sam.add(id, { ...sam.passed, Type: `AWS::Serverless::Event::${event.Type}` });
  }
}

function apiEvent(
  sam: SamResource,
  eventId: string,
  { id, type }: { readonly id: string; readonly type: string },
  api: Json | undefined,
  eventType: string,
): void {
  if (api === undefined) sam.add(id, { Type: type });
  else if (!isJsonObject(api) || !sam.others.has(String(api.Ref))) {
    sam.add(eventId, { ...sam.passed, Type: `AWS::Serverless::Event::${eventType}` });
  }
}

function permission(
  { sam, target, id }: SamEvent,
  principal: string,
  source: { readonly SourceArn?: Json; readonly SourceAccount?: Json },
): void {
  sam.add(`${id}Permission`, {
    ...sam.passed,
    Type: "AWS::Lambda::Permission",
    Properties: present({
      Action: "lambda:InvokeFunction",
      FunctionName: target.name,
      Principal: principal,
      ...source,
    }),
  });
}

function bucketEvent(event: SamEvent): void {
  const { sam, target, id, properties, path } = event;
  const bucketId = isJsonObject(properties.Bucket) ? properties.Bucket.Ref : undefined;
  const bucket = typeof bucketId === "string" ? sam.others.get(bucketId) : undefined;
  if (typeof bucketId !== "string" || !bucket) {
    throw sam.refusal(`${path}.Bucket`, "this must be !Ref of a bucket in the same template.");
  }
  const types = properties.Events ?? [];
  permission(event, "s3.amazonaws.com", { SourceAccount: ref("AWS::AccountId") });
  const { Condition: condition } = sam.passed;
  const added = (Array.isArray(types) ? types : [types]).map((type: Json): JsonObject => {
    const notification = present({ Filter: properties.Filter, Event: type, Function: target.arn });
    return condition === undefined ? notification : { "Fn::If": [condition, notification, ref("AWS::NoValue")] };
  });
  const own = objectOrEmpty(bucket.Properties);
  const configuration = objectOrEmpty(own.NotificationConfiguration);
  const before = Array.isArray(configuration.LambdaConfigurations) ? configuration.LambdaConfigurations : [];
  const known = new Set(before.map((each) => JSON.stringify(each)));
  const LambdaConfigurations = [...before, ...added.filter((each) => !known.has(JSON.stringify(each)))];
  const changed = { ...own, NotificationConfiguration: { ...configuration, LambdaConfigurations } };
  sam.others.set(bucketId, { ...bucket, ...afterPermission(bucket, changed, `${id}Permission`, condition) });
}

/** S3 checks the permission when the notification is set. A permission with a condition is depended on by a tag. */
function afterPermission(
  bucket: JsonObject,
  properties: JsonObject,
  permissionId: string,
  condition: Json | undefined,
): JsonObject {
  if (condition !== undefined) {
    const tag = {
      Key: `sam:ConditionalDependsOn:${permissionId}`,
      Value: { "Fn::If": [condition, ref(permissionId), "no dependency"] },
    };
    const tags = Array.isArray(properties.Tags) ? properties.Tags : [];
    return { Properties: { ...properties, Tags: [...tags, tag] } };
  }
  const before = bucket.DependsOn ?? [];
  const dependsOn = new Set<Json>([...(Array.isArray(before) ? before : [before]), permissionId]);
  return { Properties: properties, DependsOn: [...dependsOn] };
}

/** The settings of a mapping that SAM passes on. */
const MAPPING_PROPERTIES = [
  ...["BatchSize", "Enabled", "MaximumBatchingWindowInSeconds", "FunctionResponseTypes", "FilterCriteria", "KmsKeyArn"],
  ...["ScalingConfig", "ProvisionedPollerConfig", "MetricsConfig", "LoggingConfig"],
];

function queueEvent(event: SamEvent): void {
  if (event.properties.Queue === undefined) throw event.sam.refusal(`${event.path}.Queue`, "is required.");
  mapping(event, event.id, event.properties.Queue, picked(event.properties, MAPPING_PROPERTIES));
}

function mapping({ sam, target, needPolicy }: SamEvent, id: string, queue: Json, settings: JsonObject): void {
  sam.add(id, {
    ...sam.passed,
    Type: "AWS::Lambda::EventSourceMapping",
    Properties: { ...settings, EventSourceArn: queue, FunctionName: target.name },
  });
  needPolicy(QUEUE_POLICY);
}

function topicEvent(event: SamEvent): void {
  const { sam, target, id, properties, path } = event;
  const topic = properties.Topic;
  if (topic === undefined) throw sam.refusal(`${path}.Topic`, "is required.");
  const subscription = (Protocol: string, Endpoint: Json) =>
    sam.add(id, {
      ...sam.passed,
      Type: "AWS::SNS::Subscription",
      Properties: {
        ...picked(properties, ["Region", "FilterPolicy", "FilterPolicyScope", "RedrivePolicy"]),
        ...{ Protocol, Endpoint, TopicArn: topic },
      },
    });
  const through = properties.SqsSubscription;
  if (!through) {
    permission(event, "sns.amazonaws.com", { SourceArn: topic });
    subscription("lambda", target.arn);
    return;
  }
  const given = isJsonObject(through) ? through : undefined;
  const queueId = `${id}Queue`;
  if (!given) sam.add(queueId, { ...sam.passed, Type: "AWS::SQS::Queue", Properties: {} });
  const arn = given ? given.QueueArn : attributeOf(queueId, "Arn");
  const url = given ? given.QueueUrl : ref(queueId);
  if (arn === undefined || url === undefined) {
    throw sam.refusal(`${path}.SqsSubscription`, "needs QueueArn and QueueUrl.");
  }
  const policyId = typeof given?.QueuePolicyLogicalId === "string" ? given.QueuePolicyLogicalId : `${id}QueuePolicy`;
  queuePolicy(sam, policyId, { url, arn, principal: "*", sender: topic });
  subscription("sqs", arn);
  mapping(event, `${id}EventSourceMapping`, arn, { BatchSize: given?.BatchSize ?? 10, Enabled: true });
}

/** Lets a topic or a rule send to a queue. */
function queuePolicy(
  sam: SamResource,
  id: string,
  {
    url,
    arn,
    principal,
    sender,
  }: { readonly url: Json; readonly arn: Json; readonly principal: Json; readonly sender: Json },
): void {
  const statement = {
    Action: "sqs:SendMessage",
    Effect: "Allow",
    Principal: principal,
    Resource: arn,
    Condition: { ArnEquals: { "aws:SourceArn": sender } },
  };
  const PolicyDocument = { Version: "2012-10-17", Statement: [statement] };
  sam.add(id, { ...sam.passed, Type: "AWS::SQS::QueuePolicy", Properties: { Queues: [url], PolicyDocument } });
}

function scheduleEvent(event: SamEvent): void {
  const { sam, target, id, properties } = event;
  const rule = present({
    ScheduleExpression: properties.Schedule,
    State: stateOf(event),
    ...picked(properties, ["Name", "Description"]),
    Targets: [
      present({
        Arn: target.arn,
        Id: `${id}LambdaTarget`,
        ...picked(properties, ["Input", "RetryPolicy"]),
        DeadLetterConfig: ruleDeadLetters(event),
      }),
    ],
  });
  sam.add(id, { ...sam.passed, Type: "AWS::Events::Rule", Properties: rule });
  permission(event, "events.amazonaws.com", { SourceArn: attributeOf(id, "Arn") });
}

function ruleEvent(event: SamEvent): void {
  const { sam, target, id, properties } = event;
  const given = isJsonObject(properties.Target) ? properties.Target.Id : undefined;
  const rule = present({
    EventBusName: properties.EventBusName,
    EventPattern: properties.Pattern,
    Name: properties.RuleName,
    State: stateOf(event),
    Targets: [
      present({
        Arn: target.arn,
        Id: given ?? `${id}LambdaTarget`,
        ...picked(properties, ["Input", "InputPath", "RetryPolicy", "InputTransformer"]),
        DeadLetterConfig: ruleDeadLetters(event),
      }),
    ],
  });
  sam.add(id, { ...sam.passed, Type: "AWS::Events::Rule", Properties: rule });
  permission(event, "events.amazonaws.com", { SourceArn: attributeOf(id, "Arn") });
}

function stateOf({ sam, path, properties: { State: state, Enabled: enabled } }: SamEvent): Json | undefined {
  if (state !== undefined && enabled !== undefined)
    throw sam.refusal(path, "has State and Enabled; one of them counts.");
  if (enabled === undefined) return state;
  return enabled === true ? "ENABLED" : "DISABLED";
}

/** The dead-letter queue of a rule, with its policy where SAM makes it. */
function ruleDeadLetters(event: SamEvent): JsonObject | undefined {
  const { sam, id } = event;
  const queue = deadLetterQueue(event);
  if (!queue?.madeId) return queue && { Arn: queue.arn };
  queuePolicy(sam, `${id}QueuePolicy`, {
    ...{ url: ref(queue.madeId), arn: queue.arn },
    principal: { Service: "events.amazonaws.com" },
    sender: attributeOf(id, "Arn"),
  });
  return { Arn: queue.arn };
}

function deadLetterQueue({
  sam,
  id,
  path,
  properties,
}: SamEvent): { readonly arn: Json; readonly madeId: string | undefined } | undefined {
  const { DeadLetterConfig: config } = properties;
  if (config === undefined) return undefined;
  if (!isJsonObject(config)) throw sam.refusal(`${path}.DeadLetterConfig`, "this must be an object.");
  if (config.Arn !== undefined) return { arn: config.Arn, madeId: undefined };
  if (config.Type !== "SQS") throw sam.refusal(`${path}.DeadLetterConfig`, "needs an Arn, or the Type SQS.");
  const madeId = typeof config.QueueLogicalId === "string" ? config.QueueLogicalId : `${id}Queue`;
  sam.add(madeId, { ...sam.passed, Type: "AWS::SQS::Queue", Properties: {} });
  return { arn: attributeOf(madeId, "Arn"), madeId };
}

function schedulerEvent(event: SamEvent): void {
  const { sam, target, id, properties } = event;
  const queue = deadLetterQueue(event);
  const roleId = `${id}Role`;
  const policies: readonly InlinePolicy[] = [
    policyFor(`${id}LambdaPolicy`, "lambda:InvokeFunction", target.arn),
    ...(queue ? [policyFor(`${id}SQSPolicy`, "sqs:SendMessage", queue.arn)] : []),
  ];
  if (!properties.RoleArn) {
    sam.add(roleId, {
      ...sam.passed,
      Type: "AWS::IAM::Role",
      Properties: present({
        AssumeRolePolicyDocument: {
          Version: "2012-10-17",
          Statement: [
            { Action: ["sts:AssumeRole"], Effect: "Allow", Principal: { Service: ["scheduler.amazonaws.com"] } },
          ],
        },
        Policies: policies,
        PermissionsBoundary: properties.PermissionsBoundary,
      }),
    });
  }
  const passedOn = [
    "State",
    "Description",
    "StartDate",
    "EndDate",
    "ScheduleExpressionTimezone",
    "GroupName",
    "KmsKeyArn",
  ];
  sam.add(id, {
    ...sam.passed,
    Type: "AWS::Scheduler::Schedule",
    Properties: present({
      ScheduleExpression: properties.ScheduleExpression,
      Name: properties.OmitName === true ? undefined : (properties.Name ?? id),
      ...picked(properties, passedOn),
      FlexibleTimeWindow: properties.FlexibleTimeWindow ?? { Mode: "OFF" },
      Target: present({
        Arn: target.arn,
        RoleArn: properties.RoleArn ?? attributeOf(roleId, "Arn"),
        ...picked(properties, ["Input", "RetryPolicy"]),
        DeadLetterConfig: queue && { Arn: queue.arn },
      }),
    }),
  });
}
