import { simulate } from "@longhaul/core/testing";
import { App } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { beforeAll, describe, expect, it, vi } from "vitest";

const reminded: string[] = [];
vi.mock("./invoices.ts", () => ({ remind: async (invoice: string) => void reminded.push(invoice) }));
beforeAll(() => vi.stubEnv("LONGHAUL_RUN_TABLE", "runs"));

describe("a run that is to wake on time", () => {
  it("reminds once its time has come", async () => {
    const { handler } = await import("./on-time.ts");
    const { outcome, trace } = await simulate({
      seed: 1,
      event: { invoice: "2026-11/7", dueAt: "2026-01-01T06:00:00Z" }, // virtual time begins at that midnight
      handler: () => handler,
      sweeper: { everyMs: 60_000 },
      limitMs: 86_400_000,
    });
    expect(outcome).toBe("done");
    expect(reminded).toEqual(["2026-11/7"]);
    const began = trace.flatMap((event) => (event.type === "works-on" ? [event.at] : []));
    expect(began.at(-1)).toBeGreaterThanOrEqual(6 * 3_600_000);
  });

  it("has a group of schedules, and a role for them", async () => {
    const { RemindersStack } = await import("./on-time-stack.ts");
    const template = Template.fromStack(new RemindersStack(new App(), "Reminders"));
    template.resourceCountIs("AWS::Scheduler::ScheduleGroup", 1);
    template.hasResourceProperties("AWS::Lambda::Function", {
      Environment: {
        Variables: Match.objectLike({ LONGHAUL_WAKE_ROLE: Match.anyValue(), LONGHAUL_WAKE_GROUP: Match.anyValue() }),
      },
    });
  });
});
