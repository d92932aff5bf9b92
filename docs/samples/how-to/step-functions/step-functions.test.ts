import { simulateMany } from "@longhaul/core/testing";
import { App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { describe, expect, it, vi } from "vitest";
import { handler } from "./handler.ts";
import { ImportStack } from "./stack.ts";

const imported = new Set<number>();
vi.mock("./rows.ts", () => ({
  async importRow(row: number) {
    imported.add(row);
  },
}));

describe("a run that a state machine carries", () => {
  it("does its work over several hops, whatever goes wrong", async () => {
    // #region simulation
    const { outcomes, hops } = await simulateMany({
      seeds: 20,
      trigger: "caller", // a state machine that invokes again
      event: { rows: 30 },
      handler: () => handler,
    });
    // #endregion simulation
    expect(outcomes.done).toBe(20);
    expect(hops).toBeGreaterThan(2 * 20);
    expect([...imported].sort((one, other) => one - other)).toEqual(Array.from({ length: 30 }, (_, row) => row));
  });

  it("has a state machine of its name", () => {
    const template = Template.fromStack(new ImportStack(new App(), "Import"));
    template.hasResourceProperties("AWS::StepFunctions::StateMachine", { StateMachineName: "imports" });
  });
});
