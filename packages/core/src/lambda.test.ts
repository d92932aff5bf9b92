import type { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { describe, expect, it } from "vitest";
import { lambdaDriver } from "./lambda.ts";
import type { HandOffMessage } from "./recursion/driver.ts";

const message: HandOffMessage = { run: "r", hop: 1, event: { n: 1 }, payload: '{"n":1}', target: "arn:live" };

/** The requests to Lambda for a hand-off. */
async function asked(change: Partial<HandOffMessage>, signal?: AbortSignal) {
  const calls: { input: InvokeCommand["input"]; options: unknown }[] = [];
  const client = {
    send: async ({ input }: InvokeCommand, options: unknown) => void calls.push({ input, options }),
  } as unknown as LambdaClient;
  await lambdaDriver({ client }).send({ ...message, ...change }, signal);
  return calls;
}

describe("a hand-off by self-invoke", () => {
  it("invokes the function as an event, by the ARN it was invoked with", async () => {
    const { signal } = new AbortController();
    expect(await asked({}, signal)).toEqual([
      {
        input: { FunctionName: "arn:live", InvocationType: "Event", Payload: Buffer.from('{"n":1}') },
        options: { abortSignal: signal },
      },
    ]);
  });

  it("passes the tenant on, without which a function that isolates tenants takes no event", async () => {
    expect(await asked({ tenantId: "blue" })).toMatchObject([{ input: { TenantId: "blue" } }]);
  });
});
