import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import {
  CreateScheduleCommand,
  GetScheduleCommand,
  GetScheduleGroupCommand,
  SchedulerClient,
} from "@aws-sdk/client-scheduler";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalAws, outsideCredentials, startLocalAws } from "../../src/index.ts";
import { deployTemplates } from "../template-deployment.ts";
import { recordedExpressions, recordedStack } from "./scheduler.ts";

let aws: LocalAws;
let scheduler: SchedulerClient;
beforeAll(async () => {
  aws = await startLocalAws();
  const client = { endpoint: aws.url, region: aws.region, credentials: outsideCredentials, maxAttempts: 1 };
  scheduler = new SchedulerClient(client);
});
afterAll(async () => {
  scheduler.destroy();
  await aws.stop();
});

describe("expressions of schedules are taken and refused as AWS did", () => {
  it.each(recordedExpressions.map((row, at) => ({ ...row, at })))("$recording", async ({ expression, isTaken, at }) => {
    const making = scheduler.send(
      new CreateScheduleCommand({
        Name: `row-${at}`,
        ScheduleExpression: expression,
        FlexibleTimeWindow: { Mode: "FLEXIBLE", MaximumWindowInMinutes: 4 },
        Target: {
          Arn: "arn:aws:lambda:us-east-1:000000000000:function:dummy",
          RoleArn: "arn:aws:iam::000000000000:role/role-name",
        },
      }),
    );
    if (isTaken) {
      const { ScheduleArn } = await making;
      expect(ScheduleArn).toBe(`arn:aws:scheduler:us-east-1:000000000000:schedule/default/row-${at}`);
      return;
    }
    const refusal = { name: "ValidationException", message: `Invalid Schedule Expression ${expression}.` };
    await expect(making).rejects.toMatchObject({ ...refusal, $metadata: { httpStatusCode: 400 } });
  });
});

describe("a schedule and a group of a template are described as AWS did", () => {
  it("test_schedule_and_group", async () => {
    const { outputs } = await deployTemplates(aws, await mkdtemp(join(aws.directory, "template-")), {
      Recorded: recordedStack.template,
    });
    const { ScheduleName: Name, ScheduleGroupName: GroupName } = outputs;
    const { $metadata: _, ...schedule } = await scheduler.send(new GetScheduleCommand({ Name, GroupName }));
    const { $metadata: __, ...group } = await scheduler.send(new GetScheduleGroupCommand({ Name: GroupName }));
    const names = { schedule: Name ?? "", group: GroupName ?? "" };
    expect({ schedule, group }).toEqual(recordedStack.described(names, schedule.Target?.Arn, schedule.Target?.RoleArn));
  });
});
