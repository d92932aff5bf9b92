import type { Mutant } from "../../../mutants/src/mutant.ts";
import { embeddedAwsMutants } from "./mutants-embedded-aws.ts";
import { modelMutants } from "./mutants-models.ts";
import { runStoreMutants } from "./mutants-run-store.ts";
import { schedulerMutants } from "./mutants-scheduler.ts";
import { templateMutants } from "./mutants-templates.ts";

/** The output of a function is never lost. */
export const mutants: readonly Mutant[] = [
  ...embeddedAwsMutants,
  ...modelMutants,
  ...runStoreMutants,
  ...schedulerMutants,
  ...templateMutants,
  {
    id: "covered-statement-needed",
    promise: "A statement is spare if others allow all that was made of it.",
    file: "src/testing/permission-record.ts",
    from: "isCovered: before.isCovered && isCovered,",
    to: "isCovered: false,",
    testFile: "src/testing/permission-record.test.ts",
    test: "that others allow all of it, too",
  },
  {
    id: "own-calls-forgotten",
    promise: "A statement that Lambda itself needs is not spare, and is missing where it is not there.",
    file: "src/testing/permission-record.ts",
    from: "if (roleArn !== role.arn ||",
    to: "if (roleArn !== undefined ||",
    testFile: "src/testing/permission-record.test.ts",
    test: "is missing where no statement allows it",
  },
  {
    id: "output-left-in-memory",
    promise: "Output that the pipe does not take at once is written before the function goes on.",
    file: "src/lambda/runtime-client.ts",
    from: "Atomics.wait(pause, 0, 0, 1);",
    to: "return;",
    testFile: "test/function-output.test.ts",
    test: "also when a child process that shares the output",
  },
  {
    id: "streams-of-node",
    promise: "What a function writes to its streams is with the reader when the call returns.",
    file: "src/lambda/runtime-client.ts",
    from: 'for (const [name, fd] of [["stdout", 1], ["stderr", 2]]) {',
    to: "for (const [name, fd] of []) {",
    testFile: "test/function-output.test.ts",
    test: "process.stdout, 50,000 lines",
  },
  {
    id: "records-glued-to-text",
    promise: "A record of console begins a line of its own.",
    file: "src/lambda/runtime-client.ts",
    from: '(isLineOpen ? "\\n" : "")',
    to: '""',
    testFile: "test/function-output.test.ts",
    test: "a record of console begins a line",
  },
  {
    id: "any-object-is-an-event",
    promise: "A line that only looks like an event of a run is a line like any other.",
    file: "src/testing/run-event.ts",
    from: "return isName(event.type) && isName(event.run) && isCount(event.hop);",
    to: "return true;",
    testFile: "src/testing/run-event.test.ts",
    test: "is a line like any other if it only looks like one",
  },
  {
    id: "open-runs-are-over",
    promise: "A test that waits for runs waits for all of them.",
    file: "src/app/app-runs.ts",
    from: 'runs.every(({ status }) => status !== "running" && status !== "sleeping")',
    to: 'runs.some(({ status }) => status !== "running" && status !== "sleeping")',
    testFile: "test/start-app.test.ts",
    test: "waits for runs, and has their results",
  },
];
