import { describe, expect, it } from "vitest";
import { createManualClock } from "../gateway/manual-clock.ts";
import { AccessDenied } from "../gateway/service.ts";
import type { InvokeRequest, InvokeResponse } from "../lambda/invoke-api.ts";
import { LambdaError, recursiveInvocation, tooManyRequests } from "../lambda/lambda-error.ts";
import { createSqs } from "../sqs/sqs.ts";
import { createEventSourceMappings, type EventSourceOptions } from "./event-source-mappings.ts";

const place = { region: "us-east-1", accountId: "000000000000" };
const functionArn = "arn:aws:lambda:us-east-1:000000000000:function:work";
type Answer = Partial<InvokeResponse>;
type Records = readonly { readonly messageId: string; readonly body: string; readonly attributes: object }[];

/** Lets everything run that needs no time to pass. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

function setUp(
  answer: (
    bodies: readonly string[],
    records: Records,
    request: InvokeRequest,
  ) => Answer | Promise<Answer> = () => ({}),
  more: Partial<EventSourceOptions> = {},
) {
  const clock = createManualClock(1_800_000_000_000);
  let ids = 0;
  const newId = () => {
    ids += 1;
    return `id-${ids}`;
  };
  const sqs = createSqs({ ...place, clock, newId, baseUrl: "http://127.0.0.1" });
  const batches: (readonly string[])[] = [];
  const problems: string[] = [];
  const permissions = new Set<string>();
  const mappings = createEventSourceMappings({
    ...place,
    clock,
    randomUUID: newId,
    sqs,
    lambda: {
      getFunction: () => ({ arn: functionArn, roleArn: "arn:role", timeoutSeconds: 5 }) as never,
      async invoke(request) {
        const { Records } = JSON.parse(request.payload ?? "") as { Records: Records };
        const bodies = Records.map(({ body }) => body);
        batches.push(bodies);
        const given = await answer(bodies, Records, request);
        return {
          statusCode: 200,
          requestId: "r",
          payload: "null",
          functionError: undefined,
          ...given,
        } as InvokeResponse;
      },
    },
    authorize: ({ roleArn }, action) => void permissions.add(`${roleArn} ${action}`),
    onProblem: (error) => problems.push(error instanceof Error ? error.message : String(error)),
    ...more,
  });
  const dead = sqs.createQueue("dead");
  const queue = sqs.createQueue("work", {
    VisibilityTimeout: "30",
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 3 }),
  });
  const send = (...bodies: readonly string[]) => {
    for (const body of bodies) sqs.sendMessage(queue.arn, body);
  };
  const counts = (name = "work") => sqs.queues.get(name).messages.counts(clock.nowMs());
  const map = (settings: Parameters<typeof mappings.create>[1] | object = {}) =>
    mappings.create(queue.arn, { functionName: "work", ...settings });
  return { clock, sqs, mappings, queue, batches, problems, permissions, send, counts, map };
}

const nothing = { visible: 0, inFlight: 0, delayed: 0 };

describe("messages of a mapped queue", () => {
  it("are handed over as they come, deleted when the function succeeds, and shown to it as AWS shows them", async () => {
    let record: object = {};
    const { sqs, queue, clock, counts, map } = setUp((_, [first]) => {
      record = first ?? {};
      return {};
    });
    map();
    await settle();
    const attributes = { kind: { DataType: "String", StringValue: "file" } };
    const { messageId } = sqs.sendMessage(queue.arn, "body", { attributes, traceHeader: "Root=1-a-b", senderId: "me" });
    await settle();
    expect(record).toEqual({
      messageId,
      receiptHandle: expect.any(String),
      body: "body",
      attributes: {
        ApproximateReceiveCount: "1",
        SentTimestamp: String(clock.nowMs()),
        SenderId: "me",
        ApproximateFirstReceiveTimestamp: String(clock.nowMs()),
        AWSTraceHeader: "Root=1-a-b",
      },
      messageAttributes: {
        kind: { stringValue: "file", stringListValues: [], binaryListValues: [], dataType: "String" },
      },
      md5OfBody: "841a2d689ad86bd1611447453c22c6fc",
      md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
      eventSource: "aws:sqs",
      eventSourceARN: queue.arn,
      awsRegion: "us-east-1",
    });
    expect(counts()).toEqual(nothing);
  });

  it("come in batches of ten at most, without waiting for more", async () => {
    const { batches, send, map } = setUp();
    send(...Array.from({ length: 13 }, (_, index) => `${index}`));
    map();
    await settle();
    expect(batches.map(({ length }) => length)).toEqual([10, 3]);
  });

  it("wait for company within the batching window, and no longer than until the batch is full", async () => {
    const { batches, clock, send, map } = setUp();
    map({ batchSize: 12, maximumBatchingWindowSeconds: 5 });
    await settle();
    send("a", "b");
    await settle();
    clock.advance(4_999);
    await settle();
    send("c");
    await settle();
    expect(batches).toEqual([]);
    clock.advance(1);
    await settle();
    expect(batches).toEqual([["a", "b", "c"]]);
    send(...Array.from({ length: 12 }, (_, index) => `${index}`));
    await settle();
    expect(batches[1]).toHaveLength(12);
  });

  it("of together more than 6 MB come in several batches, nothing lost", async () => {
    const { batches, send, counts, map } = setUp();
    send(...Array.from({ length: 10 }, (_, index) => String(index).repeat(1_000_000)));
    map();
    await settle();
    expect(batches.map(({ length }) => length)).toEqual([6, 4]);
    expect(batches.flat().map(([digit]) => digit)).toEqual([..."0123456789"]);
    expect(counts()).toEqual(nothing);
  });

  it("come again after the visibility timeout if the function fails, and are dead letters after enough of that", async () => {
    const { batches, clock, send, counts, map, mappings } = setUp(() => ({ functionError: "Unhandled" }));
    map();
    send("poison");
    let isIdle = false;
    void mappings.idle().then(() => {
      isIdle = true;
    });
    for (let receive = 1; receive <= 3; receive += 1) {
      await settle();
      expect(batches).toHaveLength(receive);
      expect(isIdle).toBe(false);
      clock.advance(29_999);
      await settle();
      expect(batches).toHaveLength(receive);
      clock.advance(1);
    }
    await settle();
    expect(counts()).toEqual(nothing);
    expect(counts("dead").visible).toBe(1);
    expect(isIdle).toBe(true);
  });

  it("that a function reports as failed come again, the others do not", async () => {
    const { batches, clock, send, counts, map } = setUp((bodies, records) => ({
      payload: JSON.stringify({
        batchItemFailures: bodies[0] === "a" ? [{ itemIdentifier: records[1]?.messageId }] : [],
      }),
    }));
    map({ reportsBatchItemFailures: true });
    send("a", "b", "c");
    await settle();
    expect(counts()).toEqual({ ...nothing, inFlight: 1 });
    clock.advance(30_000);
    await settle();
    expect(batches).toEqual([["a", "b", "c"], ["b"]]);
    expect(counts()).toEqual(nothing);
  });

  it("are tried again while the function is throttled, without being received anew", async () => {
    let isThrottled = true;
    const { batches, clock, send, counts, map } = setUp(() => {
      if (isThrottled) throw tooManyRequests("ReservedFunctionConcurrentInvocationLimitExceeded");
      return {};
    });
    map();
    send("a");
    await settle();
    for (let pause = 0; pause < 3; pause += 1) {
      clock.advance(1_000);
      await settle();
    }
    expect(batches.length).toBeGreaterThan(3);
    isThrottled = false;
    clock.advance(2_000);
    await settle();
    expect(counts()).toEqual(nothing);
  });

  it("return to the queue if the throttling outlasts their visibility timeout", async () => {
    const { clock, send, counts, map } = setUp(() => {
      throw tooManyRequests("CallerRateLimitExceeded");
    });
    map();
    send("a");
    for (let second = 0; second < 100; second += 1) {
      await settle();
      clock.advance(1_000);
    }
    await settle();
    expect(counts("dead").visible).toBe(1);
  });

  it("that match no filter are deleted unseen", async () => {
    const { batches, send, counts, map } = setUp();
    map({ filterPatterns: ['{"body":{"wanted":[true]}}'] });
    send('{"wanted":true}', '{"wanted":false}', "text");
    await settle();
    expect(batches).toEqual([['{"wanted":true}']]);
    expect(counts()).toEqual(nothing);
  });

  it("can be delivered twice on request", async () => {
    const { batches, send, counts, map } = setUp(undefined, {
      faults: { duplicate: ({ body, receiveCount }) => body === "twice" && receiveCount === 1 },
    });
    map();
    send("once", "twice");
    await settle();
    expect(batches).toEqual([["once", "twice"], ["twice"]]);
    expect(counts()).toEqual(nothing);
  });

  it("that came round in a loop go to the dead letters, and no other with them", async () => {
    const { sqs, queue, batches, counts, map } = setUp((_bodies, _records, { traceHeader }) => {
      if (traceHeader?.includes("Lineage=aa:16")) throw recursiveInvocation("work");
      return {};
    });
    sqs.sendMessage(queue.arn, "new");
    sqs.sendMessage(queue.arn, "old", { traceHeader: "Root=1-a-b;Lineage=aa:16" });
    map();
    await settle();
    expect(batches).toEqual([["new", "old"], ["new"], ["old"]]);
    expect(counts()).toEqual(nothing);
    expect(counts("dead").visible).toBe(1);
  });

  it("are worked on by as many batches as the mapping allows", async () => {
    const ends: (() => void)[] = [];
    const { batches, clock, send, map } = setUp(() => new Promise((resolve) => ends.push(() => resolve({}))));
    map({ batchSize: 1, maximumConcurrency: 2 });
    send("a", "b", "c");
    await settle();
    clock.advance(5_000);
    await settle();
    expect(batches).toEqual([["a"], ["b"]]);
    ends[0]?.();
    await settle();
    expect(batches).toEqual([["a"], ["b"], ["c"]]);
  });

  it("are received and deleted with the function's role", async () => {
    const { permissions, send, map } = setUp();
    map();
    send("a");
    await settle();
    const actions = ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"];
    expect(permissions).toEqual(new Set(actions.map((action) => `arn:role sqs:${action}`)));
  });
});

describe("a mapping", () => {
  it("that is disabled leaves messages where they are, finishes what it began, and goes on when it is enabled", async () => {
    let end = () => {};
    const { batches, mappings, send, counts, map } = setUp(
      () =>
        new Promise((resolve) => {
          end = () => resolve({});
        }),
    );
    const { uuid } = map();
    send("a");
    await settle();
    mappings.update(uuid, { isEnabled: false });
    send("b");
    await settle();
    expect(counts()).toEqual({ ...nothing, visible: 1, inFlight: 1 });
    end();
    await settle();
    expect(counts()).toEqual({ ...nothing, visible: 1 });
    await mappings.idle();
    mappings.update(uuid, { isEnabled: true });
    await settle();
    end();
    await settle();
    expect(batches).toEqual([["a"], ["b"]]);
    expect(counts()).toEqual(nothing);
  });

  it("whose queue has gone says so, and works when it is there again", async () => {
    const { sqs, clock, mappings, problems, batches, map } = setUp();
    const { uuid } = map();
    await settle();
    sqs.queues.delete("work");
    await settle();
    clock.advance(60_000);
    await settle();
    expect(problems).toEqual([expect.stringContaining("does not exist")]);
    expect(mappings.get(uuid).problem).toContain("does not exist");
    sqs.sendMessage(sqs.createQueue("work").arn, "a");
    clock.advance(5_000);
    await settle();
    expect(batches).toEqual([["a"]]);
    expect(mappings.get(uuid).problem).toBeUndefined();
  });

  it("does nothing while nothing comes: one timer, for the end of the long poll", async () => {
    const { permissions, clock, map } = setUp();
    map();
    await settle();
    permissions.clear();
    clock.advance(19_999);
    await settle();
    expect(permissions.size).toBe(0);
    clock.advance(1);
    await settle();
    expect(permissions.size).toBe(1);
  });

  it.each<[string, object, string]>([
    ["a batch of none", { batchSize: 0 }, "BatchSize is 0"],
    ["a large batch without a window", { batchSize: 11 }, "window in seconds must be greater than 0"],
    ["a window of ten minutes", { maximumBatchingWindowSeconds: 600 }, "MaximumBatchingWindowInSeconds is 600"],
    ["a concurrency of one", { maximumConcurrency: 1 }, "MaximumConcurrency is 1"],
  ])("with %s is refused", (_, settings, message) => {
    const { map } = setUp();
    expect(() => map(settings)).toThrow(message);
  });

  it("is refused where the queue shows messages again before the function is over", () => {
    const { sqs, map } = setUp();
    sqs.queues.setAttributes(sqs.queues.get("work"), { VisibilityTimeout: "4" });
    expect(() => map()).toThrow("Queue visibility timeout: 4 seconds is less than Function timeout: 5 seconds");
  });

  it("is refused where there is one already, no queue, or no permission to poll it", () => {
    const { mappings, map } = setUp();
    map();
    expect(() => map()).toThrow(LambdaError);
    const missing = "arn:aws:sqs:us-east-1:000000000000:missing";
    expect(() => mappings.create(missing, { functionName: "work" })).toThrow("NonExistentQueue");
    const denied = setUp(undefined, {
      authorize: (_, action, arn) => {
        throw new AccessDenied(action, arn, "arn:role");
      },
    });
    expect(() => denied.map()).toThrow("does not have permissions to call ReceiveMessage on SQS");
  });
});
