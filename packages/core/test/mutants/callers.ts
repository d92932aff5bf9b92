import type { Mutant } from "../../../../mutants/src/mutant.ts";

/** Runs that a caller carries: a state machine, or a durable execution. */
export const callers: readonly Mutant[] = [
  {
    id: "older-event-leads-nowhere",
    promise: "A caller with an older event is led to where its run is.",
    file: "src/invocation/enter.ts",
    from: '(refusal === "handed-off" || refusal === "older")',
    to: 'refusal === "handed-off"',
    testFile: "src/invocation.test.ts",
    test: "by a caller that asks with an older event, too",
  },
  {
    id: "no-room-around-the-event",
    promise: "A caller's event leaves room for the outcome around it.",
    file: "src/recursion/driver.ts",
    from: "262_144 - 16_384",
    to: "262_144",
    testFile: "src/recursion/driver.test.ts",
    test: "a caller's driver sends nothing and says so",
  },
  {
    id: "client-names-no-cause",
    promise: "A run that a state machine begins is named for the execution, whichever try begins it.",
    file: "src/recursion/run-id.ts",
    from: "causeId = causeByClient(context.clientContext)",
    to: "causeId",
    testFile: "src/recursion/run-id.test.ts",
    test: "by the cause that a client names beside the event",
  },
  {
    id: "durable-run-by-request",
    promise: "A run in a durable execution is named for it, whichever invocation begins it.",
    file: "src/recursion/durable-run.ts",
    from: "executionContext.durableExecutionArn",
    to: "lambdaContext.awsRequestId",
    testFile: "src/recursion/durable-run.test.ts",
    test: "is named for the execution, whichever invocation begins it",
  },
  {
    id: "durable-run-does-not-wait",
    promise: "In a durable execution each hop has an invocation of its own.",
    file: "src/recursion/durable-run.ts",
    from: "{ seconds: waitSeconds }",
    to: "{ seconds: 0 * waitSeconds }",
    testFile: "src/durable.test.ts",
    test: "yields by a wait while time is left",
  },
  {
    id: "durable-sleeper-wakes-early",
    promise: "A run that sleeps in a durable execution is not woken before its time.",
    file: "src/recursion/durable-run.ts",
    from: "Math.ceil((Date.parse(outcome.wakeAt) - nowMs) / 1_000)",
    to: "Math.floor((Date.parse(outcome.wakeAt) - nowMs) / 1_000)",
    testFile: "src/recursion/durable-run.test.ts",
    test: "sleeps by a wait, rounded up to whole seconds",
  },
];
