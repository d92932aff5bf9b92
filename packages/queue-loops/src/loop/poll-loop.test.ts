import { describe, expect, it } from "vitest";
import { manualHost } from "../../test/manual-host.ts";
import { memoryTokenTable } from "../../test/memory-token-table.ts";
import type { MessageQueue, Poll, QueueMessage } from "../queues/message-queue.ts";
import type { TokenTable } from "../tokens/token-table.ts";
import { LoopLease } from "./loop-lease.ts";
import { type LoopCounts, pollLoop } from "./poll-loop.ts";

const key = { queueUrl: "q", token: "t" };
const place = { ...key, loopId: "l", hop: 0, owner: "me" };
const message: QueueMessage = { messageId: "m", body: "", attributes: {}, receiveCount: 1, receiptHandle: "r" };
const NOTHING: LoopCounts = { polls: 0, processed: 0, failed: 0, troubles: 0 };

async function world(change: Partial<TokenTable> = {}) {
  const host = manualHost();
  const memory = memoryTokenTable();
  await memory.add(key, "l", host.now());
  await memory.claim(place, host.now());
  let beats = 0;
  const table: TokenTable = {
    ...memory,
    beat: (...args) => {
      beats++;
      return (change.beat ?? memory.beat)(...args);
    },
  };
  const lease = new LoopLease(table, place, 10_000, host.now());
  const polls: Poll[] = [];
  const removals: ((undeleted: number) => void)[] = [];
  const answers: (readonly QueueMessage[] | Promise<readonly QueueMessage[]> | Error)[] = [];
  const queue: MessageQueue = {
    receive: (poll) => {
      polls.push(poll);
      const answer = answers.shift();
      if (answer instanceof Error) return Promise.reject(answer);
      if (answer) return Promise.resolve(answer);
      return new Promise((resolve, reject) => {
        host.timer(poll.waitSeconds * 1_000, () => resolve([]));
        poll.signal.addEventListener("abort", () => reject(poll.signal.reason), { once: true });
      });
    },
    remove: () => new Promise((resolve) => removals.push(resolve)),
    hide: async () => {},
  };
  const hop = new AbortController();
  const troubles: string[] = [];
  const lost: string[] = [];
  const work: { end: () => void; signal: AbortSignal }[] = [];
  const loop = pollLoop(
    NOTHING,
    { signal: hop.signal, progress: () => {} },
    {
      queue,
      lease,
      host,
      batchSize: 10,
      waitSeconds: 20,
      visibilitySeconds: 60,
      heartbeatEveryMs: 10_000,
      process: (_, { signal }) => new Promise((resolve) => work.push({ end: resolve, signal })),
      onLost: (refusal) => void lost.push(refusal),
      onTrouble: (_, what) => void troubles.push(what),
    },
  );
  return { host, memory, polls, answers, removals, hop, lost, troubles, work, loop, beats: () => beats };
}

describe("[S4.1] a loop", () => {
  it("polls for 20 s, and comes to a safe point after each poll", async () => {
    const { host, loop, polls } = await world();
    const step = loop.next();
    await host.pass(20_000);
    expect(await step).toEqual({ done: false, value: { ...NOTHING, polls: 1 } });
    expect(polls[0]).toMatchObject({ maxMessages: 10, waitSeconds: 20, visibilitySeconds: 60 });
  });

  it("polls again while the batch before is being deleted, and waits for that before it ends", async () => {
    const { host, loop, answers, work, removals, polls } = await world();
    answers.push([message]);
    const step = loop.next();
    await host.pass(0);
    work[0]?.end();
    await step;
    void loop.next();
    await host.pass(0);
    expect([polls.length, removals.length]).toEqual([2, 1]);
    let isOver = false;
    const end = loop.return(NOTHING).then(() => {
      isOver = true;
    });
    await host.pass(20_000);
    expect(isOver).toBe(false);
    removals[0]?.(0);
    await end;
    expect(isOver).toBe(true);
  });

  it("goes on after a poll that failed, and waits longer each time", async () => {
    const { host, loop, answers, troubles, polls } = await world();
    answers.push(...Array.from({ length: 3 }, () => new Error("no connection")));
    for (let at = 0; at < 3; at++) {
      const step = loop.next();
      await host.pass(5_000);
      expect((await step).value).toMatchObject({ polls: at + 1, troubles: at + 1 });
    }
    expect(troubles).toEqual(["receive", "receive", "receive"]);
    const next = loop.next();
    await host.pass(1_999);
    expect(polls).toHaveLength(3);
    await host.pass(1);
    expect(polls).toHaveLength(4);
    await host.pass(20_000);
    await next;
  });

  it("waits 20 s at most, whatever the spread", async () => {
    const { host, loop, answers, polls } = await world();
    host.random = () => 0.99;
    answers.push(...Array.from({ length: 12 }, () => new Error("no connection")));
    for (let at = 0; at < 12; at++) {
      const step = loop.next();
      await host.pass(20_000);
      await step;
      expect(polls).toHaveLength(at + 1);
    }
  });

  it("aborts its poll when the hop's time is over", async () => {
    const { host, loop, hop } = await world();
    const step = loop.next();
    await host.pass(3_000);
    hop.abort();
    expect(await step).toMatchObject({ done: false, value: { polls: 1, troubles: 0 } });
  });
});

describe("[S4.3] [S4.5] its heartbeat", () => {
  it("is one write per period, in long polls and long work alike", async () => {
    const { host, loop, answers, work, memory, beats } = await world();
    answers.push([message]);
    const step = loop.next();
    await host.pass(35_000);
    expect(beats()).toBe(3);
    expect((await memory.get(key))?.lastUsedMs).toBe(host.now() - 5_000);
    work[0]?.end();
    expect((await step).value).toMatchObject({ processed: 1 });
  });

  it("that cannot be written is counted, and tried again a period later", async () => {
    const { host, loop, beats, troubles } = await world({ beat: () => Promise.reject(new Error("throttled")) });
    const step = loop.next();
    await host.pass(20_000);
    expect((await step).done).toBe(false);
    expect([beats(), troubles]).toEqual([2, ["heartbeat", "heartbeat"]]);
  });

  it.each([
    ["ended", (memory: Awaited<ReturnType<typeof world>>["memory"]) => memory.end(key, 0)],
    ["deleted", async (memory: Awaited<ReturnType<typeof world>>["memory"]) => memory.tokens.clear()],
    [
      "taken over",
      async (memory: Awaited<ReturnType<typeof world>>["memory"]) => {
        const row = await memory.get(key);
        if (row) await memory.takeOver(row, "other", 0);
      },
    ],
  ])("ends the loop whose token was %s, without waiting for its poll", async (how, lose) => {
    const { host, loop, lost, memory, polls, beats } = await world();
    const step = loop.next();
    await lose(memory);
    await host.pass(10_000);
    expect(await step).toMatchObject({ done: true, value: { polls: 1, troubles: 0 } });
    await host.pass(60_000);
    expect([polls.length, beats()]).toEqual([1, 1]);
    expect(lost).toEqual([{ ended: "ended", deleted: "gone", "taken over": "other-loop" }[how]]);
  });

  it("ends a loop that works only when its messages are completed", async () => {
    const { host, loop, answers, removals, work, memory, beats } = await world();
    answers.push([message, { ...message, messageId: "n" }]);
    let isOver = false;
    const step = loop.next().then((answer) => {
      isOver = true;
      return answer;
    });
    await memory.end(key, 0);
    await host.pass(60_000);
    expect([isOver, beats()]).toEqual([false, 1]);
    for (const { end } of work) end();
    await host.pass(0);
    removals[0]?.(0);
    expect(await step).toMatchObject({ done: true, value: { processed: 2 } });
  });

  it("tells no processor to stop because the token is lost, only because the hop's time is over", async () => {
    const { host, loop, answers, removals, work, memory, hop } = await world();
    answers.push([message]);
    const step = loop.next();
    await memory.end(key, 0);
    await host.pass(15_000);
    expect(work[0]?.signal.aborted).toBe(false);
    hop.abort();
    expect(work[0]?.signal.aborted).toBe(true);
    work[0]?.end();
    await host.pass(0);
    removals[0]?.(0);
    await step;
  });

  it("drops no messages that come just as the token is lost", async () => {
    const { host, loop, answers, removals, work, memory } = await world();
    let arrive = (_: readonly QueueMessage[]) => {};
    answers.push(
      new Promise<readonly QueueMessage[]>((resolve) => {
        arrive = resolve;
      }),
    );
    const step = loop.next();
    await memory.end(key, 0);
    await host.pass(10_000);
    arrive([message]);
    await host.pass(0);
    work[0]?.end();
    await host.pass(0);
    removals[0]?.(0);
    expect(await step).toMatchObject({ done: true, value: { processed: 1 } });
  });

  it("stops with the hop", async () => {
    const { host, loop, beats } = await world();
    const step = loop.next();
    await host.pass(20_000);
    await step;
    await loop.return(NOTHING);
    const before = beats();
    await host.pass(60_000);
    expect(beats()).toBe(before);
  });
});
