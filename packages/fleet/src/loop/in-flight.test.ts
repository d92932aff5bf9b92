import { describe, expect, it } from "vitest";
import { manualHost, outcomeOf } from "../../test/manual-host.ts";
import type { QueueMessage } from "../queues/message-queue.ts";
import { InFlight, type InFlightParts } from "./in-flight.ts";

const messageOf = (messageId: string): QueueMessage => ({
  messageId,
  body: messageId,
  attributes: {},
  receiveCount: 1,
  receiptHandle: `receipt-${messageId}`,
});

function world(change: Partial<InFlightParts & InFlightParts["queue"]> = {}) {
  const host = manualHost();
  const removed: string[][] = [];
  const hidden: { ids: string[]; seconds: number }[] = [];
  const errors: string[] = [];
  const ids = (messages: readonly QueueMessage[]) => messages.map(({ messageId }) => messageId);
  const ends = new Map<string, (error?: Error) => void>();
  const signals = new Map<string, AbortSignal>();
  const inFlight = new InFlight({
    host,
    capacity: 10,
    visibilitySeconds: 30,
    messageTimeoutMs: 150_000,
    process: ({ messageId }, { signal }) => {
      signals.set(messageId, signal);
      return new Promise((resolve, reject) => ends.set(messageId, (error) => (error ? reject(error) : resolve())));
    },
    onError: (error, what, message) =>
      void errors.push(`${what} ${message?.messageId ?? ""}: ${error instanceof Error ? error.message : ""}`),
    queue: {
      remove: async (messages) => {
        removed.push(ids(messages));
        return 0;
      },
      hide: async (messages, seconds) => void hidden.push({ ids: ids(messages), seconds }),
      ...change,
    },
    ...change,
  });
  const take = async (...names: string[]) => {
    const taken = inFlight.take(names.map(messageOf));
    await host.pass(0);
    return { taken };
  };
  return {
    host,
    inFlight,
    removed,
    hidden,
    errors,
    signals,
    take,
    end: async (id: string, error?: Error) => {
      ends.get(id)?.(error);
      await host.pass(0);
    },
  };
}

describe("[S4.1] messages are worked on side by side", () => {
  it("and what is done is deleted together", async () => {
    const { inFlight, removed, end, take } = world();
    const { taken } = await take("a", "b");
    await end("b");
    expect(await outcomeOf(taken)).toBe("pending");
    await end("a");
    expect(await outcomeOf(taken)).toBeUndefined();
    expect(inFlight).toMatchObject({ processed: 2, failed: 0, free: 10 });
    await inFlight.removeDone();
    expect(removed).toEqual([["b", "a"]]);
    await inFlight.removeDone();
    expect(removed).toHaveLength(1);
  });

  it("an error of one keeps it in the queue, and touches no other", async () => {
    const { inFlight, removed, errors, end, take } = world();
    const { taken } = await take("a", "b");
    await end("a", new Error("no stock"));
    await end("b");
    await taken;
    await inFlight.removeDone();
    expect(inFlight).toMatchObject({ processed: 1, failed: 1, undeleted: 0 });
    expect(removed).toEqual([["b"]]);
    expect(errors).toEqual(["process a: no stock"]);
  });

  it("even one that is thrown before anything is awaited", async () => {
    const { inFlight } = world({
      process: () => {
        throw new Error("at once");
      },
    });
    await inFlight.take([messageOf("a")]);
    expect(inFlight).toMatchObject({ failed: 1, free: 10 });
  });
});

describe("a message that hangs has a time limit of its own", () => {
  it("after which it has failed like any other: not deleted, not kept hidden, its capacity free again", async () => {
    const { host, inFlight, removed, hidden, errors, signals, end, take } = world();
    const { taken } = await take("hangs", "b");
    await end("b");
    expect(inFlight.free).toBe(9);
    await host.pass(149_999);
    expect(inFlight.free).toBe(9);
    expect(signals.get("hangs")?.aborted).toBe(false);
    await host.pass(1);
    expect(await outcomeOf(taken)).toBeUndefined();
    expect(inFlight).toMatchObject({ free: 10, processed: 1, failed: 1 });
    expect(errors).toEqual([expect.stringContaining("process hangs: Message hangs was not processed within 150 s.")]);
    expect(signals.get("hangs")?.reason).toMatchObject({ code: "MESSAGE_TIMEOUT" });
    const { length } = hidden;
    await host.pass(60_000);
    expect(hidden).toHaveLength(length);
    expect(removed).toEqual([["b"]]);
  });

  it("which is over when the message ends", async () => {
    const { host, inFlight, errors, end, take } = world();
    await take("a");
    await end("a");
    await host.pass(300_000);
    expect([errors, inFlight.failed]).toEqual([[], 0]);
  });

  it("and is not taken for the time that messages need", async () => {
    const { host, inFlight, end, take } = world();
    expect(inFlight.expectedMs).toBeUndefined();
    await take("hangs", "b");
    await host.pass(2_000);
    await end("b");
    await host.pass(148_000);
    expect(inFlight.failed).toBe(1);
    expect(inFlight.expectedMs).toBeLessThan(10_000);
    expect(inFlight.expectedMs).toBeGreaterThanOrEqual(2_000);
  });
});

describe("what takes long stays hidden", () => {
  it("each third of its visibility timeout, while what is done is deleted", async () => {
    const { host, removed, hidden, end, take } = world();
    await take("a", "b");
    await end("a");
    await host.pass(9_999);
    expect(hidden).toEqual([]);
    await host.pass(1);
    expect(removed).toEqual([["a"]]);
    await host.pass(10_000);
    expect(hidden).toEqual([
      { ids: ["b"], seconds: 30 },
      { ids: ["b"], seconds: 30 },
    ]);
    await end("b");
    await host.pass(60_000);
    expect(hidden).toHaveLength(2);
    expect(removed).toEqual([["a"], ["b"]]);
  });

  it("with at least half of it left, whenever it was taken", async () => {
    const hiddenAtMs = new Map<string, number>();
    const { host, take } = world({
      hide: async (messages) => {
        for (const { messageId } of messages) {
          expect(host.now() - (hiddenAtMs.get(messageId) ?? 0)).toBeLessThanOrEqual(15_000);
          hiddenAtMs.set(messageId, host.now());
        }
      },
    });
    for (const id of ["a", "b", "c", "d", "e"]) {
      await take(id);
      hiddenAtMs.set(id, host.now());
      await host.pass(2_500);
    }
    const beganMs = host.now();
    await host.pass(60_000);
    for (const atMs of hiddenAtMs.values()) expect(atMs).toBeGreaterThan(beganMs + 40_000);
  });

  it("tried again if SQS refuses; refusals end nothing", async () => {
    const { host, inFlight, errors, end, take } = world({ hide: () => Promise.reject(new Error("throttled")) });
    await take("a");
    await host.pass(20_000);
    await end("a");
    expect(inFlight.processed).toBe(1);
    expect(errors).toEqual(["extend : throttled", "extend : throttled"]);
  });

  it("also while a deletion is not answered", async () => {
    const { host, hidden, end, take } = world({ remove: () => new Promise(() => {}) });
    await take("a", "b");
    await end("a");
    await host.pass(20_000);
    expect(hidden).toHaveLength(2);
  });

  it("not beyond the hop: what is done then is deleted, the rest comes back", async () => {
    const { host, inFlight, removed, hidden, end, take } = world();
    await take("a", "b");
    await end("a");
    inFlight.abort(new Error("the reserve"));
    await host.pass(30_000);
    expect(removed).toEqual([["a"]]);
    expect(hidden).toEqual([]);
    await end("b", new Error("aborted"));
    expect(removed).toEqual([["a"]]);
  });
});

describe("when the hop's time is over", () => {
  it("each message is asked to end, also one that comes after that", async () => {
    const { inFlight, signals, take } = world();
    await take("a");
    inFlight.abort(new Error("the reserve"));
    await take("b");
    for (const id of ["a", "b"]) expect(signals.get(id)?.reason).toMatchObject({ message: "the reserve" });
  });

  it("what is done is deleted at once, whether or not the rest ends", async () => {
    const { inFlight, removed, end, take } = world();
    await take("a", "b");
    inFlight.abort(new Error("the reserve"));
    await end("a");
    expect(removed).toEqual([["a"]]);
    await end("b");
    expect(removed).toEqual([["a"], ["b"]]);
  });

  it("closing waits for the messages and their deletion", async () => {
    const removals: ((undeleted: number) => void)[] = [];
    const { host, inFlight, end, take } = world({ remove: () => new Promise((resolve) => removals.push(resolve)) });
    await take("a", "b");
    await end("a");
    await host.pass(10_000);
    const closed = inFlight.close(new Error("over"));
    await end("b");
    expect(await outcomeOf(closed)).toBe("pending");
    removals[1]?.(0);
    expect(await outcomeOf(closed)).toBe("pending");
    removals[0]?.(1);
    await closed;
    expect(inFlight.undeleted).toBe(1);
  });
});

describe("a message that could not be deleted", () => {
  it.each([
    ["refused", async () => 2],
    ["failed", () => Promise.reject(new Error("throttled"))],
  ])("comes again, and is counted: %s", async (_, remove) => {
    const { inFlight, end, take } = world({ remove });
    await take("a", "b");
    await end("a");
    await end("b");
    await inFlight.removeDone();
    expect(inFlight).toMatchObject({ processed: 2, failed: 0, undeleted: 2 });
  });
});
