import { describe, expect, it } from "vitest";
import { manualHost } from "../../test/manual-host.ts";
import type { MessageQueue, QueueMessage } from "../queues/message-queue.ts";
import { type BatchParts, processBatch } from "./process-batch.ts";

const messageOf = (messageId: string): QueueMessage => ({
  messageId,
  body: messageId,
  attributes: {},
  receiveCount: 1,
  receiptHandle: `receipt-${messageId}`,
});

function world(change: Partial<BatchParts & MessageQueue> = {}) {
  const host = manualHost();
  const removed: string[][] = [];
  const hidden: { ids: string[]; seconds: number }[] = [];
  const errors: string[] = [];
  const ids = (messages: readonly QueueMessage[]) => messages.map(({ messageId }) => messageId);
  const ends = new Map<string, (error?: Error) => void>();
  const parts: BatchParts = {
    host,
    visibilitySeconds: 30,
    signal: new AbortController().signal,
    process: ({ messageId }) =>
      new Promise((resolve, reject) => ends.set(messageId, (error) => (error ? reject(error) : resolve()))),
    onError: (error, what, message) =>
      void errors.push(`${what} ${message?.messageId ?? ""}: ${error instanceof Error ? error.message : ""}`),
    queue: {
      receive: async () => [],
      remove: async (messages) => {
        removed.push(ids(messages));
        return 0;
      },
      hide: async (messages, seconds) => void hidden.push({ ids: ids(messages), seconds }),
      ...change,
    },
    ...change,
  };
  return { host, parts, removed, hidden, errors, end: (id: string, error?: Error) => ends.get(id)?.(error) };
}

describe("[S4.1] the messages of a poll are worked on side by side", () => {
  it("and deleted together when all are done", async () => {
    const { parts, removed, end } = world();
    const batch = processBatch(["a", "b"].map(messageOf), parts);
    end("b");
    end("a");
    const report = await batch;
    expect(report).toMatchObject({ processed: 2, failed: 0 });
    expect(await report.removal).toBe(0);
    expect(removed).toEqual([["b", "a"]]);
  });

  it("an error of one keeps it in the queue, and touches no other", async () => {
    const { parts, removed, errors, end } = world();
    const batch = processBatch(["a", "b"].map(messageOf), parts);
    end("a", new Error("no stock"));
    end("b");
    expect(await batch).toMatchObject({ processed: 1, failed: 1 });
    expect(removed).toEqual([["b"]]);
    expect(errors).toEqual(["process a: no stock"]);
  });

  it("even one that is thrown before anything is awaited", async () => {
    const { parts } = world({
      process: () => {
        throw new Error("at once");
      },
    });
    expect(await processBatch([messageOf("a")], parts)).toMatchObject({ failed: 1 });
  });
});

describe("what takes long stays hidden", () => {
  it("each third of its visibility timeout, while what is done is deleted", async () => {
    const { host, parts, removed, hidden, end } = world();
    const batch = processBatch(["a", "b"].map(messageOf), parts);
    end("a");
    await host.pass(9_999);
    expect(hidden).toEqual([]);
    await host.pass(1);
    expect(removed).toEqual([["a"]]);
    await host.pass(10_000);
    expect(hidden).toEqual([
      { ids: ["b"], seconds: 30 },
      { ids: ["b"], seconds: 30 },
    ]);
    end("b");
    await batch;
    await host.pass(60_000);
    expect(hidden).toHaveLength(2);
    expect(removed).toEqual([["a"], ["b"]]);
  });

  it("tried again if SQS refuses; refusals are counted, and end nothing", async () => {
    const { host, parts, errors, end } = world({ hide: () => Promise.reject(new Error("throttled")) });
    const batch = processBatch([messageOf("a")], parts);
    await host.pass(20_000);
    end("a");
    expect(await batch).toMatchObject({ processed: 1 });
    expect(errors).toEqual(["extend : throttled", "extend : throttled"]);
  });

  it("not beyond the hop: what is done then is deleted, the rest comes back", async () => {
    const hop = new AbortController();
    const { host, parts, removed, hidden, end } = world({ signal: hop.signal });
    const batch = processBatch(["a", "b"].map(messageOf), parts);
    end("a");
    await host.pass(0);
    hop.abort();
    await host.pass(30_000);
    expect(removed).toEqual([["a"]]);
    expect(hidden).toEqual([]);
    end("b", new Error("aborted"));
    await batch;
  });
});

describe("what is done is deleted", () => {
  it("at once when the hop's time is over, whether or not the rest comes to an end", async () => {
    const hop = new AbortController();
    const { host, parts, removed, end } = world({ signal: hop.signal });
    const batch = processBatch(["a", "b"].map(messageOf), parts);
    hop.abort();
    end("a");
    await host.pass(0);
    expect(removed).toEqual([["a"]]);
    end("b");
    await batch;
    expect(removed).toEqual([["a"], ["b"]]);
  });

  it("before the batch counts as deleted, also what was deleted while the rest was worked on", async () => {
    const removals: ((undeleted: number) => void)[] = [];
    const { host, parts, end } = world({ remove: () => new Promise((resolve) => removals.push(resolve)) });
    const batch = processBatch(["a", "b"].map(messageOf), parts);
    end("a");
    await host.pass(10_000);
    end("b");
    const { removal } = await batch;
    let undeleted: number | undefined;
    void removal.then((count) => {
      undeleted = count;
    });
    removals[1]?.(0);
    await host.pass(0);
    expect(undeleted).toBeUndefined();
    removals[0]?.(1);
    await host.pass(0);
    expect(undeleted).toBe(1);
  });
});

describe("a message that could not be deleted", () => {
  it.each([
    ["refused", async () => 2],
    ["failed", () => Promise.reject(new Error("throttled"))],
  ])("comes again, and is counted: %s", async (_, remove) => {
    const { parts, end } = world({ remove });
    const batch = processBatch(["a", "b"].map(messageOf), parts);
    end("a");
    end("b");
    const report = await batch;
    expect(report).toMatchObject({ processed: 2, failed: 0 });
    expect(await report.removal).toBe(2);
  });
});
