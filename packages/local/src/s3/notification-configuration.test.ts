import { describe, expect, it } from "vitest";
import {
  formatNotificationConfiguration,
  type NotificationConfiguration,
  notificationRules,
  parseNotificationConfiguration,
  wantsEvent,
} from "./notification-configuration.ts";
import { readXml } from "./xml-reader.ts";

const newId = (): string => "generated";

const queue = (events: readonly string[], prefix?: string, suffix?: string) => ({
  QueueArn: "arn:aws:sqs:eu-west-1:123456789012:q",
  Events: events,
  Filter: {
    Key: {
      FilterRules: [
        ...(prefix === undefined ? [] : [{ Name: "prefix", Value: prefix }]),
        ...(suffix === undefined ? [] : [{ Name: "Suffix", Value: suffix }]),
      ],
    },
  },
});

const ruleOf = (configuration: ReturnType<typeof queue>) =>
  notificationRules({ QueueConfigurations: [configuration] }, newId)[0]!;

describe("a notification rule", () => {
  it.each([
    [["s3:ObjectCreated:*"], "s3:ObjectCreated:Put", true],
    [["s3:ObjectCreated:*"], "s3:ObjectCreated:CompleteMultipartUpload", true],
    [["s3:ObjectCreated:Put"], "s3:ObjectCreated:Copy", false],
    [["s3:ObjectCreated:Put", "s3:ObjectCreated:Copy"], "s3:ObjectCreated:Copy", true],
    [["s3:ObjectRemoved:*"], "s3:ObjectCreated:Put", false],
    [["s3:ObjectRemoved:*"], "s3:ObjectRemoved:Delete", true],
  ])("for %j wants %s: %s", (events, event, expected) => {
    expect(wantsEvent(ruleOf(queue(events)), event, "k")).toBe(expected);
  });

  it.each([
    ["in/", undefined, "in/a", true],
    ["in/", undefined, "out/in/a", false],
    [undefined, ".csv", "x.csv", true],
    [undefined, ".csv", "x.csv.gz", false],
    ["in/", ".csv", "in/x.csv", true],
    ["a b/", undefined, "a b/x", true],
    ["a+b/", undefined, "a b/x", true],
    [undefined, "%C3%BC", "x/ü", true],
  ])("with prefix %j and suffix %j wants %j: %s", (prefix, suffix, key, expected) => {
    const rule = ruleOf(queue(["s3:ObjectCreated:*"], prefix, suffix));
    expect(wantsEvent(rule, "s3:ObjectCreated:Put", key)).toBe(expected);
  });
});

describe("a notification configuration", () => {
  it("survives being written and read", () => {
    const configuration: NotificationConfiguration = {
      QueueConfigurations: [{ ...queue(["s3:ObjectCreated:*"], "in/<&>", ".csv"), Id: "q" }],
      LambdaFunctionConfigurations: [
        { Id: "f", LambdaFunctionArn: "arn:aws:lambda:eu-west-1:1:function:f", Events: ["s3:ObjectRemoved:*"] },
      ],
      TopicConfigurations: [{ Id: "t", TopicArn: "arn:aws:sns:eu-west-1:1:t", Events: ["s3:ObjectTagging:*"] }],
      EventBridgeConfiguration: {},
    };
    const rules = notificationRules(configuration, newId);
    const again = parseNotificationConfiguration(readXml(formatNotificationConfiguration(rules, true)));
    expect(notificationRules(again, newId)).toEqual(rules);
    expect(again.EventBridgeConfiguration).toBeDefined();
  });

  // LocalStack's recording of AWS, test_s3_notifications_sqs.py::test_filter_rules_empty_value.
  it("keeps a filter that is empty, and shows none that was not set", () => {
    const written = (suffix?: string) =>
      formatNotificationConfiguration([ruleOf(queue(["s3:ObjectCreated:*"], undefined, suffix))], false);
    expect(written("")).toContain("<FilterRule><Name>Suffix</Name><Value></Value></FilterRule>");
    expect(written()).not.toContain("FilterRule");
  });

  it.each([
    ["the same event without filters", queue(["s3:ObjectCreated:*"]), queue(["s3:ObjectCreated:Put"])],
    ["nested prefixes", queue(["s3:ObjectCreated:*"], "a/"), queue(["s3:ObjectCreated:*"], "a/b/")],
    ["nested suffixes", queue(["s3:ObjectCreated:*"], "a/", ".gz"), queue(["s3:ObjectCreated:*"], "a/", ".csv.gz")],
  ])("whose rules overlap is refused: %s", (_, one, other) => {
    expect(() => notificationRules({ QueueConfigurations: [one, other] }, newId)).toThrow(
      expect.objectContaining({ code: "InvalidArgument" }),
    );
  });

  it.each([
    ["other events", queue(["s3:ObjectCreated:*"]), queue(["s3:ObjectRemoved:*"])],
    ["other prefixes", queue(["s3:ObjectCreated:*"], "a/"), queue(["s3:ObjectCreated:*"], "b/")],
    ["other suffixes", queue(["s3:ObjectCreated:*"], "a/", ".csv"), queue(["s3:ObjectCreated:*"], "a/", ".json")],
  ])("whose rules do not overlap is taken: %s", (_, one, other) => {
    expect(notificationRules({ QueueConfigurations: [one, other] }, newId)).toHaveLength(2);
  });

  // LocalStack's recordings of AWS, test_s3_notifications_lambda.py::test_invalid_lambda_arn and its like for queues and topics.
  it.each([
    [
      "CloudFunction",
      { LambdaFunctionConfigurations: [{ LambdaFunctionArn: "invalid", Events: ["s3:ObjectCreated:*"] }] },
    ],
    ["Queue", { QueueConfigurations: [{ QueueArn: "invalid", Events: ["s3:ObjectCreated:*"] }] }],
    ["Topic", { TopicConfigurations: [{ TopicArn: "invalid", Events: ["s3:ObjectCreated:*"] }] }],
  ])("whose %s is no ARN is refused", (ArgumentName, configuration) => {
    expect(() => notificationRules(configuration, newId)).toThrow(
      expect.objectContaining({
        code: "InvalidArgument",
        message: "The ARN could not be parsed",
        details: { ArgumentName, ArgumentValue: "invalid" },
      }),
    );
  });

  it("with an unknown event is refused by name", () => {
    expect(() => ruleOf(queue(["s3:ObjectMade:*"]))).toThrow(/s3:ObjectMade:\*/);
  });
});
