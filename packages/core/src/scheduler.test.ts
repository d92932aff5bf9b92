import { ConflictException, type CreateScheduleCommandInput, type SchedulerClient } from "@aws-sdk/client-scheduler";
import { afterEach, describe, expect, it, vi } from "vitest";
import { workingRun } from "../test/working-run.ts";
import { callerDriver } from "./index.ts";
import type { HandOffMessage } from "./parts.ts";
import { schedulerDriver } from "./scheduler.ts";
import { sleepFor } from "./sleep.ts";

const DAY_MS = 86_400_000;
const NOW_MS = Date.parse("2026-12-01T08:00:00.000Z");
const TARGET = "arn:aws-cn:lambda:cn-north-1:123456789012:function:f:live";
const ROLE = "arn:aws-cn:iam::123456789012:role/wake";
const message = (more: Partial<HandOffMessage> = {}): HandOffMessage => ({
  ...{ run: "f/s3:bucket/key with spaces/ü", hop: 3, event: {}, payload: '{"n":1}', target: TARGET },
  ...more,
});

/** A driver whose schedules are kept, with what is there in AWS by their names. */
function setUp(
  { roleArn, groupName }: { roleArn?: string | undefined; groupName?: string } = { roleArn: ROLE },
  through: object = {},
  error?: Error,
) {
  const made: CreateScheduleCommandInput[] = [];
  const send = async ({ input }: { readonly input: CreateScheduleCommandInput }) => {
    if (error) throw error;
    if (made.some(({ Name }) => Name === input.Name))
      throw new ConflictException({ message: "", Message: "", $metadata: {} });
    made.push(input);
  };
  const inner = { name: "inner", maxBytes: 1e6, send: async () => {}, ...through };
  const client = { send } as unknown as SchedulerClient;
  return {
    made,
    driver: schedulerDriver(inner, {
      client,
      ...(roleArn !== undefined && { roleArn }),
      ...(groupName !== undefined && { groupName }),
    }),
  };
}
const wake = ({ driver }: ReturnType<typeof setUp>, ms = DAY_MS, more: Partial<HandOffMessage> = {}) =>
  driver.sendAt?.(message(more), NOW_MS + ms, NOW_MS);

afterEach(() => vi.unstubAllEnvs());

describe("a sleeper that EventBridge Scheduler wakes", () => {
  it("has a one-off schedule for its function, as it was invoked, which is deleted afterwards", async () => {
    const scheduled = setUp({ roleArn: ROLE, groupName: "wakes" });
    expect(await wake(scheduled)).toBe(true);
    expect(scheduled.made).toEqual([
      {
        ...{ Name: expect.stringMatching(/^[0-9a-f]{64}$/), GroupName: "wakes", ActionAfterCompletion: "DELETE" },
        Description: "Wakes hop 3 of f/s3:bucket/key with spaces/ü",
        ScheduleExpression: "at(2026-12-02T08:00:01)",
        FlexibleTimeWindow: { Mode: "OFF" },
        Target: { Arn: TARGET, RoleArn: ROLE, Input: '{"n":1}' },
      },
    ]);
  });

  it.each([
    ["a second after a whole second", DAY_MS, "2026-12-02T08:00:01"],
    ["at the next whole second after that", DAY_MS + 1, "2026-12-02T08:00:02"],
    ["some seconds ahead, if its time is nearer", 10, "2026-12-01T08:00:05"],
    ["years ahead", 3_650 * DAY_MS, "2036-11-28T08:00:01"],
  ])("falls due %s", async (_, ms, moment) => {
    const scheduled = setUp();
    await wake(scheduled, ms);
    expect(scheduled.made[0]?.ScheduleExpression).toBe(`at(${moment})`);
  });

  it("has one schedule, however often it is made; another sleep has another", async () => {
    const scheduled = setUp();
    for (const _ of [1, 2]) expect(await wake(scheduled)).toBe(true);
    expect(scheduled.made).toHaveLength(1);
    await wake(scheduled, DAY_MS, { hop: 4 });
    await wake(scheduled, DAY_MS, { run: "another" });
    await wake(scheduled, 2 * DAY_MS);
    expect(new Set(scheduled.made.map(({ Name }) => Name)).size).toBe(4);
  });

  it("is woken through the queue, if that is its channel", async () => {
    const queueUrl = "https://sqs.cn-north-1.amazonaws.com.cn/123456789012/hops";
    const scheduled = setUp(undefined, { queueUrl });
    await wake(scheduled);
    expect(scheduled.made[0]?.Target?.Arn).toBe("arn:aws-cn:sqs:cn-north-1:123456789012:hops");
  });

  it("is left to its channel, where that can send later", async () => {
    const scheduled = setUp(undefined, {
      sendAt: async (_: unknown, atMs: number, nowMs: number) => atMs - nowMs <= 900_000,
    });
    expect(await wake(scheduled, 900_000)).toBe(true);
    expect(scheduled.made).toEqual([]);
    expect(await wake(scheduled, 900_001)).toBe(true);
    expect(scheduled.made).toHaveLength(1);
  });

  it("gets its event as it is, whatever looks like an attribute of a schedule", async () => {
    const scheduled = setUp();
    const event = { text: "<aws.scheduler.scheduled-time> <b>" };
    await wake(scheduled, DAY_MS, { payload: JSON.stringify(event) });
    const input = scheduled.made[0]?.Target?.Input ?? "";
    expect(input).not.toContain("<aws.scheduler");
    expect(JSON.parse(input)).toEqual(event);
  });

  it.each<[string, { roleArn: string | undefined }, Partial<HandOffMessage>]>([
    ["there is no role", { roleArn: undefined }, {}],
    ["its event is too large", { roleArn: ROLE }, { payload: JSON.stringify("x".repeat(262_143)) }],
    ["it is a tenant's, which no schedule can name", { roleArn: ROLE }, { tenantId: "blue" }],
  ])("is left to the sweeper if %s", async (_, options, more) => {
    const scheduled = setUp(options);
    expect(await wake(scheduled, DAY_MS, more)).toBe(false);
    expect(scheduled.made).toEqual([]);
  });

  it("takes role and group from the environment, which RecursiveFunction sets", async () => {
    vi.stubEnv("LONGHAUL_WAKE_ROLE", "arn:role");
    vi.stubEnv("LONGHAUL_WAKE_GROUP", "group");
    const scheduled = setUp({ roleArn: undefined });
    await wake(scheduled);
    expect(scheduled.made[0]).toMatchObject({ GroupName: "group", Target: { RoleArn: "arn:role" } });
  });

  it("is not for a caller that waits", () => {
    expect(() => schedulerDriver(callerDriver())).toThrow(expect.objectContaining({ code: "CONFIG" }));
  });
});

describe("a run whose schedule cannot be made", () => {
  it("sleeps all the same, observers are told, and a sweep wakes it", async () => {
    const denied = Object.assign(new Error("not authorized to perform scheduler:CreateSchedule"), {
      ...{ name: "AccessDeniedException", $metadata: { httpStatusCode: 403 } },
    });
    const { driver } = setUp(undefined, {}, denied);
    const { invoke, events, store } = workingRun({
      driver,
      async *run(position) {
        yield sleepFor(DAY_MS, position + 1);
        return "woken";
      },
    });
    expect(await invoke({ upTo: 1 })).toMatchObject({ status: "sleeping" });
    expect(events).toContainEqual(
      expect.objectContaining({ type: "error", message: expect.stringContaining("scheduler:CreateSchedule") }),
    );
    const { wakeAtMs, ...record } = (await store.get("run-1")) ?? {};
    expect(record).toMatchObject({ phase: "sleeping", dueAtMs: wakeAtMs });
  });
});
