import { describe, expect, it } from "vitest";
import { createManualClock } from "../../test/manual-clock.ts";
import { createEventBus, type EventRule } from "./event-bus.ts";

const target = "arn:aws:sqs:us-east-1:000000000000:q";

function setUp(options: { scheduleScale?: number; refuse?: (arn: string) => boolean } = {}) {
  const clock = createManualClock(Date.parse("2026-11-21T00:00:00Z"));
  const sent: { arn: string; payload: unknown; from: string }[] = [];
  const problems: string[] = [];
  const bus = createEventBus({
    region: "us-east-1",
    accountId: "000000000000",
    clock,
    newId: () => "id",
    ...(options.scheduleScale !== undefined && { scheduleScale: options.scheduleScale }),
    async deliver({ arn }, payload, origin) {
      if (options.refuse?.(arn)) throw new Error("refused");
      sent.push({ arn, payload: JSON.parse(payload), from: origin.servicePrincipal });
    },
    onDeliveryError: (_, arn) => problems.push(arn),
  });
  const rule = (more: Partial<EventRule>) =>
    bus.putRule({ arn: "arn:rule", isEnabled: true, targets: [{ arn: target }], ...more });
  return { bus, clock, sent, problems, rule };
}

describe("a rule", () => {
  it("sends the events it matches to its targets, and no others", async () => {
    const { bus, rule, sent } = setUp();
    rule({ pattern: { source: ["aws.s3"] } });
    await bus.publish('{"source":"aws.s3"}');
    await bus.publish('{"source":"aws.ec2"}');
    expect(sent).toEqual([{ arn: target, payload: { source: "aws.s3" }, from: "events.amazonaws.com" }]);
  });

  it("sends its constant input instead, if it has one", async () => {
    const { bus, rule, sent } = setUp();
    rule({ pattern: { source: ["aws.s3"] }, targets: [{ arn: target, input: '{"sweep":true}' }] });
    await bus.publish('{"source":"aws.s3"}');
    expect(sent[0]?.payload).toEqual({ sweep: true });
  });

  it("does nothing while disabled", async () => {
    const { bus, clock, rule, sent } = setUp();
    rule({ pattern: { source: ["aws.s3"] }, schedule: "rate(1 minute)", isEnabled: false });
    await bus.publish('{"source":"aws.s3"}');
    clock.advance(600_000);
    expect(sent).toEqual([]);
  });

  it("sends what cannot be delivered to the target's dead-letter queue, and tells", async () => {
    const { bus, rule, sent, problems } = setUp({ refuse: (arn) => arn === target });
    rule({ pattern: { source: ["aws.s3"] }, targets: [{ arn: target, deadLetterArn: "arn:dead" }] });
    await bus.publish('{"source":"aws.s3"}');
    expect(problems).toEqual([target]);
    expect(sent.map(({ arn }) => arn)).toEqual(["arn:dead"]);
  });
});

describe("a schedule", () => {
  it("falls due at its rate", () => {
    const { clock, rule, sent } = setUp();
    rule({ schedule: "rate(1 minute)" });
    clock.advance(59_999);
    expect(sent).toHaveLength(0);
    clock.advance(120_001);
    expect(sent.map(({ payload }) => (payload as { time: string }).time)).toEqual([
      "2026-11-21T00:01:00Z",
      "2026-11-21T00:02:00Z",
      "2026-11-21T00:03:00Z",
    ]);
  });

  it("runs faster by the scale, and shows the time it stands for", () => {
    const { clock, rule, sent } = setUp({ scheduleScale: 60 });
    rule({ schedule: "cron(0 * * * ? *)" });
    clock.advance(120_000);
    expect(sent.map(({ payload }) => (payload as { time: string }).time)).toEqual([
      "2026-11-21T01:00:00Z",
      "2026-11-21T02:00:00Z",
    ]);
  });

  it("is sent now on demand, as if it were due; a rule without one sends nothing", async () => {
    const { bus, clock, rule, sent } = setUp();
    rule({ schedule: "rate(1 hour)" });
    clock.advance(60_000);
    await bus.trigger("arn:rule");
    expect(sent).toMatchObject([{ payload: { time: "2026-11-21T00:01:00Z", "detail-type": "Scheduled Event" } }]);
    rule({ pattern: { source: ["x"] } });
    await bus.trigger("arn:rule");
    await bus.trigger("arn:none");
    expect(sent).toHaveLength(1);
  });

  it("ends when its rule is removed", () => {
    const { bus, clock, rule, sent } = setUp();
    rule({ schedule: "rate(1 minute)" });
    bus.removeRule("arn:rule");
    clock.advance(600_000);
    expect(sent).toEqual([]);
    expect(bus.rules()).toEqual([]);
  });

  it("replaces the one of the same rule, and ends when the bus stops", () => {
    const { bus, clock, rule, sent } = setUp();
    rule({ schedule: "rate(1 minute)" });
    rule({ schedule: "rate(1 hour)" });
    clock.advance(3_600_000);
    expect(sent).toHaveLength(1);
    bus.stop();
    clock.advance(7_200_000);
    expect(sent).toHaveLength(1);
  });
});
