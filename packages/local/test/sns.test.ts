import {
  AddPermissionCommand,
  GetSubscriptionAttributesCommand,
  ListTopicsCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { buildApp } from "fauxqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalAws, outsideCredentials, startLocalAws } from "../src/index.ts";
import type { SnsClients } from "./sns-clients.ts";
import { snsCases } from "./sns-conformance.ts";

function clientsOf(endpoint: string): SnsClients & { destroy(): void } {
  const config = { endpoint, region: "us-east-1", credentials: outsideCredentials, maxAttempts: 1 };
  const sns = new SNSClient(config);
  const sqs = new SQSClient(config);
  return {
    sns,
    sqs,
    destroy() {
      sns.destroy();
      sqs.destroy();
    },
  };
}

describe("the embedded SNS answers the SDK as AWS does", () => {
  let aws: LocalAws;
  let clients: ReturnType<typeof clientsOf>;

  beforeAll(async () => {
    aws = await startLocalAws();
    clients = clientsOf(aws.url);
  });
  afterAll(async () => {
    clients.destroy();
    await aws.stop();
  });

  it.concurrent.each(snsCases)("$name", async ({ run }) => run(clients));

  it("names what it does not serve", async () => {
    const { sns } = clients;
    const { arn: TopicArn } = aws.sns.topics.create("named");
    const add = new AddPermissionCommand({ TopicArn, Label: "a", AWSAccountId: ["1"], ActionName: ["Publish"] });
    await expect(sns.send(add)).rejects.toThrow("The embedded SNS does not serve AddPermission");
    const subscribe = new SubscribeCommand({ TopicArn, Protocol: "email", Endpoint: "a@example.org" });
    await expect(sns.send(subscribe)).rejects.toThrow("delivers to sqs and lambda, not to email");
    const publish = new PublishCommand({ PhoneNumber: "+41000000000", Message: "x" });
    await expect(sns.send(publish)).rejects.toThrow("sends no text messages");
  });

  // LocalStack's recording of AWS, test_sns.py::TestSNSSubscriptionSQS::test_sqs_topic_subscription_confirmation.
  it("shows no delivery policy of a subscriber that is not reached over HTTP", async () => {
    const topic = aws.sns.topics.create("without-policy");
    const Endpoint = `arn:aws:sqs:${aws.region}:${aws.accountId}:q`;
    const { arn } = aws.sns.topics.subscribe(topic, "sqs", Endpoint);
    const asked = new GetSubscriptionAttributesCommand({ SubscriptionArn: arn });
    const { Attributes } = await clients.sns.send(asked);
    expect(Attributes).toMatchObject({ Endpoint, Protocol: "sqs" });
    expect(Attributes).not.toHaveProperty("EffectiveDeliveryPolicy");
  });

  it("records each call with its IAM action and topic", () => {
    const actions = new Set(aws.calls.list().map(({ action }) => action));
    expect(actions).toContain("sns:Publish");
    expect(actions).toContain("sns:Subscribe");
    expect(actions).not.toContain("sns:PublishBatch");
  });
});

it("a caller without permission is told so in SNS's words", async () => {
  const aws = await startLocalAws({ authorize: (_, action) => action !== "sns:ListTopics" });
  const clients = clientsOf(aws.url);
  await expect(clients.sns.send(new ListTopicsCommand())).rejects.toMatchObject({
    name: "AuthorizationErrorException",
    message: expect.stringContaining("not authorized to perform sns:ListTopics"),
    $metadata: { httpStatusCode: 403 },
  });
  clients.destroy();
  await aws.stop();
});

/** Differences between fauxqs 2.4.1 and AWS. */
const knownDifferences = new Map([
  ["attributes are set and read back, any characters in them", "gives no default policy"],
  ["tags are set, listed and removed", "calls a missing resource NotFound"],
  ["attributes of a subscription are set and read back", "does not tell the scope of a filter"],
  ["a protocol that is none, and an endpoint that does not fit, are refused", "takes any endpoint"],
  ["a filter knows what is not wanted, and lists of values", "takes a list for one text"],
  ["a batch that is empty, too long, or repeats an id is refused whole", "adds up no sizes"],
  ["a topic may take messages of up to 1 MiB", "does not know MaximumMessageSize"],
  ["an empty message, a subject of several lines, and an attribute without value are refused", "takes any subject"],
  ["a message may have a text for each protocol", "ignores MessageStructure"],
  ["a message that cannot be delivered goes to the subscription's dead-letter queue", "drops it"],
]);

describe("the same table on fauxqs, an independent implementation", () => {
  const app = buildApp({ logger: false, host: "127.0.0.1" });
  let clients: ReturnType<typeof clientsOf>;

  beforeAll(async () => {
    clients = clientsOf(await app.listen({ port: 0, host: "127.0.0.1" }));
  });
  afterAll(async () => {
    clients.destroy();
    await app.close();
  });

  it.concurrent.each(snsCases.filter(({ name }) => !knownDifferences.has(name)))("$name", async ({ run }) =>
    run(clients),
  );

  it.each([...knownDifferences])("still differs: %s (%s)", async (name) => {
    const known = snsCases.find((entry) => entry.name === name);
    await expect(known?.run(clients)).rejects.toThrow();
  });
});
