import { expect } from "vitest";

/** A schedule's expression, and whether AWS took it. */
export interface RecordedExpression {
  /** The recording: a test of LocalStack's `tests/aws/services/scheduler`, recorded on AWS in 2025 and 2026. */
  readonly recording: string;
  readonly expression: string;
  readonly isTaken: boolean;
}

const rows = (recording: string, isTaken: boolean, expressions: readonly string[]): readonly RecordedExpression[] =>
  expressions.map((expression) => ({ recording: `${recording}[${expression}]`, expression, isTaken }));

/** Expressions of schedules, row by row. */
export const recordedExpressions: readonly RecordedExpression[] = [
  ...rows("tests_create_schedule_with_invalid_schedule_expression", false, [
    ...["cron(0 1 * * * *)", "cron(7 20 * * NOT *)", "cron(INVALID)", "cron(0 dummy ? * MON-FRI *)"],
    ...["cron(71 8 1 * ? *)", "cron()", "rate(10 seconds)", "rate(10 years)", "rate()", "rate(10)"],
    ...["rate(10 minutess)", "rate(foo minutes)", "rate(-10 minutes)", "rate( 10 minutes )", " rate(10 minutes)"],
    ...["at(2021-12-31T23:59:59Z)", "at(2021-12-31)"],
  ]),
  ...rows("test_create_schedule_with_valid_cron_expressions", true, [
    ...["cron(0-15/1 8-8 ? * 2,3,4,5,6,7 *)", "cron(30-30 13-13 ? * 2,4,6 *)", "cron(1-31/30 1-1 ? * 1,7 *)"],
    ...["cron(0 18 ? * MON-FRI *)", "cron(*/15 * * * ? *)", "cron(0-59/10 0-23/2 ? * * *)"],
  ]),
  // A moment that was over.
  ...rows("tests_create_schedule_with_valid_schedule_expression", true, ["at(2022-12-31T23:59:59)"]),
];

/** A template of LocalStack's `tests/aws/services/cloudformation`, and what AWS said of its resources in 2023. */
export const recordedStack = {
  template: {
    Resources: {
      MyQueue: { Type: "AWS::SQS::Queue" },
      ScheduleRole: {
        Type: "AWS::IAM::Role",
        Properties: {
          AssumeRolePolicyDocument: {
            Version: "2012-10-17",
            Statement: [
              { Effect: "Allow", Principal: { Service: ["scheduler.amazonaws.com"] }, Action: ["sts:AssumeRole"] },
            ],
          },
        },
      },
      MySchedule: {
        Type: "AWS::Scheduler::Schedule",
        Properties: {
          GroupName: { Ref: "MyScheduleGroup" },
          FlexibleTimeWindow: { MaximumWindowInMinutes: 60, Mode: "FLEXIBLE" },
          Target: { Arn: { "Fn::GetAtt": ["MyQueue", "Arn"] }, RoleArn: { "Fn::GetAtt": ["ScheduleRole", "Arn"] } },
          ScheduleExpression: "cron(0 0 * * ? *)",
        },
      },
      MyScheduleGroup: { Type: "AWS::Scheduler::ScheduleGroup" },
    },
    Outputs: {
      ScheduleName: { Value: { Ref: "MySchedule" } },
      ScheduleGroupName: { Value: { Ref: "MyScheduleGroup" } },
    },
  },
  described(names: { schedule: string; group: string }, Arn: string | undefined, RoleArn: string | undefined) {
    const place = "arn:aws:scheduler:us-east-1:000000000000";
    const times = { CreationDate: expect.any(Date) as Date, LastModificationDate: expect.any(Date) as Date };
    return {
      schedule: {
        ...times,
        ActionAfterCompletion: "NONE",
        Arn: `${place}:schedule/${names.group}/${names.schedule}`,
        FlexibleTimeWindow: { MaximumWindowInMinutes: 60, Mode: "FLEXIBLE" },
        GroupName: names.group,
        Name: names.schedule,
        ScheduleExpression: "cron(0 0 * * ? *)",
        ScheduleExpressionTimezone: "UTC",
        State: "ENABLED",
        Target: { Arn, RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 }, RoleArn },
      },
      group: { ...times, Arn: `${place}:schedule-group/${names.group}`, Name: names.group, State: "ACTIVE" },
    };
  },
};
