import { App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { describe, it } from "vitest";
import { InvoicesStack } from "./stack.ts";

describe("the stack of this page", () => {
  const template = Template.fromStack(new InvoicesStack(new App(), "Invoices"));

  it("has an alarm on invocations and one on cost, and tells a person", () => {
    template.resourceCountIs("AWS::CloudWatch::Alarm", 2);
    template.hasResourceProperties("AWS::CloudWatch::Alarm", { MetricName: "Invocations", Threshold: 600 });
    template.hasResourceProperties("AWS::CloudWatch::Alarm", { MetricName: "Duration", Period: 3_600 });
    template.hasResourceProperties("AWS::SNS::Subscription", { Protocol: "email", Endpoint: "ops@example.com" });
  });
});
