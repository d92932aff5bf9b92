import { App, Stack } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { expect, it } from "vitest";
import { RecursiveFunction, RunTable } from "../src/index.ts";
import { everyStack } from "./every-stack.ts";
import { handlerFile as entry } from "./synthesize.ts";

/** Findings that are meant: the rule and place, and why it has to be so. Each has to occur. */
const MEANT: readonly (readonly [finding: RegExp, why: string])[] = [
  [
    /^AwsSolutions-IAM5\[Resource::<\w+Function\w+\.Arn>:\*\] at .*(ContinueAsNew|Waking\/Invoke|Sweeper\/Role)/,
    "A run stays on the alias or version that it began on, and those are not known when the stack is made.",
  ],
  [
    /^AwsSolutions-IAM5\[Resource::arn:<AWS::Partition>:scheduler:.*:schedule\/<\w+>\/\*\] at .*\/Worker\/Role/,
    "Schedules are named by run and hop. They are in a group of the function's own.",
  ],
  [
    /^AwsSolutions-IAM5\[Resource::(<\w+\.Arn>|arn:<AWS::Partition>:s3:::.*)\/(in|out|walks)\/[^:]*\*\] at .*\/Worker\/Role/,
    "The keys of objects are not known when the stack is made. Their prefix is.",
  ],
  [/^AwsSolutions-DDB3 at sqs-file\/Records/, "The records can be loaded again from their files."],
];

interface Violation {
  readonly ruleName: string;
  readonly violatingConstructs?: readonly { readonly constructPath: string }[];
  readonly violatingResources?: readonly { readonly constructPath?: string }[];
}

/** Findings of cdk-nag in all stacks of an app, as `rule at path`. */
function findingsIn(app: App): string[] {
  const { violations } = new AwsSolutionsChecks(app).validateScope(app);
  return (violations as readonly Violation[]).flatMap(({ ruleName, violatingConstructs, violatingResources }) =>
    (violatingConstructs ?? violatingResources ?? []).map(({ constructPath }) => `${ruleName} at ${constructPath}`),
  );
}

it("cdk-nag finds nothing in any stack but what is meant, and all of that occurs", async () => {
  const findings = findingsIn(await everyStack());
  expect(findings.filter((finding) => !MEANT.some(([meant]) => meant.test(finding)))).toEqual([]);
  expect(MEANT.filter(([meant]) => !findings.some((finding) => meant.test(finding)))).toEqual([]);
});

it("and it does find what is wrong", () => {
  const app = new App({ context: { "aws:cdk:bundling-stacks": [] } });
  const stack = new Stack(app, "open");
  new RunTable(stack, "Runs").table.grantFullAccess(new RecursiveFunction(stack, "Worker", { entry }));
  expect(findingsIn(app)).toContainEqual(
    expect.stringMatching(/^AwsSolutions-IAM5\[Action::dynamodb:\*\] at open\/Worker/),
  );
});
