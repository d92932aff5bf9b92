import type { RunPhase, RunRecord } from "@longhaul/core";
import { describe, expect, it } from "vitest";
import { type QueueMessage, runOf } from "./file-run.ts";
import { type DeathReason, receiveMessages } from "./receive-messages.ts";

const body = (...keys: readonly string[]) =>
  JSON.stringify({ Records: keys.map((key) => ({ s3: { bucket: { name: "b" }, object: { key, sequencer: "1" } } })) });
const message = (messageId: string, text: string, looks = 1): QueueMessage => ({
  messageId,
  receiptHandle: `receipt of ${messageId}`,
  body: text,
  attributes: { ApproximateReceiveCount: String(looks) },
});

/** A reception that knows the phases of the runs of these keys. */
function receptionOf(phases: Readonly<Record<string, RunPhase>>, isSendBroken = false) {
  const byRun = new Map(
    Object.entries(phases).map(([key, phase]) => [runOf({ bucket: "b", key, sequencer: "1" }, ""), phase]),
  );
  const begun: unknown[] = [];
  const hidden: [id: string, seconds: number][] = [];
  const buried: [id: string, reason: DeathReason][] = [];
  const log: unknown[] = [];
  const receive = (...messages: readonly QueueMessage[]) =>
    receiveMessages(
      {
        store: {
          get: async (run) => {
            const phase = byRun.get(run);
            return phase && ({ run, phase, reason: { code: "C", message: "why" } } as RunRecord);
          },
        },
        driver: {
          send: async ({ event }) => {
            if (isSendBroken) throw new Error("throttled");
            begun.push(event);
          },
        },
        queue: {
          hide: async ({ messageId }, seconds) => void hidden.push([messageId, seconds]),
          bury: async ({ messageId }, reason) => void buried.push([messageId, reason]),
        },
        firstLookSeconds: 30,
        maxLooks: 30,
        log: (line) => log.push(line),
      },
      messages,
      "arn",
    ).then(({ batchItemFailures }) => batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  return { receive, begun, hidden, buried, log };
}

describe("a message stays in the queue until its runs are over", () => {
  it("begins a run with the message as it came, and position 0", async () => {
    const { receive, begun, hidden } = receptionOf({});
    const one = message("m1", body("k"));
    expect(await receive(one)).toEqual(["m1"]);
    expect(begun).toEqual([{ Records: [one], position: 0 }]);
    expect(hidden).toEqual([["m1", 30]]);
  });

  it("begins a run for each file, and one for a file that is named twice", async () => {
    const { receive, begun } = receptionOf({});
    expect(await receive(message("m1", body("a", "b+c", "a")))).toEqual(["m1"]);
    expect(begun).toHaveLength(2);
  });

  it("waits while a run goes on, without beginning it again, and is hidden longer each time", async () => {
    const { receive, begun, hidden } = receptionOf({ k: "handed-off" });
    expect(await receive(message("m1", body("k"), 3))).toEqual(["m1"]);
    expect(begun).toEqual([]);
    expect(hidden).toEqual([["m1", 120]]);
  });

  it("is deleted when all are done, and not before", async () => {
    const { receive } = receptionOf({ a: "done", b: "done", c: "running" });
    expect(await receive(message("m1", body("a", "b")), message("m2", body("a", "c")))).toEqual(["m2"]);
  });

  it("stays if the run cannot be begun, and fails none of the other messages", async () => {
    const { receive, hidden } = receptionOf({ a: "done" }, true);
    expect(await receive(message("m1", body("a")), message("m2", body("k")))).toEqual(["m2"]);
    expect(hidden).toEqual([]);
  });
});

describe("a message that can do no more is in the DLQ, with the reason", () => {
  it("when a run failed, once the others are over", async () => {
    const { receive, buried } = receptionOf({ a: "failed", b: "done", c: "running" });
    expect(await receive(message("m1", body("a", "b")), message("m2", body("a", "c")))).toEqual(["m2"]);
    expect(buried).toEqual([["m1", { code: "C", message: expect.stringContaining("failed: why") }]]);
  });

  it("when it names no file", async () => {
    const { receive, buried } = receptionOf({});
    expect(await receive(message("m1", "hello"))).toEqual([]);
    expect(buried).toEqual([["m1", { code: "MESSAGE_NOT_JSON", message: expect.stringContaining("hello") }]]);
  });

  it("when its run goes on for too long, before SQS drops it for its age", async () => {
    const { receive, buried } = receptionOf({ k: "paused" });
    expect(await receive(message("m1", body("k"), 30))).toEqual([]);
    expect(buried).toEqual([["m1", { code: "RUN_TOO_LONG", message: expect.stringContaining("s3:b/k@1") }]]);
  });
});

it("s3:TestEvent is ignored with a line in the log", async () => {
  const { receive, log, buried } = receptionOf({});
  expect(await receive(message("m1", JSON.stringify({ Event: "s3:TestEvent", Bucket: "b" })))).toEqual([]);
  expect(log).toEqual([expect.objectContaining({ message: "s3:TestEvent ignored", bucket: "b" })]);
  expect(buried).toEqual([]);
});
