import { InvokeCommand } from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { seededFaults } from "../src/lambda/faults.ts";
import { openTestbed, type Testbed } from "./lambda-testbed.ts";

const QUEUE = "arn:aws:sqs:eu-central-1:123456789012:failures";
const DEAD = "arn:aws:sqs:eu-central-1:123456789012:dead";
const OK = "export const handler = async () => 'done';";
/** Lasts as many ms as its event says. */
const HOLD = "export const handler = (ms) => new Promise((done) => setTimeout(done, ms));";
const FAIL = "export const handler = async () => { throw new TypeError('no good'); };";

let bed: Testbed;
/** A minute takes 30 ms. */
beforeEach(async () => {
  bed = await openTestbed({ timeScale: 0.0005 });
});
afterEach(() => bed.close());

async function send(name: string, payload = "{}", to = bed) {
  const answer = await to.client.send(
    new InvokeCommand({ FunctionName: name, InvocationType: "Event", Payload: payload }),
  );
  expect(answer.StatusCode).toBe(202);
  return answer.$metadata.requestId;
}

describe("an asynchronous event", () => {
  it("is accepted at once, and runs under the request id its sender got", async () => {
    const runs = bed.record("invoke.start");
    const name = await bed.deploy(OK);
    const requestId = await send(name);
    await bed.lambda.idle();
    expect(runs).toMatchObject([{ functionName: name, attempt: 1, requestId }]);
  });

  it("that fails is tried three times, after a minute and two, and then recorded and put to the dead letters", async () => {
    const runs = bed.record("invoke.start");
    const dropped = bed.record("dropped");
    const name = await bed.deploy(FAIL, { eventInvokeConfig: { onFailureArn: QUEUE }, deadLetterArn: DEAD });
    const requestId = await send(name, '{"n":1}');
    await bed.lambda.idle();
    expect(runs.map((run) => [run.attempt, run.requestId])).toEqual([1, 2, 3].map((n) => [n, requestId]));
    const [first, second, third] = runs.map((run) => run.startedAtMs) as [number, number, number];
    expect(second - first).toBeGreaterThanOrEqual(29);
    expect(third - second).toBeGreaterThanOrEqual(59);
    expect(dropped).toEqual([{ functionName: name, requestId, reason: "retries", targetArns: [QUEUE, DEAD] }]);
    const [record, dead] = bed.deliveries;
    expect(record?.target.arn).toBe(QUEUE);
    expect(JSON.parse(record?.payload ?? "")).toMatchObject({
      version: "1.0",
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      requestContext: {
        requestId,
        functionArn: `arn:aws:lambda:eu-central-1:123456789012:function:${name}:$LATEST`,
        condition: "RetriesExhausted",
        approximateInvokeCount: 3,
      },
      requestPayload: { n: 1 },
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
      responsePayload: { errorType: "TypeError", errorMessage: "no good" },
    });
    expect(dead).toMatchObject({
      target: {
        arn: DEAD,
        messageAttributes: { RequestID: { StringValue: requestId }, ErrorMessage: { StringValue: "no good" } },
      },
      payload: '{"n":1}',
    });
  });

  it("that succeeds at the second try is done", async () => {
    const runs = bed.record("invoke.start");
    const name = await bed.deploy(
      "let n = 0; export const handler = async () => { n += 1; if (n === 1) throw new Error('once'); };",
      {
        eventInvokeConfig: { onSuccessArn: QUEUE, onFailureArn: DEAD },
      },
    );
    await send(name);
    await bed.lambda.idle();
    expect(runs).toHaveLength(2);
    expect(bed.deliveries.map(({ target }) => target.arn)).toEqual([QUEUE]);
    expect(JSON.parse(bed.deliveries[0]?.payload ?? "")).toMatchObject({
      requestContext: { condition: "Success", approximateInvokeCount: 2 },
    });
  });

  it("whose function is killed at the time limit is tried again", async () => {
    const ends = bed.record("invoke.end");
    const name = await bed.deploy("export const handler = async () => { for (;;); };", {
      timeoutSeconds: 0.1,
      eventInvokeConfig: { maximumRetryAttempts: 1 },
    });
    await send(name);
    await bed.lambda.idle();
    expect(ends.map(({ status }) => status)).toEqual(["timeout", "timeout"]);
  });

  it("is not retried where retries are 0", async () => {
    const runs = bed.record("invoke.start");
    const name = await bed.deploy(FAIL, { eventInvokeConfig: { maximumRetryAttempts: 0 } });
    await send(name);
    await bed.lambda.idle();
    expect(runs).toHaveLength(1);
    expect(bed.deliveries).toEqual([]);
  });

  it("waits while its function has no concurrency left, and runs when it has", async () => {
    const runs = bed.record("invoke.start");
    const throttles = bed.record("throttle");
    const name = await bed.deploy(HOLD, { reservedConcurrency: 1 });
    const holding = bed.client.send(new InvokeCommand({ FunctionName: name, Payload: "300" }));
    while (runs.length < 1) await new Promise((done) => setTimeout(done, 1));
    await send(name, "0");
    while (throttles.length < 3) await new Promise((done) => setTimeout(done, 1));
    expect(runs).toHaveLength(1);
    await holding;
    await bed.lambda.idle();
    expect(runs).toMatchObject([{ attempt: 1 }, { attempt: 1 }]);
  });

  // LocalStack's recording of AWS, test_lambda.py::TestLambdaConcurrency::test_reserved_concurrency.
  it("of a function whose concurrency is 0 goes to its destination at once", async () => {
    const [runs, dropped] = [bed.record("invoke.start"), bed.record("dropped")];
    const name = await bed.deploy(OK, { reservedConcurrency: 0, eventInvokeConfig: { onFailureArn: QUEUE } });
    await send(name);
    await bed.lambda.idle();
    expect(runs).toEqual([]);
    expect(dropped).toMatchObject([{ reason: "concurrency" }]);
    expect(JSON.parse(bed.deliveries[0]?.payload ?? "")).toMatchObject({
      requestContext: { condition: "ZeroReservedConcurrency", approximateInvokeCount: 0 },
    });
  });

  it("too old to be tried is recorded as such", async () => {
    const [runs, dropped] = [bed.record("invoke.start"), bed.record("dropped")];
    const name = await bed.deploy(HOLD, {
      reservedConcurrency: 1,
      eventInvokeConfig: { maximumEventAgeSeconds: 100, onFailureArn: QUEUE },
    });
    const holding = bed.client.send(new InvokeCommand({ FunctionName: name, Payload: "600" }));
    while (runs.length < 1) await new Promise((done) => setTimeout(done, 1));
    await send(name, "0");
    await holding;
    await bed.lambda.idle();
    expect(dropped).toMatchObject([{ reason: "age" }]);
    expect(JSON.parse(bed.deliveries[0]?.payload ?? "")).toMatchObject({
      requestContext: { condition: "EventAgeExceeded", approximateInvokeCount: 0 },
    });
  });

  it("of a function deleted meanwhile vanishes", async () => {
    const name = await bed.deploy(FAIL, { deadLetterArn: DEAD });
    await send(name);
    await bed.lambda.deleteFunction(name);
    await bed.lambda.idle();
    expect(bed.deliveries).toEqual([]);
  });
});

describe("faults on request", () => {
  async function runsUnder(
    faults: Parameters<typeof seededFaults>[0],
    events: number,
    source = OK,
    config: Parameters<Testbed["deploy"]>[1] = {},
  ) {
    const faulty = await openTestbed({ timeScale: 0.0005, faults: seededFaults(faults) });
    const runs = faulty.record("invoke.start");
    const ends = faulty.record("invoke.end");
    const name = await faulty.deploy(source, config);
    const ids: (string | undefined)[] = [];
    for (let i = 0; i < events; i += 1) {
      ids.push(await send(name, "{}", faulty));
      await faulty.lambda.idle();
    }
    await faulty.close();
    return { ids, runs: runs.map(({ requestId }) => requestId), ends, cold: runs.map(({ cold }) => cold) };
  }

  it("deliver every n-th event twice, under one request id", async () => {
    const { ids, runs } = await runsUnder({ seed: 1, duplicateEvery: 2 }, 4);
    expect(runs).toEqual([ids[0], ids[1], ids[1], ids[2], ids[3], ids[3]]);
  });

  it("lose events", async () => {
    const { runs } = await runsUnder({ seed: 1, loseRate: 1 }, 2);
    expect(runs).toEqual([]);
  });

  it("crash a run, which is then tried again", async () => {
    const slow = "export const handler = async () => { await new Promise((done) => setTimeout(done, 100)); };";
    const { ids, runs, ends } = await runsUnder({ seed: 1, crashAt: [1], crashToMs: 20 }, 1, slow, {
      timeoutSeconds: 10,
    });
    expect(runs).toEqual([ids[0], ids[0]]);
    expect(ends.map(({ status }) => status)).toEqual(["exit", "ok"]);
  });

  it("start every run cold", async () => {
    const { cold } = await runsUnder({ seed: 1, coldRate: 1 }, 3);
    expect(cold).toEqual([true, true, true]);
  });

  it("throttle calls", async () => {
    const faulty = await openTestbed({ faults: seededFaults({ seed: 1, throttleAt: [2] }) });
    const name = await faulty.deploy(OK);
    await send(name, "{}", faulty);
    await expect(send(name, "{}", faulty)).rejects.toMatchObject({
      name: "TooManyRequestsException",
      $metadata: { httpStatusCode: 429 },
    });
    await send(name, "{}", faulty);
    await faulty.lambda.idle();
    await faulty.close();
  });
});
