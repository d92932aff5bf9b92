import { TimeBudget } from "@longhaul/core";
import { describe, expect, it } from "vitest";
import { manualHost, outcomeOf } from "../../test/manual-host.ts";
import { type MessageQueue, type Poll, type QueueMessage, QueueMissingError } from "../queues/message-queue.ts";
import type { LoopLease } from "./loop-leases.ts";
import { type LoopCounts, pollLoop } from "./poll-loop.ts";

const RESERVE_MS = 5_000;
const NOTHING: LoopCounts = { polls: 0, processed: 0, failed: 0, troubles: 0 };

const messagesOf = (...ids: string[]): QueueMessage[] =>
  ids.map((messageId) => ({ messageId, body: "", attributes: {}, receiveCount: 1, receiptHandle: "r" }));
const ten = messagesOf("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
const throttled = () => Object.assign(new Error("slower"), { name: "ThrottlingException" });

/** A queue's answers to polls, in turn. After the last, and for `undefined`, a poll waits and gets nothing. */
type Answer = readonly QueueMessage[] | Promise<readonly QueueMessage[]> | Error | undefined;

interface Change {
  /** Answers when a deletion is done. Default: at once. */
  readonly remove?: MessageQueue["remove"];
  readonly windowMs?: number;
  /** How long each message takes, in milliseconds. Default: until a test ends it. */
  readonly workMs?: number;
  /** A queue that always has one more message. */
  readonly isEndless?: boolean;
}

async function world(change: Change = {}) {
  const { remove = async () => 0, windowMs = 900_000, workMs, isEndless = false } = change;
  const host = manualHost();
  const untilMs = host.now() + windowMs;
  const budget = new TimeBudget({ remainingMs: () => untilMs - host.now(), reserveMs: RESERVE_MS });
  const lost = new AbortController();
  const lease: LoopLease = { lost: lost.signal, safeMs: 60_000 };
  const polls: (Poll & { readonly atMs: number })[] = [];
  const removed: string[] = [];
  const answers: Answer[] = [];
  const queue: MessageQueue = {
    receive: (poll) => {
      polls.push({ ...poll, atMs: host.now() });
      const answer = answers.shift() ?? (isEndless ? messagesOf(`m${polls.length}`) : undefined);
      if (answer instanceof Error) return Promise.reject(answer);
      if (answer) return Promise.resolve(answer);
      return new Promise((resolve, reject) => {
        host.timer(poll.waitSeconds * 1_000, () => resolve([]));
        poll.signal.addEventListener("abort", () => reject(poll.signal.reason), { once: true });
      });
    },
    remove: async (messages, budgetMs) => {
      const undeleted = await remove(messages, budgetMs);
      removed.push(...messages.map(({ messageId }) => messageId));
      return undeleted;
    },
    hide: async () => {},
  };
  const hop = new AbortController();
  const troubles: string[] = [];
  const missing: string[] = [];
  const work = new Map<string, { end: () => void; fail: (error: unknown) => void; signal: AbortSignal }>();
  const loop = pollLoop(
    NOTHING,
    { signal: hop.signal, progress: () => {}, budget },
    {
      queue,
      lease,
      host,
      capacity: 10,
      waitSeconds: 20,
      visibilitySeconds: 60,
      messageTimeoutMs: 300_000,
      process: ({ messageId }, { signal }) =>
        new Promise((resolve, reject) => {
          work.set(messageId, { end: resolve, fail: reject, signal });
          if (workMs !== undefined) host.timer(workMs, resolve);
        }),
      onQueueMissing: ({ code }) => void missing.push(code),
      onTrouble: (_, what) => void troubles.push(what),
    },
  );
  const safePoints: number[] = [];
  /** Pulls the loop from safe point to safe point, as a hop does while it has time; answers with its last counts. */
  const run = async (): Promise<LoopCounts> => {
    for (;;) {
      const { done, value } = await loop.next();
      safePoints.push(host.now());
      if (done || hop.signal.aborted || !budget.hasTimeForStep()) return value;
    }
  };
  const end = async (...ids: string[]) => {
    for (const id of ids) work.get(id)?.end();
    await host.pass(0);
  };
  const recorded = { polls, removed, troubles, lost, missing, safePoints };
  return { host, lease, budget, answers, hop, work, loop, run, end, ...recorded };
}

describe("[S4.1] a loop", () => {
  it("polls for 20 s, and comes to a safe point after each poll", async () => {
    const { host, loop, polls } = await world();
    const step = loop.next();
    await host.pass(20_000);
    expect(await step).toEqual({ done: false, value: { ...NOTHING, polls: 1 } });
    expect(polls[0]).toMatchObject({ maxMessages: 10, waitSeconds: 20, visibilitySeconds: 60 });
  });

  it("waits for quick messages, so that polls and deletions are of full batches", async () => {
    const { host, run, answers, polls, removed, end } = await world();
    answers.push(ten);
    void run();
    await host.pass(400);
    await end("0", "1", "2");
    await host.pass(400);
    expect(polls).toHaveLength(1);
    await end("3", "4", "5", "6", "7", "8", "9");
    expect(polls[1]).toMatchObject({ maxMessages: 10 });
    expect(removed).toHaveLength(10);
  });

  it("polls again while the batch before is being deleted, and waits for that before it ends", async () => {
    const removals: ((undeleted: number) => void)[] = [];
    const { host, loop, answers, end, polls } = await world({
      remove: () => new Promise((resolve) => removals.push(resolve)),
    });
    answers.push(messagesOf("m"));
    const step = loop.next();
    await host.pass(0);
    await end("m");
    await step;
    void loop.next();
    await host.pass(0);
    expect([polls.length, removals.length]).toEqual([2, 1]);
    let isOver = false;
    const over = loop.return(NOTHING).then(() => {
      isOver = true;
    });
    await host.pass(20_000);
    expect(isOver).toBe(false);
    removals[0]?.(0);
    await over;
    expect(isOver).toBe(true);
  });

  it("aborts its poll when the hop's time is over", async () => {
    const { host, loop, hop } = await world();
    const step = loop.next();
    await host.pass(3_000);
    hop.abort();
    expect(await step).toMatchObject({ done: false, value: { polls: 1, troubles: 0 } });
  });
});

describe("polls that fail", () => {
  it("do not end the loop, and are tried again later each time, up to some seconds", async () => {
    const { host, run, answers, troubles, polls } = await world();
    host.random = () => 0.99;
    answers.push(...Array.from({ length: 12 }, throttled));
    void run();
    await host.pass(60_000);
    const waits = polls.map(({ atMs }, at) => atMs - (polls[at - 1]?.atMs ?? atMs)).slice(1);
    expect(waits.length).toBeGreaterThan(10);
    expect(waits.slice(0, 4)).toEqual([396, 792, 1_584, 3_168]);
    for (const wait of waits.slice(4, 11)) expect(wait).toBe(4_950);
    expect(troubles).toEqual(Array(12).fill("receive"));
  });

  it("are forgotten after a good one: the next failure is a first again", async () => {
    const { host, run, answers, polls } = await world();
    host.random = () => 0.99;
    answers.push(throttled(), throttled(), throttled(), [], throttled());
    void run();
    await host.pass(30_000);
    const waits = polls.map(({ atMs }, at) => atMs - (polls[at - 1]?.atMs ?? atMs));
    expect(waits.slice(4, 6)).toEqual([0, 396]);
  });

  it("are spread by chance, so that loops that failed together do not ask again together", async () => {
    const { host, run, answers, polls } = await world();
    host.random = () => 0.25;
    answers.push(throttled());
    void run();
    await host.pass(500);
    expect((polls[1]?.atMs ?? 0) - (polls[0]?.atMs ?? 0)).toBe(100);
  });
});

describe("[S4.1] one message of ten that hangs", () => {
  it("holds up no other: the loop keeps polling for as many as it has capacity for", async () => {
    const { host, run, answers, polls, end, work, troubles } = await world();
    answers.push(ten);
    void run();
    await host.pass(0);
    await end(...ten.slice(1).map(({ messageId }) => messageId));
    expect(polls).toHaveLength(1);
    await host.pass(1_000);
    expect(polls).toHaveLength(2);
    expect(polls[1]).toMatchObject({ maxMessages: 9 });
    answers.push(messagesOf("a", "b"));
    await host.pass(20_000);
    expect([...work.keys()]).toContain("b");
    await end("a", "b");
    await host.pass(278_999);
    expect(troubles).toEqual([]);
    await host.pass(1);
    expect(troubles).toEqual(["process"]);
    await host.pass(20_000);
    expect(polls.at(-1)).toMatchObject({ maxMessages: 10 });
  });

  it("and so does each that hangs, until all capacity is taken; then there is a safe point every 20 s", async () => {
    const { host, run, safePoints, answers, polls, end } = await world();
    answers.push(ten.slice(0, 6), messagesOf("6", "7", "8", "9"));
    const ended = run();
    await host.pass(1_000);
    expect(polls.map(({ maxMessages }) => maxMessages)).toEqual([10, 4]);
    await host.pass(100_000);
    expect(polls).toHaveLength(2);
    for (const [at, ms] of safePoints.entries()) {
      expect(ms - (safePoints[at - 1] ?? ms)).toBeLessThanOrEqual(20_000);
    }
    await end("3");
    expect(polls[2]).toMatchObject({ maxMessages: 1 });
    await host.pass(900_000);
    await ended;
  });
});

describe("the end of a hop", () => {
  it("comes so early that messages can end as they usually do, and they are waited for", async () => {
    const { host, run, budget, removed, polls } = await world({ windowMs: 120_000, workMs: 9_000, isEndless: true });
    const ended = run();
    await host.pass(120_000 - RESERVE_MS);
    const counts = await outcomeOf(ended);
    expect(counts).toMatchObject({ failed: 0, processed: polls.length });
    expect(removed).toHaveLength(polls.length);
    expect(polls.length).toBeGreaterThan(50);
    expect(budget.usableMs).toBe(0);
  });

  it("is not put off by a message that hangs: it gets the time that messages usually need", async () => {
    const { host, run, answers, work, hop, troubles } = await world({ windowMs: 60_000 });
    answers.push(messagesOf("hangs", "quick"));
    const ended = run();
    await host.pass(500);
    work.get("quick")?.end();
    await host.pass(50_000);
    expect(await outcomeOf(ended)).toMatchObject({ processed: 1 });
    expect(hop.signal.aborted).toBe(false);
    expect(troubles).toEqual([]);
  });

  it("asks what is left to end, so that it comes back", async () => {
    const { host, run, loop, answers, work } = await world({ windowMs: 60_000 });
    answers.push(messagesOf("hangs", "quick"));
    const ended = run();
    await host.pass(500);
    work.get("quick")?.end();
    await host.pass(50_000);
    await ended;
    const closed = loop.return(NOTHING);
    await host.pass(0);
    expect(work.get("hangs")?.signal.aborted).toBe(true);
    work.get("hangs")?.fail(work.get("hangs")?.signal.reason);
    await closed;
  });
});

describe("a queue that does not exist", () => {
  it("ends its loop, with the messages it has completed, and it is said", async () => {
    const { host, run, answers, missing, troubles, end, polls } = await world();
    answers.push(messagesOf("m"), new QueueMissingError("q", undefined));
    const ended = run();
    await host.pass(1_000);
    expect(polls).toHaveLength(2);
    let isOver = false;
    void ended.then(() => {
      isOver = true;
    });
    await host.pass(100_000);
    expect(isOver).toBe(false);
    await end("m");
    expect(await ended).toEqual({ polls: 2, processed: 1, failed: 0, troubles: 1 });
    expect([missing, troubles, polls.length]).toEqual([["QUEUE_MISSING"], ["receive"], 2]);
  });
});

describe("[S4.3] [S4.5] a loop whose token is lost", () => {
  it("ends without waiting for its poll", async () => {
    const { host, loop, lost, polls } = await world();
    let ended: unknown;
    void loop.next().then((step) => {
      ended = step;
    });
    await host.pass(10_000);
    lost.abort();
    await host.pass(0);
    expect(ended).toMatchObject({ done: true, value: { polls: 1, troubles: 0 } });
    await host.pass(60_000);
    expect(polls).toHaveLength(1);
  });

  it("ends only when its messages are completed", async () => {
    const { host, run, answers, end, lost, removed } = await world();
    answers.push(messagesOf("m", "n"));
    let isOver = false;
    const ended = run().then((answer) => {
      isOver = true;
      return answer;
    });
    await host.pass(10_000);
    lost.abort();
    await host.pass(50_000);
    expect(isOver).toBe(false);
    await end("m", "n");
    expect(await ended).toMatchObject({ processed: 2 });
    expect(removed).toEqual(["m", "n"]);
  });

  it("tells no processor to stop because of that, only because the hop's time is over", async () => {
    const { host, run, answers, end, work, lost, hop } = await world();
    answers.push(messagesOf("m"));
    const ended = run();
    await host.pass(10_000);
    lost.abort();
    await host.pass(5_000);
    expect(work.get("m")?.signal.aborted).toBe(false);
    hop.abort();
    expect(work.get("m")?.signal.aborted).toBe(true);
    await end("m");
    await ended;
  });

  it("drops no messages that come at that moment", async () => {
    const { host, run, answers, end, lost } = await world();
    const arrived = Promise.withResolvers<readonly QueueMessage[]>();
    answers.push(arrived.promise);
    const ended = run();
    await host.pass(10_000);
    lost.abort();
    arrived.resolve(messagesOf("m"));
    await host.pass(0);
    await end("m");
    expect(await ended).toMatchObject({ processed: 1 });
  });
});

describe("[S4.3] while no heartbeat succeeds", () => {
  it("no poll lasts beyond the moment at which another loop may begin", async () => {
    const { host, lease, run, answers, polls } = await world();
    const untilMs = host.now() + 60_000;
    Object.defineProperty(lease, "safeMs", { get: () => untilMs - host.now() });
    const first = Promise.withResolvers<readonly QueueMessage[]>();
    answers.push(first.promise);
    void run();
    await host.pass(7_000);
    first.resolve([]);
    await host.pass(52_900);
    expect(polls.length).toBeGreaterThan(3);
    for (const { atMs, waitSeconds } of polls) expect(atMs + waitSeconds * 1_000).toBeLessThanOrEqual(untilMs);
  });

  it("for so long that another loop may begin: takes no message, and keeps those it has", async () => {
    const { host, lease, loop, answers, polls, removed, end } = await world();
    answers.push(messagesOf("m"));
    const first = loop.next();
    await host.pass(1_000);
    await first;
    Object.defineProperty(lease, "safeMs", { get: () => 0 });
    for (let step = 0; step < 5; step++) {
      const next = loop.next();
      await host.pass(0);
      await next;
    }
    expect(polls).toHaveLength(1);
    await end("m");
    await loop.return(NOTHING);
    expect(removed).toEqual(["m"]);
  });
});
