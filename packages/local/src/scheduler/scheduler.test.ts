import { describe, expect, it } from "vitest";
import { createManualClock } from "../../test/manual-clock.ts";
import type { PolicyStatement } from "../cloudformation/roles.ts";
import { DEFAULT_RETRY_POLICY, type ScheduleDefinition, type ScheduleTarget } from "./schedule-definition.ts";
import { createScheduler } from "./scheduler.ts";

const QUEUE = "arn:aws:sqs:us-east-1:000000000000:q";
const ROLE = "arn:aws:iam::000000000000:role/r";
const ARN = "arn:aws:scheduler:us-east-1:000000000000:schedule/default/s";

function setUp(options: { scheduleScale?: number; refuse?: (arn: string) => boolean; trusts?: string } = {}) {
  const clock = createManualClock(Date.parse("2026-11-21T00:00:00Z"));
  const sent: { arn: string; payload: unknown; from: string; by: string | undefined }[] = [];
  const problems: string[] = [];
  const trust: PolicyStatement = {
    ...{ sid: undefined, effect: "Allow", actions: ["sts:AssumeRole"], notActions: [], resources: [] },
    ...{
      notResources: [],
      condition: undefined,
      principal: { Service: [options.trusts ?? "scheduler.amazonaws.com"] },
    },
  };
  const scheduler = createScheduler({
    ...{ region: "us-east-1", accountId: "000000000000", clock, newId: () => "id" },
    ...(options.scheduleScale !== undefined && { scheduleScale: options.scheduleScale }),
    roles: { get: (arn) => ({ name: "r", arn, trust: [trust], statements: [], managedPolicyArns: [] }) },
    async deliver({ arn }, payload, { servicePrincipal, roleArn }) {
      if (options.refuse?.(arn)) throw new Error("refused");
      sent.push({ arn, payload: JSON.parse(payload), from: servicePrincipal, by: roleArn });
    },
    onDeliveryError: (_, arn) => problems.push(arn),
  });
  const put = (expression: string, more: Partial<ScheduleDefinition> = {}, target: Partial<ScheduleTarget> = {}) =>
    scheduler.putSchedule({
      ...{ group: "default", name: "s", expression, timeZone: "UTC", isEnabled: true, isDeletedAfterwards: false },
      target: {
        arn: QUEUE,
        roleArn: ROLE,
        input: '{"at":"<aws.scheduler.scheduled-time>"}',
        ...target,
        retryPolicy: DEFAULT_RETRY_POLICY,
      },
      ...more,
    });
  const times = () => sent.map(({ payload }) => (payload as { at: string }).at);
  /** Lets what was delivered at once be seen. */
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
  return { scheduler, clock, sent, problems, put, times, settled };
}

describe("a schedule of EventBridge Scheduler", () => {
  it("sends its input with its role, the context attributes filled in", () => {
    const { clock, put, sent } = setUp();
    put(
      "rate(5 minute)",
      {},
      {
        input: '{"at":"<aws.scheduler.scheduled-time>","by":"<aws.scheduler.schedule-arn>","x":"<aws.scheduler.x>"}',
      },
    );
    clock.advance(300_000);
    expect(sent).toEqual([
      {
        arn: QUEUE,
        payload: { at: "2026-11-21T00:05:00Z", by: ARN, x: "<aws.scheduler.x>" },
        from: "scheduler.amazonaws.com",
        by: ROLE,
      },
    ]);
  });

  it("sends its own event where it has no input", () => {
    const { clock, scheduler, sent } = setUp();
    scheduler.putSchedule({
      ...{ group: "default", name: "s", expression: "rate(1 hour)", timeZone: "UTC", isEnabled: true },
      isDeletedAfterwards: false,
      target: { arn: QUEUE, roleArn: ROLE, retryPolicy: DEFAULT_RETRY_POLICY },
    });
    clock.advance(3_600_000);
    expect(sent[0]?.payload).toMatchObject({ source: "aws.scheduler", detail: "{}", resources: [ARN] });
  });

  it("puts an event on an event bus, whose detail is its input", () => {
    const { clock, put, sent } = setUp();
    const arn = "arn:aws:events:us-east-1:000000000000:event-bus/default";
    put("rate(1 hour)", {}, { arn, input: '{"a":1}', busEvent: { detailType: "woken", source: "me" } });
    clock.advance(3_600_000);
    expect(sent[0]?.payload).toMatchObject({ source: "me", "detail-type": "woken", detail: { a: 1 } });
  });

  it("falls due once at a moment of its time zone, a day ahead in scaled time", () => {
    const { clock, put, times } = setUp({ scheduleScale: 1440 });
    put("at(2026-11-22T01:00:00)", { timeZone: "Europe/Paris" });
    clock.advance(59_999);
    expect(times()).toEqual([]);
    clock.advance(600_000);
    expect(times()).toEqual(["2026-11-22T00:00:00Z"]);
  });

  it("falls due from its start to its end", () => {
    const { clock, put, times } = setUp();
    put("rate(1 hour)", { startMs: clock.nowMs() + 1_800_000, endMs: clock.nowMs() + 3 * 3_600_000 });
    clock.advance(86_400_000);
    expect(times()).toEqual(["2026-11-21T00:30:00Z", "2026-11-21T01:30:00Z", "2026-11-21T02:30:00Z"]);
  });

  it("does nothing while it is disabled, and what was replaced does nothing any more", () => {
    const { clock, put, times } = setUp();
    put("rate(1 hour)");
    put("rate(1 hour)", { isEnabled: false });
    clock.advance(7_200_000);
    expect(times()).toEqual([]);
  });

  it("is deleted after it fell due for the last time if it says so, and else stays", async () => {
    const { clock, put, scheduler, settled, times } = setUp();
    put("at(2026-11-21T01:00:00)", { isDeletedAfterwards: true });
    put("at(2026-11-21T01:00:00)", { name: "stays" });
    put("at(2026-11-21T01:00:00)", { name: "disabled", isDeletedAfterwards: true, isEnabled: false });
    clock.advance(3_600_000);
    await settled();
    expect(times()).toHaveLength(2);
    expect(scheduler.schedules().map(({ definition }) => definition.name)).toEqual(["stays", "disabled"]);
  });

  it("sends what cannot be delivered to its dead-letter queue, and that is told", async () => {
    const { clock, put, problems, sent, settled } = setUp({ refuse: (arn) => arn === QUEUE });
    const dead = "arn:aws:sqs:us-east-1:000000000000:dead";
    put("rate(1 hour)", {}, { deadLetterArn: dead });
    clock.advance(3_600_000);
    await settled();
    expect(problems).toEqual([QUEUE]);
    expect(sent.map(({ arn }) => arn)).toEqual([dead]);
  });

  it("is sent now on demand, and ends with its group or with the service", async () => {
    const { clock, put, scheduler, times } = setUp();
    scheduler.addGroup("g");
    put("rate(1 hour)", { group: "g" });
    await scheduler.trigger("arn:aws:scheduler:us-east-1:000000000000:schedule/g/s");
    await scheduler.trigger("arn:none");
    scheduler.removeGroup("g");
    put("rate(1 hour)");
    scheduler.stop();
    clock.advance(86_400_000);
    expect(times()).toEqual(["2026-11-21T00:00:00Z"]);
    expect(scheduler.schedules()).toHaveLength(1);
  });
});

describe("a schedule is refused", () => {
  it.each<[string, string, Partial<ScheduleDefinition>, Partial<ScheduleTarget>]>([
    ["Invalid Schedule Expression at(2026-12-31).", "at(2026-12-31)", {}, {}],
    ["Invalid Schedule Expression rate(10 seconds).", "rate(10 seconds)", {}, {}],
    ["Invalid Schedule Expression Timezone Mars/Olympus.", "rate(1 day)", { timeZone: "Mars/Olympus" }, {}],
    ["Member must satisfy regular expression pattern", "rate(1 day)", { name: "two words" }, {}],
    ["Member must have length less than or equal to 64", "rate(1 day)", { name: "x".repeat(65) }, {}],
    ["Schedule group nobody does not exist.", "rate(1 day)", { group: "nobody" }, {}],
    ["The EndDate you specify must come after the StartDate.", "rate(1 day)", { startMs: 2, endMs: 1 }, {}],
    ["Member must have value less than or equal to 1440", "rate(1 day)", { windowMinutes: 1_441 }, {}],
    ["Member must have length less than or equal to 512", "rate(1 day)", { description: "x".repeat(513) }, {}],
    ["delivers to functions", "rate(1 day)", {}, { arn: "arn:aws:scheduler:::aws-sdk:sqs:sendMessage" }],
    ["EventBridgeParameters can be", "rate(1 day)", {}, { busEvent: { detailType: "a", source: "b" } }],
    ["EventBridgeParameters must be", "rate(1 day)", {}, { arn: "arn:aws:events:us-east-1:000000000000:event-bus/b" }],
    ["must be well-formed JSON", "rate(1 day)", {}, { arn: "arn:aws:lambda:us-east-1:0:function:f", input: "a" }],
    ["is no standard queue", "rate(1 day)", {}, { deadLetterArn: `${QUEUE}.fifo` }],
  ])("%s", (message, expression, more, target) => {
    const { put, scheduler } = setUp();
    expect(() => put(expression, more, target)).toThrow(message);
    expect(scheduler.schedules()).toEqual([]);
  });

  it("whose role does not let EventBridge Scheduler assume it", () => {
    const { put } = setUp({ trusts: "lambda.amazonaws.com" });
    expect(() => put("rate(1 day)")).toThrow("must allow AWS EventBridge Scheduler to assume the role");
  });
});
