/**
 * The CDK program of the lane: the stack of an app under a name of its own, all of which is deleted with it. Context: `app`, `stack`,
 * and what the app's stack takes.
 */
import { App, type Stack, type StackProps, Tags } from "aws-cdk-lib";
import { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { CASES } from "./cases.ts";

type StackClass = new (scope: Construct, id: string, props?: StackProps) => Stack;

const app = new App({ analyticsReporting: false });
const name: unknown = app.node.tryGetContext("app");
const found = CASES.find((each) => each.app === name);
if (!found) throw new Error(`Context app must be one of ${CASES.map((each) => each.app).join(", ")}.`);
const exported: object = await import(new URL(`../../packages/${found.app}/infra/stack.ts`, import.meta.url).href);
const [AppStack] = Object.values(exported) as StackClass[];
if (!AppStack) throw new Error(`${found.app}/infra/stack.ts exports no stack.`);
const stack = new AppStack(app, String(app.node.tryGetContext("stack")), {
  description: "npm run test:aws of Longhaul",
});
Tags.of(stack).add("longhaul", "test:aws");
for (const each of stack.node.findAll()) {
  if (!(each instanceof LambdaFunction)) continue;
  for (const [variable, value] of Object.entries(found.environment)) each.addEnvironment(variable, value);
}
app.synth();
