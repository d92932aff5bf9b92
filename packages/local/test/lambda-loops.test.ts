import { PutFunctionConcurrencyCommand } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestbed, type Testbed } from "./lambda-testbed.ts";

// Sixty cold and warm starts, on machines that are busy with other tests.
const DEAD = "arn:aws:sqs:eu-central-1:123456789012:dead";

let bed: Testbed;
let selfInvoke: string;
beforeAll(async () => {
  bed = await openTestbed();
  selfInvoke = await bed.bundle(`
    import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
    const client = new LambdaClient({});
    export const handler = async ({ hop, last, type }, context) => {
      if (hop === last) return { hop, trace: process.env._X_AMZN_TRACE_ID };
      const answer = await client.send(new InvokeCommand({
        FunctionName: context.invokedFunctionArn,
        InvocationType: type,
        Payload: JSON.stringify({ hop: hop + 1, last, type }),
      }));
      return answer.Payload?.length ? JSON.parse(Buffer.from(answer.Payload).toString()) : { hop };
    };`);
});
afterAll(() => bed.close());

const hops = (type: string, last: number) => JSON.stringify({ hop: 0, last, type });

describe("recursive-loop detection, with the real SDK in the function", () => {
  it("lets 16 asynchronous invocations of a chain run, and puts the 17th to the dead letters", async () => {
    const ends = bed.record("invoke.end");
    const dropped = bed.record("dropped");
    const functionName = await bed.deploy(selfInvoke, { deadLetterArn: DEAD, memoryMb: 256 });
    await bed.lambda.invoke({ functionName, invocationType: "Event", payload: hops("Event", 100) });
    await bed.lambda.idle();
    expect(ends.map(({ status }) => status)).toEqual(Array(16).fill("ok"));
    expect(dropped).toMatchObject([{ functionName, reason: "loop", targetArns: [DEAD] }]);
    expect(bed.deliveries).toMatchObject([
      { target: { arn: DEAD }, payload: JSON.stringify({ hop: 16, last: 100, type: "Event" }) },
    ]);
  });

  it("answers the 17th synchronous invocation with RecursiveInvocationException", async () => {
    const functionName = await bed.deploy(selfInvoke, { timeoutSeconds: 20, memoryMb: 256 });
    const lineage = bed.record("invoke.start");
    const warm = await bed.lambda.invoke({ functionName, payload: hops("RequestResponse", 1) });
    expect(JSON.parse(warm.payload ?? "").trace).toMatch(/Lineage=[0-9a-f]{8}:1$/);
    const traceHeader = JSON.parse(warm.payload ?? "").trace.replace(/:1$/, ":13");
    const answer = await bed.lambda.invoke({ functionName, traceHeader, payload: hops("RequestResponse", 100) });
    expect(JSON.parse(answer.payload ?? "")).toMatchObject({ errorType: "RecursiveInvocationException" });
    // Two of the first call, then counts 14 and 15.
    expect(lineage).toHaveLength(4);
    await expect(
      bed.lambda.invoke({ functionName, traceHeader: traceHeader.replace(":13", ":15") }),
    ).rejects.toMatchObject({ code: "RecursiveInvocationException", httpStatus: 400 });
  });

  it("counts on and stops nothing where the function allows recursive loops", async () => {
    const starts = bed.record("invoke.start");
    const functionName = await bed.deploy(selfInvoke, { recursiveLoop: "Allow", memoryMb: 256 });
    await bed.lambda.invoke({ functionName, invocationType: "Event", payload: hops("Event", 200) });
    await bed.lambda.idle();
    expect(starts).toHaveLength(201);
    expect(starts.filter(({ cold }) => cold).length).toBeLessThan(20);
  });
});

describe("[S1.4] a runaway function is stopped by a reserved concurrency of 0", () => {
  it("which sends its next hop to the on-failure destination at once; sent again, it goes on where it stood", async () => {
    const last = 60;
    const starts = bed.record("invoke.start");
    const before = bed.deliveries.length;
    const functionName = await bed.deploy(selfInvoke, {
      ...{ recursiveLoop: "Allow", memoryMb: 256 },
      eventInvokeConfig: { onFailureArn: DEAD },
    });
    const reserve = (ReservedConcurrentExecutions: number) =>
      bed.client.send(new PutFunctionConcurrencyCommand({ FunctionName: functionName, ReservedConcurrentExecutions }));
    await bed.lambda.invoke({ functionName, invocationType: "Event", payload: hops("Event", last) });
    while (starts.length < 5) await new Promise((done) => setTimeout(done, 1));
    await reserve(0);
    await bed.lambda.idle();
    const records = bed.deliveries.slice(before).map(({ payload }) => JSON.parse(payload));
    expect(records).toMatchObject([
      { requestContext: { condition: "ZeroReservedConcurrency" }, requestPayload: { hop: starts.length } },
    ]);
    expect(starts.length).toBeLessThan(last);
    await reserve(10);
    const payload = JSON.stringify(records[0].requestPayload);
    await bed.lambda.invoke({ functionName, invocationType: "Event", payload });
    await bed.lambda.idle();
    expect(starts).toHaveLength(last + 1);
  });
});
