import { Aws } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Topic, TopicPolicy } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";

/** A topic, `Topic` in its scope, to which the alarms of this account may publish, and over TLS alone. */
export function alarmTopic(scope: Construct): Topic {
  const topic = new Topic(scope, "Topic");
  // A policy of its own replaces the default one, by which everybody in the account may publish.
  const policy = new TopicPolicy(scope, "Policy", { topics: [topic], enforceSSL: true });
  policy.document.addStatements(
    new PolicyStatement({
      actions: ["sns:Publish"],
      principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
      resources: [topic.topicArn],
      conditions: { StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID } },
    }),
  );
  return topic;
}
