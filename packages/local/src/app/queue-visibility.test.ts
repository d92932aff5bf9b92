import { expect, it } from "vitest";
import { createManualClock } from "../../test/manual-clock.ts";
import type { EventSourceMapping } from "../event-sources/event-source-mappings.ts";
import { Queues } from "../sqs/queues.ts";
import { fitVisibility } from "./queue-visibility.ts";

it("a queue that feeds a function of another timeout hides messages for six times that", () => {
  const clock = createManualClock();
  const queues = new Queues({ region: "us-east-1", accountId: "000000000000", clock, newId: () => "m" });
  const feeding = queues.create("feeding", { VisibilityTimeout: "5400" });
  const other = queues.create("other", { VisibilityTimeout: "5400" });
  const list = ({ functionName }: { readonly functionName?: string } = {}) =>
    functionName === "f" ? [{ eventSourceArn: feeding.arn } as EventSourceMapping] : [];
  fitVisibility({ eventSources: { list }, sqs: { queues } }, "f", 1.5);
  expect(feeding.messages.settings.visibilityTimeoutSeconds).toBe(9);
  expect(other.messages.settings.visibilityTimeoutSeconds).toBe(5400);
});
