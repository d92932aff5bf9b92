import { Duration } from "aws-cdk-lib";
import { Match } from "aws-cdk-lib/assertions";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { LogLevel } from "aws-cdk-lib/aws-stepfunctions";
import { describe, expect, it } from "vitest";
import { permissionsOf } from "../test/policies.ts";
import { emptyStack, handlerFile as entry, templateOf } from "../test/synthesize.ts";
import { ContinueAsNew, type ContinueAsNewProps } from "./continue-as-new.ts";
import { RecursiveFunction } from "./recursive-function.ts";

const withProps = (props: Partial<ContinueAsNewProps> = {}) =>
  templateOf((stack) => {
    const worker = new RecursiveFunction(stack, "Worker", {
      entry,
      mayInvokeItself: false,
      timeout: Duration.seconds(90),
    });
    new ContinueAsNew(stack, "Runs", { worker, ...props });
  });

/** The definition as it is in the template. */
function definitionOf(template: ReturnType<typeof withProps>) {
  const [machine] = Object.values(template.findResources("AWS::StepFunctions::StateMachine"));
  return JSON.parse(machine?.Properties.DefinitionString["Fn::Sub"][0]);
}

describe("a ContinueAsNew", () => {
  it("may invoke the function and begin an execution of itself, and nothing else", () => {
    expect(permissionsOf(withProps(), "RunsRole")).toEqual([
      expect.stringMatching(/^lambda:InvokeFunction on WorkerFunction\w+\.Arn$/),
      expect.stringMatching(/^states:StartExecution on \$\{RunsStateMachine\w+\}$/),
    ]);
  });

  it("waits for an answer a minute longer than the function may take", () => {
    expect(definitionOf(withProps()).States.Hop.TimeoutSeconds).toBe(150);
  });

  it("has its definition as one text, in which CloudFormation sets the function", () => {
    withProps().hasResourceProperties("AWS::StepFunctions::StateMachine", {
      DefinitionString: {
        "Fn::Sub": [
          Match.anyValue(),
          { FunctionArn: { "Fn::GetAtt": [Match.stringLikeRegexp("^WorkerFunction"), "Arn"] } },
        ],
      },
    });
  });

  it("begins another execution before its history is full, although every hop is tried as often as it can be", () => {
    const { States } = definitionOf(withProps());
    const tries = States.Hop.Retry.reduce(
      (sum: number, { MaxAttempts }: { MaxAttempts: number }) => sum + MaxAttempts,
      0,
    );
    // A task has five events, each further try three, a state two: Outcome, Sleep, Room, NextHop.
    const perHop = 5 + 3 * tries + 2 * 4;
    const [, { And }] = States.Room.Choices;
    const hops = And[1].NumericGreaterThanEquals + 1;
    expect(hops).toBe(500);
    expect(hops * perHop).toBeLessThan(25_000 - 3_000);
  });

  it("refuses a number of hops that a history has no room for", () => {
    for (const hopsPerExecution of [0, 1.5, 501, Number.NaN]) {
      const stack = emptyStack();
      const worker = new RecursiveFunction(stack, "Worker", { entry });
      expect(() => new ContinueAsNew(stack, "Runs", { worker, hopsPerExecution })).toThrow(
        expect.objectContaining({ code: "INVALID_PROP", prop: "hopsPerExecution" }),
      );
    }
  });

  it("logs and traces where it is told to", () => {
    const template = templateOf((stack) => {
      const worker = new RecursiveFunction(stack, "Worker", { entry });
      const logs = { destination: new LogGroup(stack, "Executions"), level: LogLevel.ALL };
      new ContinueAsNew(stack, "Runs", { worker, logs, tracingEnabled: true, stateMachineName: "imports" });
    });
    template.hasResourceProperties("AWS::StepFunctions::StateMachine", {
      StateMachineName: "imports",
      LoggingConfiguration: Match.objectLike({ Level: "ALL" }),
      TracingConfiguration: { Enabled: true },
    });
  });
});
