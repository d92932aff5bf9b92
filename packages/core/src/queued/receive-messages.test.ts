import { describe, expect, it } from "vitest";
import type { InvocationContext } from "../options.ts";
import type { HandOffMessage } from "../recursion/driver.ts";
import type { Outcome } from "../recursion/outcome.ts";
import type { RunPhase } from "../state/run-status.ts";
import type { RunRecord } from "../state/run-store.ts";
import type { DeadLetterReason } from "./inbox.ts";
import { receiveMessages } from "./receive-messages.ts";
import { hopIn, type QueueMessage, runOf, type UploadEvent, uploadOfRun } from "./upload-run.ts";

const body = (...keys: readonly string[]) =>
  JSON.stringify({ Records: keys.map((key) => ({ s3: { bucket: { name: "b" }, object: { key, sequencer: "1" } } })) });
const NOW_MS = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;
const message = (messageId: string, text: string, looks = 1, ageMs = 0): QueueMessage => ({
  messageId,
  receiptHandle: `receipt ${looks} of ${messageId}`,
  body: text,
  attributes: { ApproximateReceiveCount: String(looks), SentTimestamp: String(NOW_MS - ageMs) },
});
const idOf = (key: string) => runOf({ bucket: "b", key, sequencer: "1" }, "");
const context = { invokedFunctionArn: "arn" } as InvocationContext;

/** The end of a run that is worked on here, or the phase of its record. */
type Fate = "continued" | "loaded" | "rejected" | "stops" | "throws" | RunPhase;

/** A inbox for which the files of these keys fare so; of any other the run has not begun. */
function inboxOf(
  fates: Readonly<Record<string, Fate>>,
  { capacity = 10, isSendBroken = false, isDeadLetterBroken = false, isHideBroken = false } = {},
) {
  const byRun = new Map(Object.entries(fates).map(([key, fate]) => [idOf(key), fate]));
  const worked: string[] = [];
  const sent: HandOffMessage[] = [];
  const hidden: [id: string, seconds: number][] = [];
  const deadLetters: [id: string, reason: DeadLetterReason][] = [];
  const log: unknown[] = [];
  const work = async (event: UploadEvent): Promise<Outcome<unknown>> => {
    const { run } = uploadOfRun(event);
    const fate = byRun.get(run) ?? "continued";
    worked.push(run);
    if (fate === "throws") throw new TypeError("oh no");
    const base = { run, hop: 0, message: "" };
    if (fate === "continued") return { ...base, status: "continued" };
    if (fate === "loaded") return { ...base, status: "done", result: { status: "loaded", records: 1, skipped: 0 } };
    if (fate === "rejected")
      return { ...base, status: "done", result: { status: "rejected", code: "INVALID_RECORD", message: "7" } };
    if (fate === "stops") return { ...base, status: "stopped", reason: { code: "MAX_COST", message: "" } };
    const refusal = fate === "running" ? "lease-live" : fate === "handed-off" ? "older" : "over";
    return { ...base, status: "duplicate", refusal };
  };
  const receive = async (...messages: readonly QueueMessage[]) => {
    const { batchItemFailures } = await receiveMessages(
      {
        store: {
          async get(run) {
            const phase = byRun.get(run);
            return phase && ({ run, phase, reason: { code: "C", message: "why" } } as RunRecord);
          },
        },
        work,
        driver: {
          async send(handOff) {
            if (isSendBroken) throw new Error("throttled");
            sent.push(handOff);
          },
        },
        queue: {
          async hide({ messageId }, seconds) {
            hidden.push([messageId, seconds]);
            if (isHideBroken) throw new Error("not in flight");
          },
          async deadLetter({ messageId }, reason) {
            if (isDeadLetterBroken) throw new Error("no DLQ");
            deadLetters.push([messageId, reason]);
          },
        },
        firstLookSeconds: 30,
        lastLookSeconds: 39_600,
        maxLooks: 30,
        now: () => NOW_MS,
        uploadsPerInvocation: capacity,
        log: (line) => log.push(line),
      },
      messages,
      context,
    );
    return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  };
  return { receive, worked, sent, hidden, deadLetters, log };
}

describe("news of an upload stays in the queue until the runs of its files are over", () => {
  it("a file of one hop is loaded here, and its message is deleted", async () => {
    const { receive, worked, hidden } = inboxOf({ k: "loaded" });
    expect(await receive(message("m1", body("k")))).toEqual([]);
    expect(worked).toEqual([idOf("k")]);
    expect(hidden).toEqual([]);
  });

  it("a run that goes on will bring the message back itself, so that it is hidden for as long as can be", async () => {
    const { receive, hidden } = inboxOf({ k: "continued" });
    expect(await receive(message("m1", body("k")))).toEqual(["m1"]);
    expect(hidden).toEqual([["m1", 39_600]]);
  });

  it.each<[why: string, fates: Record<string, Fate>, keys: string[], looks: number, seconds: number]>([
    ["somebody else has the run", { k: "running" }, ["k"], 1, 30],
    ["it has been received before, so that the run knows another receipt", { k: "continued" }, ["k"], 3, 120],
    [
      "there are several runs, and the first to end will bring it back",
      { a: "continued", b: "continued" },
      ["a", "b"],
      1,
      30,
    ],
    ["the run is further on", { k: "handed-off" }, ["k"], 2, 60],
  ])("it is hidden for a while, longer each time, if %s", async (_, fates, keys, looks, seconds) => {
    const { receive, hidden } = inboxOf(fates);
    expect(await receive(message("m1", body(...keys), looks))).toEqual(["m1"]);
    expect(hidden).toEqual([["m1", seconds]]);
  });

  it("a run for each file, and one for a file that is named twice", async () => {
    const { receive, worked } = inboxOf({});
    expect(await receive(message("m1", body("a", "b+c", "a")))).toEqual(["m1"]);
    expect(worked).toEqual([idOf("a"), idOf("b c")]);
  });

  it("files for which there is no capacity here are begun elsewhere, with the message as it came, and position 0", async () => {
    const { receive, worked, sent } = inboxOf({}, { capacity: 1 });
    const two = message("m2", body("l"));
    expect(await receive(message("m1", body("k")), two)).toEqual(["m1", "m2"]);
    expect(worked).toEqual([idOf("k")]);
    const event = { Records: [two], position: 0 };
    expect(sent).toEqual([{ run: idOf("l"), hop: 0, event, payload: JSON.stringify(event), target: "arn" }]);
    expect(hopIn(sent[0]?.payload ?? "")).toEqual(event);
  });

  it("it stays as well if it cannot be hidden: it was received anew, or comes back when the queue's own time is over", async () => {
    const { receive } = inboxOf({ k: "running" }, { isHideBroken: true });
    expect(await receive(message("m1", body("k")))).toEqual(["m1"]);
  });

  it("it is deleted when all are done, and not before", async () => {
    const { receive } = inboxOf({ a: "done", b: "loaded", c: "running" });
    expect(await receive(message("m1", body("a", "b")), message("m2", body("a", "c")))).toEqual(["m2"]);
  });

  describe("[B12] what is odd in it keeps nothing from its files", () => {
    const [record] = JSON.parse(body("k")).Records as [object];
    const odd = [null, { dynamodb: {} }, { eventName: "ObjectRemoved:Delete", s3: {} }];
    const mixed = JSON.stringify({ Records: [odd[0], record, ...odd.slice(1)] });

    it("they are begun, each with a message that names it alone", async () => {
      const { receive, worked, sent } = inboxOf({}, { capacity: 0 });
      expect(await receive(message("m1", mixed))).toEqual(["m1"]);
      expect(worked).toEqual([]);
      expect(uploadOfRun(sent[0]?.event as unknown as UploadEvent)).toMatchObject({
        run: idOf("k"),
        file: { key: "k" },
      });
    });

    it("and it is in the DLQ, with all that was odd, once they are over and not before", async () => {
      const first = inboxOf({ k: "running" });
      expect(await first.receive(message("m1", mixed))).toEqual(["m1"]);
      expect(first.deadLetters).toEqual([]);
      const { receive, deadLetters } = inboxOf({ k: "done" });
      expect(await receive(message("m1", mixed, 2))).toEqual([]);
      const text =
        "Records[0] is no S3 notification: it has no s3. | Records[2] is no S3 notification: it has no s3. | ";
      const last = 'Records[3] tells of "ObjectRemoved:Delete", not an upload.';
      expect(deadLetters).toEqual([["m1", { code: "MESSAGE_UNKNOWN", message: text + last }]]);
    });

    it("a test of S3's beside them is logged, and is no reason for the DLQ", async () => {
      const test = { Sns: { Message: JSON.stringify({ Event: "s3:TestEvent", Bucket: "b" }) } };
      const { receive, deadLetters, log } = inboxOf({ k: "done" });
      expect(await receive(message("m1", JSON.stringify({ Records: [test, record] })))).toEqual([]);
      expect(deadLetters).toEqual([]);
      expect(log).toContainEqual(expect.objectContaining({ message: "s3:TestEvent ignored", bucket: "b" }));
    });
  });

  it("it stays if a run cannot be begun, and fails none of the other messages", async () => {
    const { receive, hidden } = inboxOf({ a: "done", x: "throws" }, { capacity: 2, isSendBroken: true });
    const messages = [message("m1", body("a")), message("m2", body("x")), message("m3", body("k"), 2)];
    expect(await receive(...messages)).toEqual(["m2", "m3"]);
    expect(hidden).toEqual(
      expect.arrayContaining([
        ["m2", 30],
        ["m3", 60],
      ]),
    );
  });

  it("if one of its files fails, it is answered only when the others have come to rest", async () => {
    const { receive, worked } = inboxOf({ x: "throws", b: "continued" });
    expect(await receive(message("m1", body("x", "b")))).toEqual(["m1"]);
    expect(worked).toEqual([idOf("x"), idOf("b")]);
  });
});

describe("a hop that comes through the queue", () => {
  const hop = (key: string) =>
    JSON.stringify({ Records: [message("news", body(key))], position: { read: {} }, longhaul: { v: 1 } });

  it("is over when the run goes on in the next", async () => {
    const { receive, worked, hidden } = inboxOf({ k: "continued" });
    expect(await receive(message("m1", hop("k")))).toEqual([]);
    expect(worked).toEqual([idOf("k")]);
    expect(hidden).toEqual([]);
  });

  it("brings the news back at once when the run is over", async () => {
    const { receive, hidden } = inboxOf({ k: "loaded" });
    expect(await receive(message("m1", hop("k")))).toEqual([]);
    expect(hidden).toEqual([["news", 0]]);
  });

  it.each(["loaded", "stops"] as const)("brings it back, and is over, even if it cannot: %s", async (fate) => {
    const { receive, hidden } = inboxOf({ k: fate }, { isHideBroken: true });
    expect(await receive(message("m1", hop("k")))).toEqual([]);
    expect(hidden).toEqual([["news", 0]]);
  });

  it("stays while another invocation has the run: should that one die, this is the retry", async () => {
    const { receive, hidden } = inboxOf({ k: "running" });
    expect(await receive(message("m1", hop("k"), 2))).toEqual(["m1"]);
    expect(hidden).toEqual([["m1", 60]]);
  });

  it("is over if the run is further on", async () => {
    const { receive, hidden } = inboxOf({ k: "handed-off" });
    expect(await receive(message("m1", hop("k")))).toEqual([]);
    expect(hidden).toEqual([]);
  });

  it("brings the news back, too, if the run is over already: who ended it may have died before it could", async () => {
    const { receive, hidden } = inboxOf({ k: "done" });
    expect(await receive(message("m1", hop("k")))).toEqual([]);
    expect(hidden).toEqual([["news", 0]]);
  });

  it("comes again if it fails", async () => {
    const { receive, hidden } = inboxOf({ k: "throws" });
    expect(await receive(message("m1", hop("k")))).toEqual(["m1"]);
    expect(hidden).toEqual([["m1", 30]]);
  });
});

describe("a message that can do no more is in the DLQ, with the reason", () => {
  it("when a run failed, once the others are over", async () => {
    const { receive, deadLetters } = inboxOf({ a: "failed", b: "done", c: "running" });
    expect(await receive(message("m1", body("a", "b")), message("m2", body("a", "c")))).toEqual(["m2"]);
    expect(deadLetters).toEqual([["m1", { code: "C", message: expect.stringContaining("failed: why") }]]);
  });

  it("for the reasons of all its files that failed", async () => {
    const { receive, deadLetters } = inboxOf({ a: "rejected", b: "failed" });
    expect(await receive(message("m1", body("a", "b")))).toEqual([]);
    expect(deadLetters).toEqual([
      ["m1", { code: "INVALID_RECORD", message: expect.stringMatching(/^7 \| .*failed: why$/) }],
    ]);
  });

  it("when its file was rejected", async () => {
    const { receive, deadLetters } = inboxOf({ a: "rejected" });
    expect(await receive(message("m1", body("a")))).toEqual([]);
    expect(deadLetters).toEqual([["m1", { code: "INVALID_RECORD", message: "7" }]]);
  });

  it("when it names no file", async () => {
    const { receive, deadLetters } = inboxOf({});
    expect(await receive(message("m1", "hello"))).toEqual([]);
    expect(deadLetters).toEqual([["m1", { code: "MESSAGE_NOT_JSON", message: expect.stringContaining("hello") }]]);
  });

  it("when its run goes on for too long, before SQS drops it for its age", async () => {
    const { receive, deadLetters } = inboxOf({ k: "handed-off" });
    expect(await receive(message("m1", body("k"), 30))).toEqual([]);
    expect(deadLetters).toEqual([["m1", { code: "RUN_TOO_LONG", message: expect.stringContaining("s3:b/k@1") }]]);
  });

  it.each<[fate: Fate, code: string]>([
    ["running", "RUN_TOO_LONG"],
    ["throws", "TypeError"],
  ])("when it has waited for so long that SQS would drop it before the next look: %s", async (fate, code) => {
    const { receive, deadLetters } = inboxOf({ k: fate });
    expect(await receive(message("m1", body("k"), 3, 11.9 * DAY_MS))).toEqual(["m1"]);
    expect(await receive(message("m2", body("k"), 3, 12.1 * DAY_MS))).toEqual([]);
    expect(deadLetters).toEqual([["m2", expect.objectContaining({ code })]]);
  });

  it("when it has failed too often, before SQS puts it there without a reason", async () => {
    const { receive, deadLetters } = inboxOf({ k: "throws" });
    expect(await receive(message("m1", body("k"), 30))).toEqual([]);
    expect(deadLetters).toEqual([["m1", { code: "TypeError", message: expect.stringContaining("oh no") }]]);
  });

  it("and stays in the queue if it cannot be put there", async () => {
    const { receive, hidden } = inboxOf({ k: "done" }, { isDeadLetterBroken: true });
    expect(await receive(message("m1", "hello"), message("m2", body("k")))).toEqual(["m1"]);
    expect(hidden).toEqual([["m1", 30]]);
  });

  it("from where SQS takes it to the DLQ after 40 receipts, long before the 14 days are over", async () => {
    const { receive, hidden } = inboxOf({}, { isDeadLetterBroken: true });
    for (let looks = 1; looks <= 40; looks++) await receive(message("m1", "hello", looks));
    expect(hidden).toHaveLength(40);
    expect(hidden.reduce((sum, [, seconds]) => sum + seconds, 0)).toBeLessThan(2 * 86_400);
  });
});

it("s3:TestEvent is ignored with a line in the log", async () => {
  const { receive, log, deadLetters } = inboxOf({});
  expect(await receive(message("m1", JSON.stringify({ Event: "s3:TestEvent", Bucket: "b" })))).toEqual([]);
  expect(log).toEqual([expect.objectContaining({ message: "s3:TestEvent ignored", bucket: "b" })]);
  expect(deadLetters).toEqual([]);
});
