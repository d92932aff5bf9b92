import type { SQSClient } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { ConfigError } from "../errors.ts";
import type { InvocationContext } from "../options.ts";
import { memoryRunStore } from "../state/memory-run-store.ts";
import { type QueuedRunsOptions, type QueuedWork, queuedRuns } from "./queued-runs.ts";

const context: InvocationContext = {
  awsRequestId: "r-1",
  invokedFunctionArn: "arn:aws:lambda:eu-central-1:000000000000:function:f",
  functionVersion: "1",
  memoryLimitInMB: 128,
  getRemainingTimeInMillis: () => 60_000,
};
const body = JSON.stringify({ Records: [{ s3: { bucket: { name: "b" }, object: { key: "k", sequencer: "1" } } }] });
const message = { messageId: "m", receiptHandle: "h", body, attributes: { ApproximateReceiveCount: "1" } };

/** A handler over a client that notes the commands it is sent. */
function handlerOf(run: QueuedWork<number, unknown>["run"], options: Partial<QueuedRunsOptions> = {}) {
  const commands: [name: string, input: Readonly<Record<string, unknown>>][] = [];
  const send = async (command: { readonly input: Record<string, unknown> }) => {
    commands.push([command.constructor.name, command.input]);
    return {};
  };
  const client = { send, config: { credentials: async () => ({}) } } as unknown as SQSClient;
  const work: QueuedWork<number, unknown> = { start: () => 7, run };
  const urls = { queueUrl: "queue", deadLetterUrl: "dead" };
  const handler = queuedRuns(work, { store: memoryRunStore(), ...urls, client, log: () => {}, ...options });
  return { commands, handler };
}

describe("queuedRuns()", () => {
  it("works on the upload that a message names, and the message is deleted when that is done", async () => {
    const seen: unknown[] = [];
    const { handler, commands } = handlerOf(async function* (upload, state, { run }) {
      seen.push(upload, state, run.id);
      yield state + 1;
      return { status: "loaded" };
    });
    expect(await handler({ Records: [message] }, context)).toEqual({ batchItemFailures: [] });
    expect(seen).toEqual([{ bucket: "b", key: "k", sequencer: "1" }, 7, "s3:b/k@1"]);
    expect(commands).toEqual([]);
  });

  it("puts the message of an upload that was rejected into the dead-letter queue, with the reason", async () => {
    // biome-ignore lint/correctness/useYield: there is no safe point before the end
    const { handler, commands } = handlerOf(async function* () {
      return { status: "rejected", code: "NO_GOOD", message: "It is no good." };
    });
    expect(await handler({ Records: [message] }, context)).toEqual({ batchItemFailures: [] });
    expect(commands).toMatchObject([
      ["SendMessageCommand", { QueueUrl: "dead", MessageAttributes: { reasonCode: { StringValue: "NO_GOOD" } } }],
      ["DeleteMessageCommand", { QueueUrl: "queue", ReceiptHandle: "h" }],
    ]);
  });

  it.each([[null], ["text"], [{ Records: [{ s3: {} }] }]])("refuses what is no event of a queue: %j", async (event) => {
    const { handler } = handlerOf(async function* () {});
    await expect(handler(event, context)).rejects.toMatchObject({ code: "EVENT" });
  });

  it.each<[Partial<QueuedRunsOptions>, string]>([
    [{ queueUrl: "" }, "queuedRuns() needs the option queueUrl: the URL of a queue."],
    [{ deadLetterUrl: "" }, "deadLetterUrl"],
    [{ firstLookSeconds: 0 }, "firstLookSeconds must be a number above 0"],
    [{ lastLookSeconds: 43_200 }, "lastLookSeconds must be 42300 or less, not 43200."],
    [{ maxLooks: 40 }, "maxLooks must be 39 or less, not 40."],
    [{ uploadsPerInvocation: -1 }, "uploadsPerInvocation"],
    [{ continueBy: "sns" as "sqs" }, 'continueBy must be "sqs" or "lambda", not "sns".'],
  ])("refuses an option by name: %j", (options, text) => {
    const make = () => handlerOf(async function* () {}, options);
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(text);
  });
});
