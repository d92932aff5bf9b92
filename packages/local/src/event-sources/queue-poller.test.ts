import { describe, expect, it } from "vitest";
import { nothing, settle, setUpMappings } from "../../test/mapping-testbed.ts";
import { recursiveInvocation, tooManyRequests } from "../lambda/lambda-error.ts";

describe("messages of a mapped queue", () => {
  it("are handed over as they come, deleted when the function succeeds, and shown to it as AWS shows them", async () => {
    let record: object = {};
    const { sqs, queue, clock, counts, map } = setUpMappings((_, [first]) => {
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
    const { batches, send, map } = setUpMappings();
    send(...Array.from({ length: 13 }, (_, index) => `${index}`));
    map();
    await settle();
    expect(batches.map(({ length }) => length)).toEqual([10, 3]);
  });

  it("wait for company within the batching window, and no longer than until the batch is full", async () => {
    const { batches, clock, send, map } = setUpMappings();
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
    const { batches, send, counts, map } = setUpMappings();
    send(...Array.from({ length: 10 }, (_, index) => String(index).repeat(1_000_000)));
    map();
    await settle();
    expect(batches.map(({ length }) => length)).toEqual([6, 4]);
    expect(batches.flat().map(([digit]) => digit)).toEqual([..."0123456789"]);
    expect(counts()).toEqual(nothing);
  });

  it("come again after the visibility timeout if the function fails, and are dead letters after enough of that", async () => {
    const { batches, clock, send, counts, map, mappings } = setUpMappings(() => ({ functionError: "Unhandled" }));
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
    const { batches, clock, send, counts, map } = setUpMappings((bodies, records) => ({
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

  it.each([
    ["of no message of the batch", { batchItemFailures: [{ itemIdentifier: "stranger" }] }],
    ["that are no list", { batchItemFailures: 7 }],
    ["in an answer that is no object", "all well"],
  ])("all come again if it reports failures %s", async (_, answer) => {
    const { batches, clock, send, counts, map } = setUpMappings(() => ({ payload: JSON.stringify(answer) }));
    map({ reportsBatchItemFailures: true });
    send("a", "b");
    await settle();
    expect(counts()).toEqual({ ...nothing, inFlight: 2 });
    clock.advance(30_000);
    await settle();
    expect(batches).toEqual([
      ["a", "b"],
      ["a", "b"],
    ]);
  });

  it("are all deleted, whatever it answers, if it is not asked which failed", async () => {
    const { send, counts, map } = setUpMappings((_, records) => ({
      payload: JSON.stringify({ batchItemFailures: records.map(({ messageId }) => ({ itemIdentifier: messageId })) }),
    }));
    map();
    send("a", "b");
    await settle();
    expect(counts()).toEqual(nothing);
  });

  it("are tried again while the function is throttled, without being received anew", async () => {
    let isThrottled = true;
    const { batches, clock, send, counts, map } = setUpMappings(() => {
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
    const { clock, send, counts, map } = setUpMappings(() => {
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

  it("and are then handed over once, by whoever received them last", async () => {
    let isThrottled = true;
    const handed: string[] = [];
    const { clock, send, counts, map } = setUpMappings((bodies) => {
      if (isThrottled) throw tooManyRequests("CallerRateLimitExceeded");
      handed.push(...bodies);
      return {};
    });
    map();
    send("a");
    for (let second = 0; second < 40; second += 1) {
      await settle();
      clock.advance(1_000);
      isThrottled = second < 32;
    }
    await settle();
    expect(handed).toEqual(["a"]);
    expect(counts()).toEqual(nothing);
  });

  it("that match no filter are deleted unseen", async () => {
    const { batches, send, counts, map } = setUpMappings();
    map({ filterPatterns: ['{"body":{"wanted":[true]}}'] });
    send('{"wanted":true}', '{"wanted":false}', "text");
    await settle();
    expect(batches).toEqual([['{"wanted":true}']]);
    expect(counts()).toEqual(nothing);
  });

  it("can be delivered twice on request", async () => {
    const { batches, send, counts, map } = setUpMappings(undefined, {
      faults: { duplicate: ({ body, receiveCount }) => body === "twice" && receiveCount === 1 },
    });
    map();
    send("once", "twice");
    await settle();
    expect(batches).toEqual([["once", "twice"], ["twice"]]);
    expect(counts()).toEqual(nothing);
  });

  it("that came round in a loop go to the dead letters, and no other with them", async () => {
    const { sqs, queue, batches, counts, map } = setUpMappings((_bodies, _records, { traceHeader }) => {
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
    const { batches, clock, send, map } = setUpMappings(() => new Promise((resolve) => ends.push(() => resolve({}))));
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
    const { permissions, send, map } = setUpMappings();
    map();
    send("a");
    await settle();
    const actions = ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"];
    expect(permissions).toEqual(new Set(actions.map((action) => `arn:role sqs:${action}`)));
  });

  it("need those rights each time, and not only when the mapping is made", async () => {
    const { permissions, send, map } = setUpMappings();
    map();
    await settle();
    permissions.clear();
    send("a");
    await settle();
    expect(permissions).toEqual(new Set(["arn:role sqs:ReceiveMessage", "arn:role sqs:DeleteMessage"]));
  });
});
