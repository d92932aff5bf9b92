import { QueueDoesNotExist, SQSClient } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { manualHost, outcomeOf } from "../../test/manual-host.ts";
import { sqsQueue, sqsQueueDepth } from "./sqs-queue.ts";

const queueUrl = "https://sqs.eu-central-1.amazonaws.com/123456789012/orders";
const messages = ["a", "b"].map((messageId) => ({
  messageId,
  body: "",
  attributes: {},
  receiveCount: 1,
  receiptHandle: `receipt-${messageId}`,
}));

/** A queue whose calls are answered so, one after the other, and with the last for ever; what was asked is kept. */
function answeredBy(...outputs: (object | Error | Promise<never>)[]) {
  const client = new SQSClient({ region: "eu-central-1" });
  const asked: unknown[] = [];
  const host = manualHost();
  client.middlewareStack.add(
    () =>
      async ({ input }) => {
        asked.push(input);
        const output = outputs.length > 1 ? outputs.shift() : outputs[0];
        if (output instanceof Error) throw output;
        return { output: { $metadata: {}, ...(await output) }, response: {} };
      },
    { step: "initialize" },
  );
  return { queue: sqsQueue(client, queueUrl, host), asked, host };
}

const never = new Promise<never>(() => {});
const throttled = () => Object.assign(new Error("slower"), { name: "RequestThrottled" });

describe("[S4.1] a queue of SQS", () => {
  const poll = { maxMessages: 7, waitSeconds: 20, visibilitySeconds: 60, signal: new AbortController().signal };

  it("is polled as long as told, for messages with what is known of them", async () => {
    const { queue, asked } = answeredBy({
      Messages: [
        {
          MessageId: "a",
          Body: "text",
          ReceiptHandle: "receipt-a",
          Attributes: { ApproximateReceiveCount: "3" },
          MessageAttributes: { kind: { StringValue: "x", DataType: "String" }, blob: { DataType: "Binary" } },
        },
      ],
    });
    expect(await queue.receive(poll)).toEqual([
      { messageId: "a", body: "text", receiptHandle: "receipt-a", receiveCount: 3, attributes: { kind: "x" } },
    ]);
    expect(asked).toMatchObject([
      { QueueUrl: queueUrl, MaxNumberOfMessages: 7, WaitTimeSeconds: 20, VisibilityTimeout: 60 },
    ]);
  });

  it("that is empty answers with nothing", async () => {
    expect(await answeredBy({}).queue.receive(poll)).toEqual([]);
  });

  it("and that is silent is given up 5 s after the end of the wait", async () => {
    const { queue, host, asked } = answeredBy(never);
    const polled = expect(queue.receive(poll)).rejects.toThrow("SQS ReceiveMessage was not answered within 25000 ms.");
    await host.pass(25_000);
    await polled;
    expect(asked).toHaveLength(1);
  });

  it("is not polled again by itself: the loop does so", async () => {
    const { queue, asked } = answeredBy(throttled());
    const polled = queue.receive(poll).catch(({ message }) => message);
    expect(await outcomeOf(polled)).toBe("slower");
    expect(asked).toHaveLength(1);
  });

  it.each([
    ["now", new QueueDoesNotExist({ $metadata: {}, message: "The specified queue does not exist." })],
    [
      "in its older protocol",
      Object.assign(new Error("no queue"), { name: "AWS.SimpleQueueService.NonExistentQueue" }),
    ],
  ])("that does not exist is told from one that fails, as SQS says it %s", async (_, error) => {
    const { queue } = answeredBy(error);
    await expect(queue.receive(poll)).rejects.toThrow(
      expect.objectContaining({ code: "QUEUE_MISSING", message: expect.stringContaining(queueUrl) }),
    );
  });
});

describe("messages are deleted, or kept hidden", () => {
  const failed = (id: string, SenderFault: boolean, Code = "InternalError") => ({ Id: id, Code, SenderFault });

  it("with those again that SQS failed for by its own fault, and no others", async () => {
    const { queue, asked, host } = answeredBy(
      { Failed: [failed("1", false)] },
      throttled(),
      { Failed: [failed("1", false)] },
      {},
    );
    const removed = queue.remove(messages, 60_000);
    await host.pass(10_000);
    expect(await removed).toBe(0);
    expect(asked).toMatchObject([
      { Entries: [{ ReceiptHandle: "receipt-a" }, { ReceiptHandle: "receipt-b" }] },
      { Entries: [{ Id: "1", ReceiptHandle: "receipt-b" }] },
      { Entries: [{ Id: "1", ReceiptHandle: "receipt-b" }] },
      { Entries: [{ Id: "1", ReceiptHandle: "receipt-b" }] },
    ]);
  });

  it("for no longer than they are told, and then it is said how many are left", async () => {
    const { queue, host } = answeredBy({ Failed: [failed("1", false)] });
    const removed = queue.remove(messages, 60_000);
    await host.pass(60_000);
    expect(await removed).toBe(1);
    const silent = answeredBy(never);
    const given = expect(silent.queue.remove(messages, 9_000)).rejects.toMatchObject({ code: "CALL_TIMEOUT" });
    await silent.host.pass(9_000);
    await given;
  });

  it("not again where the fault is the sender's", async () => {
    const { queue, asked } = answeredBy({ Failed: [failed("0", true, "ReceiptHandleIsInvalid")] });
    expect(await queue.remove(messages, 60_000)).toBe(1);
    expect(asked).toHaveLength(1);
  });

  it("and what is not kept hidden is an error, though SQS answers with success", async () => {
    const { queue, asked } = answeredBy({ Failed: [failed("1", true, "MessageNotInflight")] });
    await expect(queue.hide(messages, 60, 20_000)).rejects.toThrow(
      expect.objectContaining({
        code: "BATCH_ENTRIES",
        message: expect.stringContaining("keep hidden 1 of 2 messages: MessageNotInflight"),
      }),
    );
    expect(asked).toMatchObject([{ Entries: [{ VisibilityTimeout: 60 }, { VisibilityTimeout: 60 }] }]);
    await expect(answeredBy({}).queue.hide(messages, 60, 20_000)).resolves.toBeUndefined();
  });
});

/** A client whose every call is answered so. */
function depthAnsweredBy(Attributes: Readonly<Record<string, string>>): SQSClient {
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
    expect(await sqsQueueDepth(depthAnsweredBy(attributes), queueUrl)).toBe(depth);
  });

  it("one that does not exist is told from one that could not be asked", async () => {
    const failing = (error: Error) => {
      const client = new SQSClient({ region: "eu-central-1" });
      client.middlewareStack.add(() => () => Promise.reject(error), { step: "initialize" });
      return sqsQueueDepth(client, queueUrl);
    };
    expect(await failing(new QueueDoesNotExist({ $metadata: {}, message: "no such queue" }))).toBe("missing");
    await expect(failing(new Error("AccessDenied"))).rejects.toThrow("AccessDenied");
  });
});
