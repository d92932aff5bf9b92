import { setTimeout as delay } from "node:timers/promises";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { describe, expect, it } from "vitest";
import { invoke } from "./invoke.ts";
import type { QueueMessage } from "./queues/message-queue.ts";

const queueUrl = "https://sqs.eu-central-1.amazonaws.com/123456789012/mails";
const functionArn = "arn:aws:lambda:eu-central-1:123456789012:function:mailer";
const message = { messageId: "m", body: "text", attributes: { kind: "x" }, receiveCount: 2, receiptHandle: "secret" };
const { signal } = new AbortController();

/** A Lambda whose calls are answered so, one after the other, and with the last for ever; what was asked is kept. */
function answeredBy(...outputs: (object | Error | Promise<never>)[]) {
  const client = new LambdaClient({ region: "eu-central-1" });
  const asked: Record<string, unknown>[] = [];
  client.middlewareStack.add(
    () =>
      async ({ input }) => {
        asked.push({ ...input });
        const output = outputs.length > 1 ? outputs.shift() : outputs[0];
        if (output instanceof Error) throw output;
        return { output: { $metadata: {}, ...(await output) }, response: {} };
      },
    { step: "initialize" },
  );
  const process =
    (timeoutMs = 60_000) =>
    (...[sent, { signal }]: [QueueMessage, { readonly signal: AbortSignal }]) =>
      invoke(functionArn, client)(sent, { queueUrl, timeoutMs, signal });
  return { process, asked };
}

const error = (name: string) => Object.assign(new Error(name), { name });

describe("[S4.8] a message goes to another Lambda function, which is waited for", () => {
  it("with all that is known of it, except what would delete it", async () => {
    const { process, asked } = answeredBy({});
    await process()(message, { signal });
    const { receiptHandle: _, ...known } = message;
    expect(asked.map(({ FunctionName, Payload }) => [FunctionName, JSON.parse(String(Payload))])).toEqual([
      [functionArn, { queueUrl, ...known }],
    ]);
    expect(asked[0]?.InvocationType).toBeUndefined();
  });

  it("and fails with it, once", async () => {
    const { process, asked } = answeredBy({
      FunctionError: "Unhandled",
      Payload: Buffer.from('{"errorMessage":"no"}'),
    });
    await expect(process()(message, { signal })).rejects.toMatchObject({
      code: "INVOKED_FUNCTION",
      message: expect.stringContaining("no"),
    });
    expect(asked).toHaveLength(1);
  });

  it("again if Lambda throttles or the connection breaks", async () => {
    const reset = Object.assign(new Error("reset"), { code: "ECONNRESET" });
    const { process, asked } = answeredBy(error("TooManyRequestsException"), reset, {});
    await process()(message, { signal });
    expect(asked).toHaveLength(3);
  });

  it("not again if it is not there", async () => {
    const { process, asked } = answeredBy(error("ResourceNotFoundException"));
    await expect(process()(message, { signal })).rejects.toThrow("ResourceNotFoundException");
    expect(asked).toHaveLength(1);
  });

  it("for no longer than a message may take", async () => {
    const { process } = answeredBy(new Promise<never>(() => {}));
    const processed = process(30)(message, { signal }).catch(({ code }) => code);
    expect(await Promise.race([processed, delay(10_000, "waits on", { ref: false })])).toBe("CALL_TIMEOUT");
  });

  it("until the message's time is over", async () => {
    const { process } = answeredBy(new Promise<never>(() => {}));
    const controller = new AbortController();
    const processed = process()(message, { signal: controller.signal });
    controller.abort(new Error("over"));
    await expect(processed).rejects.toThrow("over");
  });
});

describe("what is no function's ARN is refused when the fleet is made", () => {
  it.each([
    [undefined, "not nothing"],
    ["", 'not ""'],
    ["mailer", 'not "mailer"'],
    [functionArn.replace("lambda", "sqs"), "not"],
  ])("%s", (given, message) => {
    expect(() => invoke(given)).toThrow(
      expect.objectContaining({ code: "CONFIG", message: expect.stringContaining(message) }),
    );
  });

  it("with a version or alias it is one", () => {
    expect(invoke(`${functionArn}:live`)).toBeTypeOf("function");
  });
});
