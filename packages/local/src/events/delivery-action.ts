const ACTIONS: Readonly<Record<string, string>> = {
  lambda: "lambda:InvokeFunction",
  sqs: "sqs:SendMessage",
  sns: "sns:Publish",
  events: "events:PutEvents",
};

/** The permission that a role needs to hand an event to a target; `undefined` if events cannot go there. */
export function deliveryAction(targetArn: string): string | undefined {
  return ACTIONS[targetArn.split(":")[2] ?? ""];
}

/** The targets of events, for messages. */
export const DELIVERED_TO = "functions, queues, topics and event buses";

/** Whether events can be delivered to an ARN. */
export function isDeliverable(arn: string): boolean {
  return deliveryAction(arn) !== undefined;
}
