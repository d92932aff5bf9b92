import { expect, it } from "vitest";
import { createManualClock } from "../../test/manual-clock.ts";
import type { EventSourceMapping } from "../event-sources/event-source-mappings.ts";
import { Queues } from "../sqs/queues.ts";
import { hiddenMessages } from "./hidden-messages.ts";

it("messages that a function did not finish are found, with how long their queue hides them", async () => {
  const clock = createManualClock();
  const queues = new Queues({ region: "us-east-1", accountId: "000000000000", clock, newId: () => "m" });
  const queue = queues.create("feeding", { VisibilityTimeout: "5400" });
  const eventSources = { list: () => [{ eventSourceArn: queue.arn } as EventSourceMapping] };
  const told = () => hiddenMessages({ eventSources, sqs: { queues } }, "f", clock.nowMs());
  queues.send(queue, { body: "b", attributes: {}, senderId: "test" });
  expect(told()).toBeUndefined();
  await queues.receive(queue, { maxMessages: 1, waitMs: 0, signal: new AbortController().signal });
  expect(told()).toEqual({ queue: "feeding", count: 1, hiddenForMs: 5_400_000 });
});
