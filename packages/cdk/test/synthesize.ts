import { fileURLToPath } from "node:url";
import { App, Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";

/** A handler to point constructs at. */
export const handlerFile = fileURLToPath(new URL("./worker-handler.ts", import.meta.url));

/** The template of a stack called `Test`; bundling is switched off the way `cdk ls` does it, since no template depends on it. Throws where CloudFormation would refuse. */
export function templateOf(build: (stack: Stack) => unknown): Template {
  const stack = emptyStack();
  build(stack);
  return Template.fromStack(stack);
}

/** A stack to build in where a construct is expected to refuse. */
export function emptyStack(): Stack {
  return stackWith({});
}

/** A stack with this context, as of `cdk deploy --context`. */
export function stackWith(context: Readonly<Record<string, unknown>>): Stack {
  return new Stack(
    new App({
      context: { "aws:cdk:bundling-stacks": [], "@aws-cdk/core:validateAgainstDefaultRules": true, ...context },
    }),
    "Test",
  );
}
