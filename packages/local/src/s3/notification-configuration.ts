import { S3Error } from "./s3-error.ts";
import { childNamed, childrenNamed, childText, type XmlElement } from "./xml-reader.ts";
import { element, urlEncodeLikeS3, xmlDocument } from "./xml-text.ts";

/** A prefix or suffix filter, as in S3's API. */
export interface NotificationFilter {
  readonly Key?: { readonly FilterRules?: readonly { readonly Name?: string; readonly Value?: string }[] };
}

interface TargetConfiguration {
  readonly Id?: string;
  readonly Events: readonly string[];
  readonly Filter?: NotificationFilter;
}

/** A bucket's notifications in the shape of S3's API, the one that CloudFormation custom resources of CDK carry too. */
export interface NotificationConfiguration {
  readonly LambdaFunctionConfigurations?: readonly (TargetConfiguration & { readonly LambdaFunctionArn: string })[];
  readonly QueueConfigurations?: readonly (TargetConfiguration & { readonly QueueArn: string })[];
  readonly TopicConfigurations?: readonly (TargetConfiguration & { readonly TopicArn: string })[];
  /** Present, even if empty: every event goes to the account's default event bus too. */
  readonly EventBridgeConfiguration?: object;
}

/** The kind of target of a rule; S3 sends a test event to queues and topics. */
export type NotificationTargetKind = "function" | "queue" | "topic";

/** One rule of a bucket's notifications. */
export interface NotificationRule {
  readonly id: string;
  readonly kind: NotificationTargetKind;
  readonly arn: string;
  /** e.g. `s3:ObjectCreated:*`. */
  readonly events: readonly string[];
  /** As set, be it empty; `undefined` if there is no such filter. */
  readonly prefix: string | undefined;
  readonly suffix: string | undefined;
}

const EVENT =
  /^s3:(ObjectCreated:(\*|Put|Post|Copy|CompleteMultipartUpload)|ObjectRemoved:(\*|Delete|DeleteMarkerCreated)|ObjectTagging:(\*|Put|Delete)|LifecycleExpiration:(\*|Delete|DeleteMarkerCreated)|TestEvent|ReducedRedundancyLostObject|ObjectRestore:(\*|Post|Completed|Delete)|Replication:.+|ObjectAcl:Put|IntelligentTiering|LifecycleTransition)$/;

const ARN = /^arn:[^:]+:(?:lambda|sqs|sns):[^:]*:[^:]*:.+$/;

const ELEMENTS = [
  ["function", "CloudFunctionConfiguration", "CloudFunction"],
  ["queue", "QueueConfiguration", "Queue"],
  ["topic", "TopicConfiguration", "Topic"],
] as const;

/**
 * Checks a configuration and turns it into rules.
 *
 * @throws S3Error `InvalidArgument` for targets that are no ARN, unknown events or filters, and for rules that overlap, which S3 refuses.
 */
export function notificationRules(configuration: NotificationConfiguration, newId: () => string): NotificationRule[] {
  const rule = (kind: NotificationTargetKind, arn: string, target: TargetConfiguration): NotificationRule => {
    if (!ARN.test(arn)) {
      const argument = ELEMENTS.find(([of]) => of === kind)?.[2] ?? "";
      throw new S3Error("InvalidArgument", "The ARN could not be parsed", {
        ArgumentName: argument,
        ArgumentValue: arn,
      });
    }
    let prefix: string | undefined;
    let suffix: string | undefined;
    for (const { Name = "", Value = "" } of target.Filter?.Key?.FilterRules ?? []) {
      if (Name.toLowerCase() === "prefix") prefix = Value;
      else if (Name.toLowerCase() === "suffix") suffix = Value;
      else throw new S3Error("InvalidArgument", "filter rule name must be either prefix or suffix");
    }
    if (target.Events.length === 0) throw new S3Error("MalformedXML");
    for (const event of target.Events) {
      if (!EVENT.test(event))
        throw new S3Error("InvalidArgument", `The event '${event}' is not supported for notifications`);
    }
    return { id: target.Id ?? newId(), kind, arn, events: target.Events, prefix, suffix };
  };
  const rules = [
    ...(configuration.LambdaFunctionConfigurations ?? []).map((each) => rule("function", each.LambdaFunctionArn, each)),
    ...(configuration.QueueConfigurations ?? []).map((each) => rule("queue", each.QueueArn, each)),
    ...(configuration.TopicConfigurations ?? []).map((each) => rule("topic", each.TopicArn, each)),
  ];
  rules.forEach((one, at) => {
    for (const other of rules.slice(at + 1)) {
      if (overlap(one, other)) {
        throw new S3Error(
          "InvalidArgument",
          "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are overlapping for the same event type.",
        );
      }
    }
  });
  return rules;
}

function overlap(one: NotificationRule, other: NotificationRule): boolean {
  const [prefix, otherPrefix] = [one.prefix ?? "", other.prefix ?? ""];
  const [suffix, otherSuffix] = [one.suffix ?? "", other.suffix ?? ""];
  return (
    (prefix.startsWith(otherPrefix) || otherPrefix.startsWith(prefix)) &&
    (suffix.endsWith(otherSuffix) || otherSuffix.endsWith(suffix)) &&
    one.events.some((event) => other.events.some((candidate) => covers(event, candidate) || covers(candidate, event)))
  );
}

function covers(pattern: string, event: string): boolean {
  return pattern === event || (pattern.endsWith("*") && event.startsWith(pattern.slice(0, -1)));
}

/**
 * Whether a rule wants an event.
 *
 * @param event - with its `s3:` prefix.
 */
export function wantsEvent(rule: NotificationRule, event: string, key: string): boolean {
  if (!rule.events.some((pattern) => covers(pattern, event))) return false;
  // Filters with special characters are written URL-encoded, so a filter may match the key in either form.
  const fits = (name: string): boolean => name.startsWith(rule.prefix ?? "") && name.endsWith(rule.suffix ?? "");
  return fits(key) || fits(urlEncodeLikeS3(key));
}

/** Reads the document of `PutBucketNotificationConfiguration`. @throws S3Error `MalformedXML`. */
export function parseNotificationConfiguration(root: XmlElement): NotificationConfiguration {
  if (root.name !== "NotificationConfiguration") throw new S3Error("MalformedXML");
  const targets = (parent: string, child: string) =>
    childrenNamed(root, parent).map((target) => ({ arn: requiredText(target, child), target: readTarget(target) }));
  const bridge = childNamed(root, "EventBridgeConfiguration");
  return {
    LambdaFunctionConfigurations: targets("CloudFunctionConfiguration", "CloudFunction").map(({ arn, target }) => ({
      ...target,
      LambdaFunctionArn: arn,
    })),
    QueueConfigurations: targets("QueueConfiguration", "Queue").map(({ arn, target }) => ({
      ...target,
      QueueArn: arn,
    })),
    TopicConfigurations: targets("TopicConfiguration", "Topic").map(({ arn, target }) => ({
      ...target,
      TopicArn: arn,
    })),
    ...(bridge === undefined ? {} : { EventBridgeConfiguration: {} }),
  };
}

function readTarget(target: XmlElement): TargetConfiguration {
  const id = childText(target, "Id");
  const filter = childNamed(target, "Filter");
  const key = filter === undefined ? undefined : childNamed(filter, "S3Key");
  const rules = (key === undefined ? [] : childrenNamed(key, "FilterRule")).map((rule) => ({
    Name: requiredText(rule, "Name"),
    Value: childText(rule, "Value") ?? "",
  }));
  return {
    ...(id === undefined ? {} : { Id: id }),
    Events: childrenNamed(target, "Event").map((event) => event.text),
    Filter: { Key: { FilterRules: rules } },
  };
}

function requiredText(parent: XmlElement, name: string): string {
  const text = childText(parent, name);
  if (text === undefined || text === "") throw new S3Error("MalformedXML");
  return text;
}

/** Writes the document of `GetBucketNotificationConfiguration`. */
export function formatNotificationConfiguration(rules: readonly NotificationRule[], isEventBridgeOn: boolean): string {
  let content = "";
  for (const rule of rules) {
    const names = ELEMENTS.find(([kind]) => kind === rule.kind)!;
    const filters =
      (rule.prefix === undefined
        ? ""
        : `<FilterRule><Name>Prefix</Name>${element("Value", rule.prefix)}</FilterRule>`) +
      (rule.suffix === undefined ? "" : `<FilterRule><Name>Suffix</Name>${element("Value", rule.suffix)}</FilterRule>`);
    content +=
      `<${names[1]}>${element("Id", rule.id)}${element(names[2], rule.arn)}` +
      rule.events.map((event) => element("Event", event)).join("") +
      (filters === "" ? "" : `<Filter><S3Key>${filters}</S3Key></Filter>`) +
      `</${names[1]}>`;
  }
  if (isEventBridgeOn) content += "<EventBridgeConfiguration></EventBridgeConfiguration>";
  return xmlDocument("NotificationConfiguration", content);
}
