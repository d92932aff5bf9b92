import { describe, expect, it } from "vitest";
import { EventError } from "../errors.ts";
import { MessageError } from "./message-error.ts";
import { beginningEvent, hopIn, isMessages, messagesOf, runOf, type UploadEvent, uploadOfRun } from "./upload-run.ts";

const upload = { bucket: "b", key: "in/a b+c ü", sequencer: "0A" };
const notified = (sequencer: string, ...keys: readonly string[]) =>
  JSON.stringify({ Records: keys.map((key) => ({ s3: { bucket: { name: "b" }, object: { key, sequencer } } })) });
const message = (body: string) => ({
  messageId: "m1",
  receiptHandle: "r1",
  body,
  attributes: { ApproximateReceiveCount: "1" },
});

describe("the id of a file's run", () => {
  it("is made from bucket, key and sequencer, whatever message tells of it", () => {
    expect(runOf(upload, "m1")).toBe("s3:b/in/a+b%2Bc+%C3%BC@0A");
    expect(runOf(upload, "m2")).toBe(runOf(upload, "m1"));
  });

  it("from the version, in a bucket that has versions", () => {
    expect(runOf({ ...upload, versionId: "v7" }, "m1")).toMatch(/@v7$/);
  });

  it("and not from the version of a bucket whose versioning is suspended, which all uploads have", () => {
    const fileIn = (sequencer: string) => {
      const object = { key: "k", versionId: "null", sequencer, eTag: '"e"' };
      const body = JSON.stringify({ Records: [{ s3: { bucket: { name: "b" }, object } }] });
      return uploadOfRun({ Records: [message(body)] });
    };
    expect(fileIn("0A").file).toEqual({ bucket: "b", key: "k", sequencer: "0A", etag: "e" });
    expect(fileIn("0A").run).not.toBe(fileIn("0B").run);
  });

  it("from the message, if nothing tells uploads apart", () => {
    expect(runOf({ bucket: "b", key: "k" }, "m1")).not.toBe(runOf({ bucket: "b", key: "k" }, "m2"));
  });

  it.each(["\uD800", "x".repeat(1024), "🚀".repeat(256)])("is a text that DynamoDB takes, for any key", (key) => {
    const run = runOf({ ...upload, key }, "m1");
    expect(Buffer.byteLength(run)).toBeLessThanOrEqual(1024);
    expect(run.isWellFormed()).toBe(true);
  });
});

describe("the event that begins a run", () => {
  it("is the SQS event as it came, and position 0", () => {
    const one = message(notified("0A", "in/k"));
    expect(beginningEvent(one, upload, true)).toEqual({ Records: [one], position: 0 });
  });

  it("is narrowed to one file, if its message tells of several, and names the same run", () => {
    const event = beginningEvent(message(notified("0A", "x", "y")), upload, false);
    expect(uploadOfRun(event)).toEqual({ run: runOf(upload, "m1"), file: upload });
    expect(event.Records[0]).toMatchObject({ messageId: "m1", receiptHandle: "r1" });
  });

  it("loses nothing that is known of the upload when it is narrowed, nor its run", () => {
    const told = { ...upload, versionId: "v7", etag: "0123456789abcdef0123456789abcdef" };
    const event = beginningEvent(message(notified("0A", "x", "y")), told, false);
    expect(uploadOfRun(event)).toEqual({ run: runOf(told, "m1"), file: told });
  });

  it("is narrowed, too, if its message is larger than what a run's record can hold", () => {
    const padded = { ...message(notified("0A", "in/a+b%2Bc+%C3%BC")), messageAttributes: { x: "x".repeat(100_000) } };
    const event = beginningEvent(padded, upload, true);
    expect(JSON.stringify(event).length).toBeLessThan(1_000);
    expect(uploadOfRun(event)).toEqual({ run: runOf(upload, "m1"), file: upload });
  });
});

describe("events are told apart", () => {
  it("messages from the queue have no position", () => {
    expect(isMessages({ Records: [] })).toBe(true);
    expect(isMessages({ Records: [], position: 0 })).toBe(false);
    expect(isMessages({ Records: 7 })).toBe(false);
    expect(isMessages({})).toBe(false);
  });

  it("but what is no message of SQS among them is refused by name", () => {
    const good = message("{}");
    expect(messagesOf([good, good])).toEqual([good, good]);
    for (const odd of [null, 7, {}, { s3: {} }, { ...good, body: undefined }, { ...good, attributes: null }]) {
      expect(() => messagesOf([good, odd])).toThrow("Records[1] is no message of SQS");
    }
  });

  it("a hop in a message has run metadata", () => {
    const hop = { Records: [message("{}")], position: 0, longhaul: { v: 1 } };
    expect(hopIn(JSON.stringify(hop))).toEqual(hop);
    const bare = { Records: [message("{}")], longhaul: { v: 1 } };
    expect(hopIn(JSON.stringify(bare))).toEqual(bare);
    for (const body of ["", "null", '"longhaul"', '{"key":"longhaul"}', '{"longhaul"', notified("0A", "longhaul")]) {
      expect(hopIn(body), body).toBeUndefined();
    }
  });

  it("and so is the first hop of a run that is to begin there, which has a position alone", () => {
    const event = beginningEvent(message(notified("0A", "x")), upload, true);
    expect(hopIn(JSON.stringify(event))).toEqual(event);
  });

  it.each<[what: string, event: unknown]>([
    ["no message", { longhaul: { v: 1 } }],
    ["no list of them", { Records: 7, position: 0 }],
    ["two", { Records: [message("{}"), message("{}")], position: 0 }],
    ["one without a body", { Records: [{ receiptHandle: "r1" }], position: 0 }],
    ["one without a receipt", { Records: [{ body: "{}" }], longhaul: { v: 1 } }],
    ["null", { Records: [null], longhaul: { v: 1 } }],
  ])("a message that looks like a hop of a run, but holds %s, is none", (_, event) => {
    expect(hopIn(JSON.stringify(event))).toBeUndefined();
  });

  it.each<[what: string, event: unknown, error: typeof EventError | typeof MessageError]>([
    ["no message", { Records: [], position: 0 }, EventError],
    ["no Records", { position: 0 }, EventError],
    ["two messages", { Records: [message("{}"), message("{}")] }, EventError],
    ["a message of two files", { Records: [message(notified("0A", "x", "y"))] }, EventError],
    ["s3:TestEvent", { Records: [message('{"Event":"s3:TestEvent"}')] }, EventError],
    ["a message that is not JSON", { Records: [message("hello")] }, MessageError],
  ])("a run's event of %s is refused", (_, event, error) => {
    expect(() => uploadOfRun(event as UploadEvent)).toThrow(error);
  });
});
