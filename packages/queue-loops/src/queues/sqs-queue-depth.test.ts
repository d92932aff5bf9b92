import { SQSClient } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { sqsQueueDepth } from "./sqs-queue-depth.ts";

const queueUrl = "https://sqs.eu-central-1.amazonaws.com/123456789012/orders";

/** A client whose every call is answered so. */
function answeredBy(Attributes: Readonly<Record<string, string>>): SQSClient {
  const client = new SQSClient({ region: "eu-central-1" });
  client.middlewareStack.add(() => async () => ({ output: { $metadata: {}, Attributes }, response: {} }), {
    step: "initialize",
  });
  return client;
}

describe("a queue is empty when nothing in it waits, is worked on, or is delayed", () => {
  it.each([
    [{}, 0],
    [{ ApproximateNumberOfMessages: "0", ApproximateNumberOfMessagesNotVisible: "0" }, 0],
    [{ ApproximateNumberOfMessages: "3" }, 3],
    [{ ApproximateNumberOfMessagesNotVisible: "4" }, 4],
    [{ ApproximateNumberOfMessagesDelayed: "5" }, 5],
    [{ ApproximateNumberOfMessages: "3", ApproximateNumberOfMessagesNotVisible: "4" }, 7],
  ])("%j: %i", async (attributes, depth) => {
    expect(await sqsQueueDepth(answeredBy(attributes), queueUrl)).toBe(depth);
  });
});
