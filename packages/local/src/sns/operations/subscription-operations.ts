import { TextMap } from "../query-answer.ts";
import { snsErrors } from "../sns-error.ts";
import { isSubscriptionAttribute, type Subscription } from "../subscription.ts";
import { authorizedTopic, pageOfList, type SnsContext, type SnsOperation } from "./operation.ts";

/** `Subscribe`: subscribes a queue or a function; there is nothing to confirm. */
export const subscribe: SnsOperation = (context, input) => {
  const topic = authorizedTopic(context, input.text("TopicArn"), "Subscribe");
  const endpoint = input.optionalText("Endpoint") ?? "";
  const { arn } = context.topics.subscribe(topic, input.text("Protocol"), endpoint, input.textMap("Attributes"));
  return { SubscriptionArn: arn };
};

/** `Unsubscribe`: ends a subscription. */
export const unsubscribe: SnsOperation = (context, input) => {
  context.authorize("sns:Unsubscribe", "*");
  context.topics.unsubscribe(input.text("SubscriptionArn"));
  return undefined;
};

/** `ListSubscriptions`: those to all topics, a hundred a page. */
export const listSubscriptions: SnsOperation = (context, input) => {
  context.authorize("sns:ListSubscriptions", "*");
  const all = context.topics.list().flatMap(({ subscriptions }) => [...subscriptions.values()]);
  return listed(context, all, input.optionalText("NextToken"));
};

/** `ListSubscriptionsByTopic`: those to one topic, a hundred a page. */
export const listSubscriptionsByTopic: SnsOperation = (context, input) => {
  const topic = authorizedTopic(context, input.text("TopicArn"), "ListSubscriptionsByTopic");
  return listed(context, [...topic.subscriptions.values()], input.optionalText("NextToken"));
};

/** `GetSubscriptionAttributes`: what is set, with defaults; delivery policies are for subscribers over HTTP alone. */
export const getSubscriptionAttributes: SnsOperation = (context, input) => {
  context.authorize("sns:GetSubscriptionAttributes", "*");
  const subscription = context.topics.subscription(input.text("SubscriptionArn"));
  const { attributes, settings } = subscription;
  return {
    Attributes: new TextMap({
      SubscriptionArn: subscription.arn,
      TopicArn: subscription.topicArn,
      Owner: context.accountId,
      Protocol: subscription.protocol,
      Endpoint: subscription.endpoint,
      PendingConfirmation: "false",
      ConfirmationWasAuthenticated: "true",
      SubscriptionPrincipal: context.callerArn,
      ...(settings.filter && { FilterPolicyScope: "MessageAttributes" }),
      ...Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== "")),
      RawMessageDelivery: String(settings.isRaw),
    }),
  };
};

/** `SetSubscriptionAttributes`: changes one attribute. */
export const setSubscriptionAttributes: SnsOperation = (context, input) => {
  context.authorize("sns:SetSubscriptionAttributes", "*");
  const subscription = context.topics.subscription(input.text("SubscriptionArn"));
  const value = input.optionalText("AttributeValue") ?? "";
  const name = input.text("AttributeName");
  if (!isSubscriptionAttribute(name)) throw snsErrors.invalidParameter("AttributeName");
  const attributes = { ...subscription.attributes, [name]: value };
  context.topics.setSubscriptionAttributes(subscription, attributes);
  return undefined;
};

function listed({ accountId }: SnsContext, subscriptions: readonly Subscription[], token: string | undefined) {
  const { items, NextToken } = pageOfList(subscriptions, token);
  return {
    Subscriptions: items.map(({ arn, topicArn, protocol, endpoint }) => ({
      SubscriptionArn: arn,
      TopicArn: topicArn,
      Protocol: protocol,
      Endpoint: endpoint,
      Owner: accountId,
    })),
    NextToken,
  };
}
