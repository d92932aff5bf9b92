import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createEventBus } from "../../src/events/event-bus.ts";
import type { DeliverEvent } from "../../src/gateway/service.ts";
import { createPublisher } from "../../src/sns/publisher.ts";
import { Topics } from "../../src/sns/topics.ts";
import { createManualClock } from "../manual-clock.ts";
import { FanOutModel, type ModelTarget, type TextFilter } from "./fan-out-model.ts";
import { compareWithModel, step } from "./model-run.ts";

const region = "eu-west-1";
const accountId = "000000000000";
const queueArn = (name: string) => `arn:aws:sqs:${region}:${accountId}:${name}`;
const names = ["a", "b", "c"] as const;
const deadNames = [undefined, "dead", "lost"] as const;

/** Services that fan out, with the deliveries they make. */
interface FanOut {
  readonly delivered: string[];
  readonly failed: string[];
  readonly put: (name: string, target: ModelTarget) => void;
  readonly remove: (name: string) => void;
  readonly publish: (message: string, texts: Readonly<Record<string, string>>) => Promise<void>;
}

function createDeliveries(model: FanOutModel, messageOf: (payload: string) => string) {
  const delivered: string[] = [];
  const failed: string[] = [];
  const deliver: DeliverEvent = async ({ arn }, payload) => {
    if (model.unreachable.has(arn)) throw new Error("unreachable");
    delivered.push(`${arn} ${messageOf(payload)}`);
  };
  let ids = 0;
  const newId = () => {
    ids += 1;
    return `id-${ids}`;
  };
  const onDeliveryError = (_: unknown, arn: string) => void failed.push(arn);
  return { delivered, failed, deliver, newId, onDeliveryError };
}

/** A topic. One of its subscriptions is for the message alone, which must not change who receives it. */
async function setUpTopic() {
  const model = new FanOutModel();
  const { delivered, failed, ...options } = createDeliveries(model, (payload) =>
    payload.startsWith("{") ? JSON.parse(payload).Message : payload,
  );
  const topics = new Topics({ region, accountId, newId: options.newId });
  const publisher = createPublisher({ ...options, baseUrl: "http://127.0.0.1", clock: createManualClock() });
  const topic = topics.create("topic");
  const subscriptions = new Map<string, string>();
  const remove = (name: string) => {
    topics.unsubscribe(subscriptions.get(name) ?? "");
    subscriptions.delete(name);
  };
  const real: FanOut = {
    delivered,
    failed,
    put(name, { arn, filter, deadLetterArn }) {
      remove(name);
      const { arn: subscription } = topics.subscribe(topic, "sqs", arn, {
        ...(name === "b" && { RawMessageDelivery: "true" }),
        ...(filter && { FilterPolicy: JSON.stringify(filter) }),
        ...(deadLetterArn && { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetterArn }) }),
      });
      subscriptions.set(name, subscription);
    },
    remove,
    async publish(message, texts) {
      const attributes = Object.fromEntries(
        Object.entries(texts).map(([name, StringValue]) => [name, { DataType: "String", StringValue }]),
      );
      publisher.publish(topic, { message, attributes }, undefined);
      await publisher.settled();
    },
  };
  return { model, real };
}

async function setUpBus() {
  const model = new FanOutModel();
  const { delivered, failed, ...options } = createDeliveries(model, (payload) => JSON.parse(payload).id);
  const bus = createEventBus({ ...options, region, accountId, clock: createManualClock() });
  const ruleArn = (name: string) => `arn:aws:events:${region}:${accountId}:rule/${name}`;
  const real: FanOut = {
    delivered,
    failed,
    put(name, { arn, filter, deadLetterArn, isEnabled }) {
      const pattern = { source: ["model"], ...(filter && Object.keys(filter).length > 0 && { detail: filter }) };
      const target = { arn, ...(deadLetterArn && { deadLetterArn }) };
      bus.putRule({ arn: ruleArn(name), pattern, isEnabled, targets: [target] });
    },
    remove: (name) => bus.removeRule(ruleArn(name)),
    publish: (id, detail) => bus.publish(JSON.stringify({ id, source: "model", detail })),
  };
  return { model, real };
}

const text = fc.constantFrom("x", "xy", "z", "");
const texts: fc.Arbitrary<Record<string, string>> = fc.dictionary(fc.constantFrom("kind", "place"), text);
const textCondition = fc.oneof(
  text,
  fc.constantFrom("x", "z").map((prefix) => ({ prefix })),
  fc.uniqueArray(text, { minLength: 1, maxLength: 2 }).map((texts) => ({ "anything-but": texts })),
);
const filter: fc.Arbitrary<TextFilter> = fc.dictionary(
  fc.constantFrom("kind", "place"),
  fc.array(textCondition, { minLength: 1, maxLength: 2 }),
  { minKeys: 1 },
);
const name = fc.constantFrom(...names);
let messages = 0;

const fanOutStep = (name: string, run: (model: FanOutModel, real: FanOut) => void | Promise<void>) =>
  step<FanOutModel, FanOut>(name, async (model, real) => {
    await run(model, real);
    expect([...real.delivered].sort()).toEqual([...model.delivered].sort());
    // The event bus names each target that failed, the topic those whose message is lost.
    expect(real.failed).toEqual(expect.arrayContaining(model.failed));
  });

/** @param canBeOff - whether a target can be there and take nothing. */
const steps = (canBeOff: boolean) => ({
  put: fc
    .tuple(name, fc.option(filter, { nil: undefined }), fc.constantFrom(...deadNames), fc.boolean())
    .map(([name, filter, dead, isOn]) => {
      const isEnabled = isOn || !canBeOff;
      const target = { arn: queueArn(name), filter, deadLetterArn: dead && queueArn(dead), isEnabled };
      return fanOutStep(`put ${JSON.stringify(target)}`, (model, real) => {
        model.targets.set(name, target);
        real.put(name, target);
      });
    }),
  remove: name.map((name) =>
    fanOutStep(`remove ${name}`, (model, real) => {
      model.targets.delete(name);
      real.remove(name);
    }),
  ),
  reach: fc.tuple(fc.constantFrom(...names, "dead", "lost"), fc.boolean()).map(([name, isReachable]) =>
    fanOutStep(`${name} is ${isReachable ? "reachable" : "unreachable"}`, (model) => {
      if (isReachable) model.unreachable.delete(queueArn(name));
      else model.unreachable.add(queueArn(name));
    }),
  ),
  publish: texts.map((texts) =>
    fanOutStep(`publish ${JSON.stringify(texts)}`, async (model, real) => {
      messages += 1;
      model.publish(`message ${messages}`, texts);
      await real.publish(`message ${messages}`, texts);
    }),
  ),
});

/** Publishing is drawn more often than the rest. */
const drawn = ({ put, remove, reach, publish }: ReturnType<typeof steps>) => [
  ...[put, put, remove, reach],
  ...[publish, publish, publish],
];

describe("whatever is subscribed and published, the same messages reach the same targets as in a model of", () => {
  it("a topic", () => compareWithModel(drawn(steps(false)), setUpTopic, 200));
  it("an event bus", () => compareWithModel(drawn(steps(true)), setUpBus, 200));
});
