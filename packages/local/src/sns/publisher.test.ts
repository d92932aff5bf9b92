import { describe, expect, it } from "vitest";
import { createManualClock } from "../../test/manual-clock.ts";
import type { DeliveryTarget, EventOrigin } from "../gateway/service.ts";
import { createPublisher } from "./publisher.ts";
import { Topics } from "./topics.ts";

const queueArn = "arn:aws:sqs:us-east-1:000000000000:work";
const deadArn = "arn:aws:sqs:us-east-1:000000000000:dead";
const functionArn = "arn:aws:lambda:us-east-1:000000000000:function:work";

function setUp(refuses: (arn: string) => boolean = () => false) {
  let ids = 0;
  const newId = () => {
    ids += 1;
    return `id-${ids}`;
  };
  const delivered: { target: DeliveryTarget; payload: string; origin: EventOrigin }[] = [];
  const problems: string[] = [];
  const topics = new Topics({ region: "us-east-1", accountId: "000000000000", newId });
  const publisher = createPublisher({
    baseUrl: "http://127.0.0.1:1",
    clock: createManualClock(Date.parse("2026-11-21T10:00:00Z")),
    newId,
    async deliver(target, payload, origin) {
      if (refuses(target.arn)) throw new Error("refused");
      delivered.push({ target, payload, origin });
    },
    onDeliveryError: (_, arn) => problems.push(arn),
  });
  const topic = topics.create("arrivals");
  return { topics, topic, publisher, delivered, problems };
}

describe("a message published", () => {
  it("reaches a queue laid out as SNS lays it out", async () => {
    const { topics, topic, publisher, delivered } = setUp();
    topics.subscribe(topic, "sqs", queueArn);
    publisher.publish(topic, { message: 'say "hi"', subject: "Hello" }, undefined);
    await publisher.settled();
    const signature = /"Signature" : "([A-Za-z0-9+/=]+)"/.exec(delivered[0]?.payload ?? "")?.[1];
    expect(delivered[0]?.payload).toBe(`{
  "Type" : "Notification",
  "MessageId" : "id-2",
  "TopicArn" : "arn:aws:sns:us-east-1:000000000000:arrivals",
  "Subject" : "Hello",
  "Message" : "say \\"hi\\"",
  "Timestamp" : "2026-11-21T10:00:00.000Z",
  "SignatureVersion" : "1",
  "Signature" : "${signature}",
  "SigningCertURL" : "http://127.0.0.1:1/SimpleNotificationService.pem",
  "UnsubscribeURL" : "http://127.0.0.1:1/?Action=Unsubscribe&SubscriptionArn=arn%3Aaws%3Asns%3Aus-east-1%3A000000000000%3Aarrivals%3Aid-1"
}`);
  });

  it("reaches a function as an event, on behalf of the topic, with the publisher's lineage", async () => {
    const { topics, topic, publisher, delivered } = setUp();
    const { arn } = topics.subscribe(topic, "lambda", functionArn);
    const attributes = { kind: { DataType: "String", StringValue: "file" } };
    publisher.publish(topic, { message: "x", attributes }, "Root=1-a-b;Lineage=aa:1");
    await publisher.settled();
    expect(delivered[0]).toMatchObject({
      target: { arn: functionArn },
      origin: {
        servicePrincipal: "sns.amazonaws.com",
        sourceArn: topic.arn,
        traceHeader: "Root=1-a-b;Lineage=aa:1",
      },
    });
    expect(JSON.parse(delivered[0]?.payload ?? "")).toEqual({
      Records: [
        {
          EventSource: "aws:sns",
          EventVersion: "1.0",
          EventSubscriptionArn: arn,
          Sns: {
            Type: "Notification",
            MessageId: "id-2",
            TopicArn: topic.arn,
            Subject: null,
            Message: "x",
            Timestamp: "2026-11-21T10:00:00.000Z",
            SignatureVersion: "1",
            Signature: expect.any(String),
            SigningCertUrl: expect.any(String),
            UnsubscribeUrl: expect.any(String),
            MessageAttributes: { kind: { Type: "String", Value: "file" } },
          },
        },
      ],
    });
  });

  it("raw with more than ten attributes is discarded, as SQS takes ten", async () => {
    const { topics, topic, publisher, delivered, problems } = setUp();
    topics.subscribe(topic, "sqs", queueArn, { RawMessageDelivery: "true" });
    const names = Array.from({ length: 11 }, (_, index) => `a${index}`);
    const attributes = Object.fromEntries(names.map((name) => [name, { DataType: "String", StringValue: "x" }]));
    publisher.publish(topic, { message: "x", attributes }, undefined);
    await publisher.settled();
    expect(delivered).toEqual([]);
    expect(problems).toEqual([queueArn]);
  });

  it("that one subscriber cannot receive reaches the others, and its dead-letter queue with the reason", async () => {
    const { topics, topic, publisher, delivered, problems } = setUp((arn) => arn === functionArn);
    topics.subscribe(topic, "lambda", functionArn, {
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: deadArn }),
    });
    topics.subscribe(topic, "sqs", queueArn);
    publisher.publish(topic, { message: "x" }, undefined);
    await publisher.settled();
    expect(delivered.map(({ target }) => target.arn).sort()).toEqual([deadArn, queueArn]);
    const dead = delivered.find(({ target }) => target.arn === deadArn);
    expect(dead?.target).toMatchObject({
      messageAttributes: { ErrorMessage: { DataType: "String", StringValue: "refused" } },
    });
    // As a queue receives it, also for a function: LocalStack's recording of AWS,
    // test_sns.py::TestSNSSubscriptionLambda::test_redrive_policy_lambda_subscription.
    expect(JSON.parse(dead?.payload ?? "")).toMatchObject({ Type: "Notification", TopicArn: topic.arn, Message: "x" });
    expect(problems).toEqual([]);
  });

  it("that reaches neither a subscriber nor its dead-letter queue is told of", async () => {
    const { topics, topic, publisher, problems } = setUp(() => true);
    topics.subscribe(topic, "lambda", functionArn);
    topics.subscribe(topic, "sqs", queueArn, { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: deadArn }) });
    publisher.publish(topic, { message: "x" }, undefined);
    await publisher.settled();
    expect(problems.sort()).toEqual([functionArn, deadArn].sort());
  });
});

describe("a subscription", () => {
  it.each<[string, Record<string, string>, string]>([
    ["an unknown attribute", { Colour: "blue" }, "Unknown attribute Colour"],
    ["raw delivery to a function", { RawMessageDelivery: "true" }, "does not support raw message delivery"],
    ["a scope that is none", { FilterPolicyScope: "Subject" }, "FilterPolicyScope: Invalid value"],
    ["a redrive policy without queue", { RedrivePolicy: "{}" }, "deadLetterTargetArn is an invalid arn"],
  ])("with %s is refused", (_, attributes, message) => {
    const { topics, topic } = setUp();
    expect(() => topics.subscribe(topic, "lambda", functionArn, attributes)).toThrow(message);
  });
});
