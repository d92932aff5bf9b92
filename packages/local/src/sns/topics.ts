import { snsErrors } from "./sns-error.ts";
import { checkEndpoint, type Subscription, type SubscriptionProtocol, subscriptionSettings } from "./subscription.ts";
import { checkSettableAttribute, checkTopicAttributes } from "./topic-attributes.ts";

type Texts = Readonly<Record<string, string>>;

/** A topic with those who subscribed to it, in the order they came. */
export interface Topic {
  readonly name: string;
  readonly arn: string;
  /** As set; defaults are not in it. */
  attributes: Texts;
  readonly tags: Map<string, string>;
  readonly subscriptions: Map<string, Subscription>;
  subscriptionsDeleted: number;
}

/** All topics and subscriptions of one account. */
export class Topics {
  readonly #options: { readonly region: string; readonly accountId: string; readonly newId: () => string };
  readonly #byArn = new Map<string, Topic>();

  constructor(options: { readonly region: string; readonly accountId: string; readonly newId: () => string }) {
    this.#options = options;
  }

  arnOf(name: string): string {
    return `arn:aws:sns:${this.#options.region}:${this.#options.accountId}:${name}`;
  }

  /**
   * Creates a topic, or returns the one of that name if what is said agrees with it.
   *
   * @throws {SnsError} `InvalidParameter` for names and attributes that SNS refuses, and for FIFO topics.
   */
  create(name: string, attributes: Texts = {}, tags: Texts = {}): Topic {
    if (name.endsWith(".fifo") && attributes.FifoTopic === "true") {
      throw snsErrors.invalidParameter("Topic Name Reason: FIFO topics are not served by the embedded SNS");
    }
    if (!/^[A-Za-z0-9_-]{1,256}$/.test(name)) throw snsErrors.invalidParameter("Topic Name");
    checkTopicAttributes(attributes);
    const arn = this.arnOf(name);
    const known = this.#byArn.get(arn);
    if (!known) {
      const topic: Topic = {
        name,
        arn,
        attributes,
        tags: new Map(Object.entries(tags)),
        subscriptions: new Map(),
        subscriptionsDeleted: 0,
      };
      this.#byArn.set(arn, topic);
      return topic;
    }
    if (Object.entries(attributes).some(([attribute, value]) => known.attributes[attribute] !== value)) {
      throw snsErrors.invalidParameter("Attributes Reason: Topic already exists with different attributes");
    }
    if (Object.entries(tags).some(([tag, value]) => known.tags.get(tag) !== value)) {
      throw snsErrors.invalidParameter("Tags Reason: Topic already exists with different tags");
    }
    return known;
  }

  find(arn: string): Topic | undefined {
    return this.#byArn.get(arn);
  }

  /** @throws {SnsError} `NotFound`; `InvalidParameter` for what is no ARN of a topic. */
  get(arn: string): Topic {
    if (!/^arn:aws[\w-]*:sns:[^:]*:\d{12}:[^:]+$/.test(arn)) {
      const elements = Math.min(arn.split(":").length, 5);
      throw snsErrors.invalidParameter(`TopicArn Reason: An ARN must have at least 6 elements, not ${elements}`);
    }
    const topic = this.#byArn.get(arn);
    if (!topic) throw snsErrors.topicNotFound();
    return topic;
  }

  list(): readonly Topic[] {
    return [...this.#byArn.values()].sort((a, b) => (a.arn < b.arn ? -1 : 1));
  }

  setAttribute(topic: Topic, name: string, value: string): void {
    checkSettableAttribute(name, value);
    topic.attributes = { ...topic.attributes, [name]: value };
  }

  /** Deleting a topic that is not there is no error. */
  delete(arn: string): void {
    this.#byArn.delete(arn);
  }

  /**
   * Subscribes a queue or function; who is subscribed already, with the same attributes, stays so.
   *
   * @throws {SnsError} `InvalidParameter`
   */
  subscribe(topic: Topic, protocol: string, endpoint: string, attributes: Texts = {}): Subscription {
    const checked: SubscriptionProtocol = checkEndpoint(protocol, endpoint);
    const settings = subscriptionSettings(checked, attributes);
    const known = [...topic.subscriptions.values()].find(
      (each) => each.protocol === checked && each.endpoint === endpoint,
    );
    if (!known) {
      const arn = `${topic.arn}:${this.#options.newId()}`;
      const subscription = { arn, topicArn: topic.arn, protocol: checked, endpoint, attributes, settings };
      topic.subscriptions.set(arn, subscription);
      return subscription;
    }
    if (Object.entries(attributes).some(([attribute, value]) => known.attributes[attribute] !== value)) {
      throw snsErrors.invalidParameter("Attributes Reason: Subscription already exists with different attributes");
    }
    return known;
  }

  /** @throws {SnsError} `NotFound` */
  subscription(arn: string): Subscription {
    const subscription = this.#topicOf(arn)?.subscriptions.get(arn);
    if (!subscription) throw snsErrors.subscriptionNotFound();
    return subscription;
  }

  /** Puts attributes in the place of all that were set before. @throws {SnsError} `InvalidParameter` */
  setSubscriptionAttributes(subscription: Subscription, attributes: Texts): void {
    subscription.settings = subscriptionSettings(subscription.protocol, attributes, snsErrors.invalidParameter);
    subscription.attributes = attributes;
  }

  /** Ending a subscription that is not there is no error. */
  unsubscribe(arn: string): void {
    const topic = this.#topicOf(arn);
    if (topic?.subscriptions.delete(arn)) topic.subscriptionsDeleted += 1;
  }

  #topicOf(subscriptionArn: string): Topic | undefined {
    return this.#byArn.get(subscriptionArn.slice(0, subscriptionArn.lastIndexOf(":")));
  }
}
