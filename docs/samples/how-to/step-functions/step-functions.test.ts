import { App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { describe, expect, it, vi } from "vitest";
import { handler } from "./handler.ts";
import { ImportStack } from "./stack.ts";

const imported: number[] = [];
let leftMs = 0;
vi.mock("./rows.ts", () => ({
  async importRow(row: number) {
    leftMs -= 1_000;
    imported.push(row);
  },
}));

describe("a run that a state machine carries", () => {
  it("does its work over several hops", async () => {
    // #region loop
    const context = {
      ...{ awsRequestId: "1", functionVersion: "$LATEST", memoryLimitInMB: 1_024 },
      invokedFunctionArn: "arn:aws:lambda:eu-central-1:000000000000:function:import",
      getRemainingTimeInMillis: () => leftMs, // importRow takes a second of it
    };
    let event: object = { rows: 30 };
    for (;;) {
      leftMs = 10_000;
      const outcome = await handler(event as { rows: number }, context);
      if (outcome.status === "done") break;
      if (outcome.status !== "continued" || !outcome.continuation) throw new Error(outcome.message);
      event = outcome.continuation;
    }
    // #endregion loop
    expect(imported).toEqual(Array.from({ length: 30 }, (_, row) => row));
    expect(event).toMatchObject({ longhaul: { hop: expect.any(Number) } });
  });

  it("has a state machine of its name", () => {
    const template = Template.fromStack(new ImportStack(new App(), "Import"));
    template.hasResourceProperties("AWS::StepFunctions::StateMachine", { StateMachineName: "imports" });
  });
});
