import { App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { describe, it } from "vitest";
import { ImportsStack } from "./stack.ts";

describe("the stack of this page", () => {
  const template = Template.fromStack(new ImportsStack(new App(), "Imports"));

  it("tells the topic of failures, and the queue of runs that are done", () => {
    for (const status of ["failed", "done"]) {
      template.hasResourceProperties("AWS::Events::Rule", {
        EventPattern: { source: ["longhaul"], "detail-type": ["Run Ended"], detail: { status: [status] } },
      });
    }
  });
});
