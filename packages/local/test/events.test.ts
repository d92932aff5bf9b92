import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  TestEventPatternCommand,
} from "@aws-sdk/client-eventbridge";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalAws, outsideCredentials, startLocalAws } from "../src/index.ts";
import { deployTemplates } from "./template-deployment.ts";

let aws: LocalAws;
let events: EventBridgeClient;
let sqs: SQSClient;
beforeAll(async () => {
  aws = await startLocalAws();
  const client = { endpoint: aws.url, region: aws.region, credentials: outsideCredentials, maxAttempts: 1 };
  events = new EventBridgeClient(client);
  sqs = new SQSClient(client);
});
afterAll(async () => {
  for (const client of [events, sqs]) client.destroy();
  await aws.stop();
});

const template = (target: object) => ({
  Resources: {
    Bus: { Type: "AWS::Events::EventBus", Properties: { Name: "shop" } },
    Queue: { Type: "AWS::SQS::Queue" },
    Rule: {
      Type: "AWS::Events::Rule",
      Properties: {
        EventBusName: { Ref: "Bus" },
        EventPattern: { source: ["shop"] },
        Targets: [{ Id: "queue", Arn: { "Fn::GetAtt": ["Queue", "Arn"] }, ...target }],
      },
    },
  },
  Outputs: { QueueUrl: { Value: { Ref: "Queue" } }, Bus: { Value: { "Fn::GetAtt": ["Bus", "Arn"] } } },
});

const deployed = async (Events: object) =>
  deployTemplates(aws, await mkdtemp(join(aws.directory, "template-")), { Events });

const entry = { Source: "shop", DetailType: "order", Detail: "{}" };
const put = (...Entries: object[]) => events.send(new PutEventsCommand({ Entries }));

describe("PutEvents takes what is valid, and says of the rest what is wrong", () => {
  it("entry by entry, in their order", async () => {
    const answer = await put(
      entry,
      { ...entry, Source: undefined },
      { ...entry, Detail: "{" },
      { ...entry, Detail: "[]" },
      { ...entry, Source: "aws.s3" },
    );
    expect(answer).toMatchObject({
      FailedEntryCount: 4,
      Entries: [
        { EventId: expect.any(String) },
        { ErrorCode: "InvalidArgument", ErrorMessage: expect.stringContaining("Source is a required argument") },
        { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." },
        { ErrorCode: "MalformedDetail" },
        { ErrorCode: "NotAuthorizedForSourceException", ErrorMessage: "Not authorized for the source." },
      ],
    });
  });

  it.each([
    ["none", []],
    ["eleven", Array.from({ length: 11 }, () => entry)],
  ])("and refuses a request of %s", async (_, entries) => {
    await expect(put(...entries)).rejects.toMatchObject({ name: "ValidationException" });
  });

  it("and one to a bus that is not there", async () => {
    await expect(put({ ...entry, EventBusName: "gone" })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "Event bus gone does not exist.",
    });
  });

  it("and names a field that is not served", async () => {
    const request = new CreateEventBusCommand({ Name: "kept", KmsKeyIdentifier: "key" });
    await expect(events.send(request)).rejects.toThrow("KmsKeyIdentifier");
  });
});

describe("a target that nothing can be delivered to is refused by name", () => {
  const stream = "arn:aws:kinesis:eu-central-1:000000000000:stream/orders";

  it("by PutTargets", async () => {
    await events.send(new PutRuleCommand({ Name: "to-stream", EventPattern: '{"source":["shop"]}' }));
    const request = new PutTargetsCommand({ Rule: "to-stream", Targets: [{ Id: "t", Arn: stream }] });
    await expect(events.send(request)).rejects.toThrow(
      `The target t is ${stream}: the embedded EventBridge delivers to`,
    );
  });

  it("in a template", async () => {
    await expect(deployed(template({ Arn: stream }))).rejects.toThrow(`is ${stream}; events go to functions`);
  });
});

describe("TestEventPattern answers as a rule would", () => {
  it.each([
    ["shop", true],
    ["other", false],
  ])("%s: %s", async (source, Result) => {
    const EventPattern = JSON.stringify({ source: [source] });
    const answer = await events.send(new TestEventPatternCommand({ EventPattern, Event: '{"source":"shop"}' }));
    expect(answer).toMatchObject({ Result });
  });

  it("and refuses a pattern that is none", async () => {
    const request = new TestEventPatternCommand({ EventPattern: '{"source": "shop"}', Event: "{}" });
    await expect(events.send(request)).rejects.toMatchObject({ name: "InvalidEventPatternException" });
  });
});

describe("a template has a bus of its own, with a rule that makes a message of each event", () => {
  it("by a transformer, for an event that names the bus by its ARN", async () => {
    const { outputs } = await deployed(
      template({ InputTransformer: { InputPathsMap: { id: "$.detail.id" }, InputTemplate: '{"order": <id>}' } }),
    );
    await put({ ...entry, EventBusName: outputs.Bus, Detail: '{"id":"o-1"}' });
    const QueueUrl = outputs.QueueUrl ?? "";
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
    expect(Messages?.map(({ Body }) => Body)).toEqual(['{"order": "o-1"}']);
  });

  it("which is given the events of its own bus alone", async () => {
    const { outputs } = await deployed(template({ InputPath: "$.detail" }));
    await put({ ...entry, Detail: '{"bus":"default"}' }, { ...entry, EventBusName: "shop", Detail: '{"bus":"shop"}' });
    const QueueUrl = outputs.QueueUrl ?? "";
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20, MaxNumberOfMessages: 10 }),
    );
    expect(Messages?.map(({ Body }) => Body)).toEqual(['{"bus":"shop"}']);
  });

  it("and is refused before anything is made, if the transformer names what it does not define", async () => {
    const InputTransformer = { InputPathsMap: {}, InputTemplate: '"<gone>"' };
    await expect(deployed(template({ InputTransformer }))).rejects.toThrow("invalid placeholder gone");
  });
});
