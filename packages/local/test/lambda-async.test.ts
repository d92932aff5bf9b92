import { InvokeCommand } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestbed, type Testbed } from "./lambda-testbed.ts";

let bed: Testbed;
beforeAll(async () => {
  bed = await openTestbed({ timeScale: 0.0005 });
});
afterAll(() => bed.close());

const QUEUE = "arn:aws:sqs:eu-central-1:123456789012:failures";

describe("an asynchronous invocation", () => {
  it("is accepted at once, and runs", async () => {
    const runs = bed.record("invoke.start");
    const name = await bed.deploy("export const handler = async () => 1;");
    const answer = await bed.client.send(
      new InvokeCommand({ FunctionName: name, InvocationType: "Event", Payload: "{}" }),
    );
    expect(answer.StatusCode).toBe(202);
    await bed.lambda.idle();
    expect(runs).toMatchObject([{ functionName: name, attempt: 1, requestId: answer.$metadata.requestId }]);
  });

  it("is tried three times under one request id, and then recorded at the on-failure destination", async () => {
    const runs = bed.record("invoke.start");
    const name = await bed.deploy("export const handler = async () => { throw new TypeError('no good'); };", {
      eventInvokeConfig: { onFailureArn: QUEUE },
    });
    const answer = await bed.client.send(
      new InvokeCommand({ FunctionName: name, InvocationType: "Event", Payload: '{"n":1}' }),
    );
    await bed.lambda.idle();
    const { requestId } = answer.$metadata;
    expect(runs.map((run) => [run.attempt, run.requestId])).toEqual([1, 2, 3].map((n) => [n, requestId]));
    expect(bed.deliveries.map(({ target }) => target.arn)).toEqual([QUEUE]);
    expect(JSON.parse(bed.deliveries[0]?.payload ?? "")).toMatchObject({
      version: "1.0",
      requestContext: { requestId, condition: "RetriesExhausted", approximateInvokeCount: 3 },
      requestPayload: { n: 1 },
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
      responsePayload: { errorType: "TypeError", errorMessage: "no good" },
    });
  });
});
