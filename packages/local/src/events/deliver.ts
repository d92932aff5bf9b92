import { LocalAwsError } from "../gateway/local-aws-error.ts";
import type { DeliverEvent, DeliveryTarget, EventOrigin, Principal } from "../gateway/service.ts";
import type { LambdaService } from "../lambda/lambda.ts";
import type { SnsService } from "../sns/sns.ts";
import type { MessageAttributes } from "../sqs/message-attributes.ts";
import type { SqsService } from "../sqs/sqs.ts";
import { DELIVERED_TO, deliveryAction } from "./delivery-action.ts";
import { busName, type EventBus } from "./event-bus.ts";

/** An event could not be handed to its target. */
class DeliveryError extends LocalAwsError {
  readonly targetArn: string;
  constructor(targetArn: string, problem: string) {
    super("Delivery", `${targetArn}: ${problem}`);
    this.targetArn = targetArn;
  }
}

/** The services that events can be delivered to. */
export interface DeliveryServices {
  readonly lambda: Pick<LambdaService, "invoke" | "permits">;
  readonly sqs: Pick<SqsService, "sendMessage">;
  readonly sns: Pick<SnsService, "publish">;
  readonly events: Pick<EventBus, "buses" | "publish">;
}

/**
 * How services reach each other: functions (asynchronously), queues, topics, and event buses.
 *
 * @param services - asked at each delivery, because services are made with this very function.
 * @param authorize - asked for the roles that services act with.
 */
export function createDeliver(
  accountId: string,
  services: () => DeliveryServices,
  authorize: (principal: Principal, action: string, resourceArn: string) => void,
): DeliverEvent {
  return async (target, payload, origin) => {
    const service = target.arn.split(":")[2] ?? "";
    const { roleArn, servicePrincipal } = origin;
    const action = deliveryAction(target.arn);
    if (roleArn !== undefined && action) authorize({ roleArn, accessKeyId: servicePrincipal }, action, target.arn);
    if (service === "lambda") return toFunction(services().lambda, accountId, target, payload, origin);
    if (service === "sqs") return toQueue(services().sqs, target, payload, origin);
    if (service === "sns") return toTopic(services().sns, target, payload, origin);
    if (service === "events") return toBus(services().events, target, payload, origin);
    throw new DeliveryError(target.arn, `the embedded AWS delivers to ${DELIVERED_TO} only.`);
  };
}

async function toBus(
  events: DeliveryServices["events"],
  { arn }: DeliveryTarget,
  payload: string,
  { traceHeader }: EventOrigin,
): Promise<void> {
  const bus = busName(arn);
  if (!events.buses.has(bus)) throw new DeliveryError(arn, "there is no such event bus.");
  return events.publish(payload, traceHeader, bus);
}

async function toFunction(
  lambda: DeliveryServices["lambda"],
  accountId: string,
  { arn }: DeliveryTarget,
  payload: string,
  { servicePrincipal, sourceArn, roleArn, traceHeader }: EventOrigin,
): Promise<void> {
  const caller = { servicePrincipal, sourceArn, sourceAccount: accountId };
  // A role is enough within an account.
  if (roleArn === undefined && !lambda.permits(arn, caller)) {
    throw new DeliveryError(
      arn,
      `its resource policy does not let ${servicePrincipal} invoke it for ${sourceArn}. Add an AWS::Lambda::Permission.`,
    );
  }
  await lambda.invoke({ functionName: arn, payload, invocationType: "Event", traceHeader });
}

type MessageTarget = DeliveryTarget & {
  readonly messageAttributes?: MessageAttributes;
  readonly groupId?: string;
};

async function toTopic(
  sns: DeliveryServices["sns"],
  target: MessageTarget,
  payload: string,
  { traceHeader, servicePrincipal, subject }: EventOrigin,
): Promise<void> {
  sns.publish(target.arn, payload, {
    ...(servicePrincipal === "s3.amazonaws.com" && { subject: "Amazon S3 Notification" }),
    ...(subject !== undefined && { subject }),
    ...(target.messageAttributes && { attributes: target.messageAttributes }),
    ...(traceHeader !== undefined && { traceHeader }),
  });
}

async function toQueue(
  sqs: DeliveryServices["sqs"],
  target: MessageTarget,
  payload: string,
  { traceHeader, servicePrincipal }: EventOrigin,
): Promise<void> {
  sqs.sendMessage(target.arn, payload, {
    senderId: servicePrincipal,
    ...(target.groupId !== undefined && { groupId: target.groupId }),
    ...(target.messageAttributes && { attributes: target.messageAttributes }),
    ...(traceHeader !== undefined && { traceHeader }),
  });
}
