import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  DeleteScheduleGroupCommand,
  GetScheduleCommand,
  GetScheduleGroupCommand,
  ListScheduleGroupsCommand,
  ListSchedulesCommand,
  ListTagsForResourceCommand,
  SchedulerClient,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateScheduleCommand,
} from "@aws-sdk/client-scheduler";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalAws, outsideCredentials, startLocalAws } from "../src/index.ts";
import { deployTemplates } from "./template-deployment.ts";

const ROLE = "arn:aws:iam::000000000000:role/schedules";
const refused = new Set<string>();
let aws: LocalAws;
let scheduler: SchedulerClient;
let sqs: SQSClient;
let queueUrl: string;
const queueArn = "arn:aws:sqs:us-east-1:000000000000:woken";
beforeAll(async () => {
  // A day passes in 0.1 s.
  aws = await startLocalAws({ scheduleScale: 864_000, authorize: (_, action) => !refused.has(action) });
  const client = { endpoint: aws.url, region: aws.region, credentials: outsideCredentials, maxAttempts: 1 };
  scheduler = new SchedulerClient(client);
  sqs = new SQSClient(client);
  queueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: "woken" }))).QueueUrl ?? "";
});
afterAll(async () => {
  for (const client of [scheduler, sqs]) client.destroy();
  await aws.stop();
});

const DAY_MS = 86_400_000;
const at = (ms: number) => `at(${new Date(ms).toISOString().slice(0, 19)})`;
const input = (Name: string, more: Partial<CreateScheduleCommandInput> = {}): CreateScheduleCommandInput => ({
  Name,
  ScheduleExpression: "rate(365 days)",
  FlexibleTimeWindow: { Mode: "OFF" },
  Target: { Arn: queueArn, RoleArn: ROLE, Input: JSON.stringify({ from: Name }) },
  ...more,
});
const create = (...of: Parameters<typeof input>) => scheduler.send(new CreateScheduleCommand(input(...of)));
const get = (Name: string, GroupName?: string) => scheduler.send(new GetScheduleCommand({ Name, GroupName }));
const received = async () => {
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl, WaitTimeSeconds: 20 }));
  return JSON.parse(Messages[0]?.Body ?? "null") as unknown;
};

describe("EventBridge Scheduler by its SDK", () => {
  it("tells all that a schedule says, with the defaults of AWS", async () => {
    const { ScheduleArn } = await create("told");
    expect(ScheduleArn).toBe("arn:aws:scheduler:us-east-1:000000000000:schedule/default/told");
    expect(await get("told")).toMatchObject({
      ...{ Arn: ScheduleArn, Name: "told", GroupName: "default", State: "ENABLED", ActionAfterCompletion: "NONE" },
      ...{
        ScheduleExpression: "rate(365 days)",
        ScheduleExpressionTimezone: "UTC",
        FlexibleTimeWindow: { Mode: "OFF" },
      },
      ...{ CreationDate: expect.any(Date), LastModificationDate: expect.any(Date) },
      Target: {
        ...{ Arn: queueArn, RoleArn: ROLE, Input: '{"from":"told"}' },
        RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
      },
    });
  });

  it("replaces all that it says by an update", async () => {
    await create("updated", { Description: "first", State: "DISABLED" });
    const start = new Date("2030-01-01T00:00:00Z");
    const window = { Mode: "FLEXIBLE", MaximumWindowInMinutes: 5 } as const;
    await scheduler.send(
      new UpdateScheduleCommand(
        input("updated", {
          ...{ ScheduleExpression: "cron(0 8 * * ? *)", ScheduleExpressionTimezone: "Asia/Kolkata", StartDate: start },
          ...{ FlexibleTimeWindow: window, ActionAfterCompletion: "DELETE" },
        }),
      ),
    );
    const { Description, ...updated } = await get("updated");
    expect(Description).toBeUndefined();
    expect(updated).toMatchObject({
      ...{ State: "ENABLED", ScheduleExpressionTimezone: "Asia/Kolkata", StartDate: start },
      ...{ FlexibleTimeWindow: window, ActionAfterCompletion: "DELETE" },
    });
  });

  it("wakes a queue a day ahead, in scaled time, and deletes the schedule then", async () => {
    await create("tomorrow", { ScheduleExpression: at(Date.now() + DAY_MS), ActionAfterCompletion: "DELETE" });
    expect(await received()).toEqual({ from: "tomorrow" });
    await expect(get("tomorrow")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });

  it("answers the same request again by its token, and refuses another one of that name", async () => {
    const first = await create("once", { ClientToken: "token-1" });
    expect(await create("once", { ClientToken: "token-1" })).toMatchObject({ ScheduleArn: first.ScheduleArn });
    await expect(create("once", { ClientToken: "token-2" })).rejects.toMatchObject({
      ...{ name: "ConflictException", message: "Schedule once already exists." },
      $metadata: { httpStatusCode: 409 },
    });
  });

  it("keeps schedules in groups, which are deleted with what is in them", async () => {
    const GroupName = "nightly";
    await scheduler.send(new CreateScheduleGroupCommand({ Name: GroupName }));
    await expect(scheduler.send(new CreateScheduleGroupCommand({ Name: GroupName }))).rejects.toMatchObject({
      name: "ConflictException",
    });
    for (const name of ["b", "a", "c"]) await create(name, { GroupName, ...(name === "c" && { State: "DISABLED" }) });
    const list = async (more: object) => {
      const { Schedules = [], NextToken } = await scheduler.send(new ListSchedulesCommand({ GroupName, ...more }));
      return { names: Schedules.map(({ Name }) => Name), NextToken };
    };
    const { names, NextToken } = await list({ MaxResults: 2 });
    expect(names).toEqual(["a", "b"]);
    expect(await list({ MaxResults: 2, NextToken })).toEqual({ names: ["c"], NextToken: undefined });
    expect((await list({ State: "DISABLED" })).names).toEqual(["c"]);
    expect((await list({ NamePrefix: "b" })).names).toEqual(["b"]);
    const { ScheduleGroups = [] } = await scheduler.send(new ListScheduleGroupsCommand({}));
    expect(ScheduleGroups.map(({ Name }) => Name)).toEqual(["default", GroupName]);
    expect(await scheduler.send(new GetScheduleGroupCommand({ Name: GroupName }))).toMatchObject({ State: "ACTIVE" });
    await scheduler.send(new DeleteScheduleGroupCommand({ Name: GroupName }));
    await expect(get("a", GroupName)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await expect(list({})).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await expect(scheduler.send(new DeleteScheduleGroupCommand({ Name: "default" }))).rejects.toMatchObject({
      name: "ValidationException",
    });
  });

  it("deletes a schedule once", async () => {
    await create("gone");
    await scheduler.send(new DeleteScheduleCommand({ Name: "gone" }));
    await expect(scheduler.send(new DeleteScheduleCommand({ Name: "gone" }))).rejects.toMatchObject({
      ...{ name: "ResourceNotFoundException", message: "Schedule gone does not exist." },
      $metadata: { httpStatusCode: 404 },
    });
    await expect(scheduler.send(new UpdateScheduleCommand(input("gone")))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });

  it.each([
    ["an expression", { ScheduleExpression: "rate(10 seconds)" }, "Invalid Schedule Expression rate(10 seconds)."],
    ["a window without its length", { FlexibleTimeWindow: { Mode: "FLEXIBLE" as const } }, "MaximumWindowInMinutes"],
    [
      "a target's parameters that are not served, by name",
      { Target: { Arn: queueArn, RoleArn: ROLE, KinesisParameters: { PartitionKey: "k" } } },
      "does not serve the parameter Target.KinesisParameters of CreateSchedule",
    ],
  ])("refuses %s", async (_, more, message) => {
    await expect(create("refused", more)).rejects.toMatchObject({
      ...{ name: "ValidationException", message: expect.stringContaining(message) },
    });
  });

  // https://docs.aws.amazon.com/scheduler/latest/APIReference/API_TagResource.html
  it("keeps the tags of groups, which schedules have none of", async () => {
    const Name = "tagged";
    const team = { Key: "team", Value: "night" };
    const made = await scheduler.send(new CreateScheduleGroupCommand({ Name, Tags: [team] }));
    const ResourceArn = made.ScheduleGroupArn ?? "";
    const tags = async () => (await scheduler.send(new ListTagsForResourceCommand({ ResourceArn }))).Tags;
    expect(await tags()).toEqual([team]);
    const more = [
      { Key: "team", Value: "day" },
      { Key: "a&b=c/d", Value: "" },
      { Key: "third", Value: "3" },
    ];
    await scheduler.send(new TagResourceCommand({ ResourceArn, Tags: more }));
    expect(await tags()).toEqual(more);
    await scheduler.send(new UntagResourceCommand({ ResourceArn, TagKeys: ["a&b=c/d", "third", "unknown"] }));
    expect(await tags()).toEqual([{ Key: "team", Value: "day" }]);
    // A new group of that name has none.
    await scheduler.send(new DeleteScheduleGroupCommand({ Name }));
    await expect(tags()).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await scheduler.send(new CreateScheduleGroupCommand({ Name }));
    expect(await tags()).toEqual([]);
    const ofSchedule = "arn:aws:scheduler:us-east-1:000000000000:schedule/default/told";
    const listing = scheduler.send(new ListTagsForResourceCommand({ ResourceArn: ofSchedule }));
    await expect(listing).rejects.toMatchObject({ name: "ValidationException" });
  });

  it("refuses operations that are not served by name", async () => {
    const authorization = "AWS4-HMAC-SHA256 Credential=test/20261201/us-east-1/scheduler/aws4_request";
    const answer = await fetch(`${aws.url}/schedules/a/runs`, { headers: { authorization } });
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({ Message: expect.stringContaining("does not serve GET /schedules/a/runs") });
  });

  it.each(["scheduler:CreateSchedule", "iam:PassRole"])("needs the permission %s to make one", async (action) => {
    refused.add(action);
    const making = create("denied");
    await expect(making).rejects.toMatchObject({ message: expect.stringContaining(action) });
    await expect(making).rejects.toMatchObject({ name: "AccessDeniedException" });
    refused.clear();
  });
});

describe("a schedule of a template", () => {
  it("is the one that the SDK sees, with its group", async () => {
    const owner = { Key: "owner", Value: "night shift" };
    const { outputs } = await deployTemplates(aws, await mkdtemp(join(aws.directory, "template-")), {
      Night: {
        Outputs: {
          GroupArn: { Value: { "Fn::GetAtt": ["Group", "Arn"] } },
          GroupMade: { Value: { "Fn::GetAtt": ["Group", "CreationDate"] } },
        },
        Resources: {
          Group: { Type: "AWS::Scheduler::ScheduleGroup", Properties: { Name: "deployed", Tags: [owner] } },
          Schedule: {
            Type: "AWS::Scheduler::Schedule",
            Properties: {
              ...{ Name: "night", GroupName: { Ref: "Group" }, Description: "at night", State: "DISABLED" },
              ...{ ScheduleExpression: "rate(1 day)" },
              FlexibleTimeWindow: { Mode: "FLEXIBLE", MaximumWindowInMinutes: 15 },
              Target: { Arn: queueArn, RoleArn: ROLE, RetryPolicy: { MaximumRetryAttempts: 3 } },
            },
          },
        },
      },
    });
    expect(await get("night", "deployed")).toMatchObject({
      ...{ Description: "at night", State: "DISABLED", ActionAfterCompletion: "NONE" },
      FlexibleTimeWindow: { Mode: "FLEXIBLE", MaximumWindowInMinutes: 15 },
      Target: { RetryPolicy: { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 86_400 } },
    });
    const { CreationDate } = await scheduler.send(new GetScheduleGroupCommand({ Name: "deployed" }));
    expect(outputs.GroupMade).toBe(CreationDate?.toISOString());
    const ofGroup = new ListTagsForResourceCommand({ ResourceArn: outputs.GroupArn });
    expect((await scheduler.send(ofGroup)).Tags).toEqual([owner]);
  });
});
