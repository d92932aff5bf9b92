import {
  CreateEventBusCommand,
  EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  type Target,
} from "@aws-sdk/client-eventbridge";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalAws, outsideCredentials, startLocalAws } from "../../src/index.ts";
import { DETAIL, recordedDeliveries, recordedSchedules, SOURCE, wholeEvent } from "./events.ts";

let aws: LocalAws;
let events: EventBridgeClient;
let sqs: SQSClient;
let sns: SNSClient;
beforeAll(async () => {
  // Rows of which nothing is delivered are told of as problems.
  aws = await startLocalAws({ onProblem() {} });
  const client = { endpoint: aws.url, region: aws.region, credentials: outsideCredentials, maxAttempts: 1 };
  events = new EventBridgeClient(client);
  sqs = new SQSClient(client);
  sns = new SNSClient(client);
});
afterAll(async () => {
  for (const client of [events, sqs, sns]) client.destroy();
  await aws.stop();
});

let made = 0;
const newName = (kind: string) => `${kind}-${++made}`;

async function newQueue(): Promise<{ readonly url: string; readonly arn: string }> {
  const { QueueUrl: url = "" } = await sqs.send(new CreateQueueCommand({ QueueName: newName("queue") }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["QueueArn"] }));
  return { url, arn: Attributes?.QueueArn ?? "" };
}

/** A bus of its own with a rule for all events of the rows. */
async function newRule(Name = newName("rule")): Promise<{ readonly Rule: string; readonly EventBusName: string }> {
  const EventBusName = newName("bus");
  await events.send(new CreateEventBusCommand({ Name: EventBusName }));
  await events.send(new PutRuleCommand({ Name, EventBusName, EventPattern: JSON.stringify({ source: [SOURCE] }) }));
  return { Rule: Name, EventBusName };
}

const putTargets = (rule: { readonly Rule: string; readonly EventBusName: string }, ...Targets: Target[]) =>
  events.send(new PutTargetsCommand({ ...rule, Targets }));

const putEvent = (EventBusName: string, detail: object = DETAIL, source = SOURCE) =>
  events.send(
    new PutEventsCommand({
      Entries: [{ EventBusName, Source: source, DetailType: SOURCE, Detail: JSON.stringify(detail) }],
    }),
  );

/** The body of the next message, which is then gone. */
async function nextBody(QueueUrl: string): Promise<unknown> {
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
  const [{ Body = "", ReceiptHandle } = {}] = Messages ?? [];
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  try {
    const parsed: unknown = JSON.parse(Body);
    return typeof parsed === "string" ? Body : parsed;
  } catch {
    return Body;
  }
}

const own = () => wholeEvent({ account: aws.accountId, region: aws.region });

describe("EventBridge gives targets what AWS gave them", () => {
  it.each(recordedDeliveries.map((each) => [each.recording, each] as const))("%s", async (_, row) => {
    const [queue, rule] = [await newQueue(), await newRule()];
    await putTargets(rule, { Id: "t", Arn: queue.arn, ...row.target });
    await putEvent(rule.EventBusName, row.detail);
    if (row.body === undefined) {
      // Nothing was delivered, so the next that comes is of a target that is given the whole event.
      await putTargets(rule, { Id: "t", Arn: queue.arn });
      await putEvent(rule.EventBusName);
      expect(await nextBody(queue.url)).toEqual(own());
    } else expect(await nextBody(queue.url)).toEqual(row.body);
  });

  it("test_events_inputs.py::TestInputPath::test_put_events_with_input_path_multiple_targets", async () => {
    const [one, other, rule] = [await newQueue(), await newQueue(), await newRule()];
    await putTargets(rule, { Id: "1", Arn: one.arn, InputPath: "$.detail" }, { Id: "2", Arn: other.arn });
    await putEvent(rule.EventBusName);
    expect(await nextBody(one.url)).toEqual(DETAIL);
    expect(await nextBody(other.url)).toEqual(own());
  });

  it.each([
    ["bus_combination0", true],
    ["bus_combination2", false],
  ])("test_events_targets.py::TestEventsTargetEvents::test_put_events_with_target_events[%s]", async (_, isFromOwn) => {
    const queue = await newQueue();
    const [first, second] = [await newRule(), await newRule()];
    const source = isFromOwn ? first : { Rule: newName("rule"), EventBusName: "default" };
    if (!isFromOwn) {
      const EventPattern = JSON.stringify({ source: [SOURCE] });
      await events.send(new PutRuleCommand({ Name: source.Rule, EventPattern }));
    }
    const Arn = `arn:aws:events:${aws.region}:${aws.accountId}:event-bus/${second.EventBusName}`;
    await putTargets(source, { Id: "bus", Arn });
    await putTargets(second, { Id: "queue", Arn: queue.arn });
    await putEvent(source.EventBusName);
    expect(await nextBody(queue.url)).toEqual(own());
  });

  it("test_events_targets.py::TestEventsTargetSns::test_put_events_with_target_sns[standard]", async () => {
    const [queue, rule] = [await newQueue(), await newRule()];
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: newName("topic") }));
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: queue.arn }));
    await putTargets(rule, { Id: "topic", Arn: TopicArn ?? "" });
    await putEvent(rule.EventBusName);
    const body = (await nextBody(queue.url)) as { readonly Message: string };
    expect(body).toMatchObject({ Type: "Notification", TopicArn });
    expect(JSON.parse(body.Message)).toEqual(own());
  });
});

/** The facts of an error, as the SDK hands them on. */
function factsOf(error: unknown) {
  const { name, message, $metadata } = error as Error & { readonly $metadata?: { readonly httpStatusCode?: number } };
  return { name, message, status: $metadata?.httpStatusCode };
}

describe("EventBridge refuses targets as AWS refused them", () => {
  const invalid = (message: string) => ({ name: "ValidationException", message, status: 400 });

  it("test_events_inputs.py::TestInputTransformer::test_put_events_with_input_transformer_missing_keys", async () => {
    const InputTransformer = { InputPathsMap: { known: "$.detail" }, InputTemplate: '"<known> <notdefinedkey>"' };
    const put = putTargets(await newRule(), { Id: "t-1", Arn: (await newQueue()).arn, InputTransformer });
    expect(await put.catch(factsOf)).toEqual(
      invalid("InputTemplate for target t-1 contains invalid placeholder notdefinedkey."),
    );
  });

  it("test_events_inputs.py::test_put_event_input_path_and_input_transformer", async () => {
    const InputTransformer = { InputPathsMap: { known: "$.detail" }, InputTemplate: '"<known>"' };
    const target = { Id: "t-2", Arn: (await newQueue()).arn, InputPath: "$.detail", InputTransformer };
    expect(await putTargets(await newRule(), target).catch(factsOf)).toEqual(
      invalid("Only one of Input, InputPath, or InputTransformer must be provided for target t-2."),
    );
  });
});

describe("EventBridge takes schedules as AWS took them", () => {
  it.each(recordedSchedules.map((each) => [each.recording, each] as const))("%s", async (_, row) => {
    const EventBusName = row.isOnOwnBus ? (await newRule()).EventBusName : undefined;
    const Name = newName("rule");
    // Disabled, it does not fall due meanwhile.
    const put = events.send(
      new PutRuleCommand({ Name, ScheduleExpression: row.expression, EventBusName, State: "DISABLED" }),
    );
    if (row.refusal) {
      expect(await put.catch(factsOf)).toEqual({ ...row.refusal, status: 400 });
      return;
    }
    const Arn = `arn:aws:events:${aws.region}:${aws.accountId}:rule/${Name}`;
    expect(await put).toMatchObject({ RuleArn: Arn });
    const { Rules } = await events.send(new ListRulesCommand({ NamePrefix: Name }));
    expect(Rules).toEqual([
      { Arn, EventBusName: "default", Name, ScheduleExpression: row.expression, State: "DISABLED" },
    ]);
  });

  it("TestScheduleRate::tests_schedule_rate_target_sqs, its target", async () => {
    const [queue, Name] = [await newQueue(), newName("rule")];
    await events.send(new PutRuleCommand({ Name, ScheduleExpression: "rate(1 minute)", State: "DISABLED" }));
    const put = await putTargets({ Rule: Name, EventBusName: "default" }, { Id: "t", Arn: queue.arn });
    expect(put).toMatchObject({ FailedEntries: [], FailedEntryCount: 0 });
    const { Targets } = await events.send(new ListTargetsByRuleCommand({ Rule: Name }));
    expect(Targets).toEqual([{ Id: "t", Arn: queue.arn }]);
  });
});
