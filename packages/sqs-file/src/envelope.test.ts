import { describe, expect, it } from "vitest";
import { parseEnvelope } from "./envelope.ts";

const record = (key: unknown, more: object = {}) => ({
  eventName: "ObjectCreated:Put",
  s3: { bucket: { name: "b" }, object: { key } },
  ...more,
});
const filesOf = (content: unknown) => parseEnvelope(JSON.stringify(content));

describe("[S3.1] keys", () => {
  it.each([
    ["a+b+c.ndjson", "a b c.ndjson"],
    ["1%2B1=2", "1+1=2"],
    ["%C3%BC/%F0%9F%9A%80", "ü/🚀"],
    ["100%25", "100%"],
    ["a%252Fb", "a%2Fb"],
  ])("%s in a notification is %s in S3", (encoded, key) => {
    expect(filesOf({ Records: [record(encoded)] })).toEqual({ kind: "files", files: [{ bucket: "b", key }] });
  });

  it("and an upload of some who imitate S3 is one too", () => {
    const imitated = record("k", { eventName: "s3:ObjectCreated:CompleteMultipartUpload" });
    expect(filesOf({ Records: [imitated] })).toEqual({ kind: "files", files: [{ bucket: "b", key: "k" }] });
  });

  it("stand alone where version, sequencer and ETag say nothing, or are no text", () => {
    for (const nothing of ["", null, 7, "\uD800"]) {
      const object = { key: "k", versionId: nothing, sequencer: nothing, eTag: nothing };
      const content = { Records: [{ s3: { bucket: { name: "b" }, object } }] };
      expect(filesOf(content), JSON.stringify(nothing)).toEqual({ kind: "files", files: [{ bucket: "b", key: "k" }] });
    }
  });

  it.each([
    "../../etc/passwd",
    "a/../b",
    "/",
    "line\nend\r\t",
    "nul\u0000",
    "__proto__",
    "constructor",
    "k".repeat(1_024),
  ])("%j is a key like any other", (key) => {
    expect(filesOf({ Records: [record(encodeURIComponent(key))] })).toEqual({
      kind: "files",
      files: [{ bucket: "b", key }],
    });
  });

  it("are as they are in EventBridge's event", () => {
    const detail = { bucket: { name: "b" }, object: { key: "a+b%20c" } };
    expect(filesOf({ "detail-type": "Object Created", detail })).toEqual({
      kind: "files",
      files: [{ bucket: "b", key: "a+b%20c" }],
    });
  });
});

describe("s3:TestEvent, sent when notifications are set up, is no upload", () => {
  const testEvent = { Service: "Amazon S3", Event: "s3:TestEvent", Bucket: "b", RequestId: "r" };
  it.each([
    ["straight", testEvent],
    ["through SNS", { Type: "Notification", Message: JSON.stringify(testEvent) }],
  ])("%s", (_, content) => {
    expect(filesOf(content)).toEqual({ kind: "test", bucket: "b" });
  });
});

describe("a message that names no file is refused for good, and says why", () => {
  it.each<[code: string, why: string, body: string]>([
    ["MESSAGE_NOT_JSON", "it is not JSON", "hello, queue"],
    ["MESSAGE_NOT_JSON", "it is empty", ""],
    ["MESSAGE_NOT_JSON", "what SNS wrapped is not JSON", JSON.stringify({ Type: "Notification", Message: "hello" })],
    ["MESSAGE_UNKNOWN", "it is no object", "[1]"],
    ["MESSAGE_UNKNOWN", "it has nothing to do with S3", JSON.stringify({ order: 7 })],
    ["MESSAGE_UNKNOWN", "its Records are empty", JSON.stringify({ Records: [] })],
    ["MESSAGE_UNKNOWN", "a record is not of S3", JSON.stringify({ Records: [{ dynamodb: {} }] })],
    [
      "MESSAGE_NO_UPLOAD",
      "it tells of a deletion",
      JSON.stringify({ Records: [record("k", { eventName: "ObjectRemoved:Delete" })] }),
    ],
    [
      "MESSAGE_NO_UPLOAD",
      "EventBridge tells of a deletion",
      JSON.stringify({ "detail-type": "Object Deleted", detail: {} }),
    ],
    ["MESSAGE_NO_BUCKET", "no bucket", JSON.stringify({ Records: [{ s3: { object: { key: "k" } } }] })],
    ["MESSAGE_NO_KEY", "no key", JSON.stringify({ Records: [record(undefined)] })],
    ["MESSAGE_NO_KEY", "an empty key", JSON.stringify({ Records: [record("")] })],
    ["MESSAGE_BAD_KEY", "the key is not URL-encoded", JSON.stringify({ Records: [record("100%")] })],
    ["MESSAGE_BAD_KEY", "the key is too long for S3", JSON.stringify({ Records: [record("k".repeat(1025))] })],
    [
      "MESSAGE_NO_BUCKET",
      "an empty bucket",
      JSON.stringify({ detail: { bucket: { name: "" }, object: { key: "k" } } }),
    ],
    ["MESSAGE_BAD_KEY", "the key has half of a surrogate pair", JSON.stringify({ Records: [record("a\uD800")] })],
    [
      "MESSAGE_BAD_KEY",
      "EventBridge's key has one",
      JSON.stringify({ detail: { bucket: { name: "b" }, object: { key: "\uDC00" } } }),
    ],
    [
      "MESSAGE_UNKNOWN",
      "it has a Message, but is not of SNS",
      JSON.stringify({ Message: JSON.stringify({ Records: [record("k")] }) }),
    ],
    ["MESSAGE_UNKNOWN", "SNS asks to confirm", JSON.stringify({ Type: "SubscriptionConfirmation", Message: "{}" })],
    ["MESSAGE_UNKNOWN", "it is nested deeply", `${"[".repeat(100_000)}${"]".repeat(100_000)}`],
    ["MESSAGE_NO_KEY", "one of several records is broken", JSON.stringify({ Records: [record("k"), record(7)] })],
  ])("%s: %s", (code, _, body) => {
    expect(() => parseEnvelope(body)).toThrow(expect.objectContaining({ code, name: "EnvelopeError" }));
  });

  it.each([
    ["what is no JSON", `{${"x".repeat(100_000)}`],
    ["another event", JSON.stringify({ Records: [record("k", { eventName: "x".repeat(100_000) })] })],
    ["a bad key", JSON.stringify({ Records: [record(`${"x".repeat(100_000)}%`)] })],
    ["other fields", JSON.stringify({ ["x".repeat(100_000)]: 1 })],
  ])("with no more of %s than a reason should hold", (_, body) => {
    expect(() => parseEnvelope(body)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^.{20,400}$/) }),
    );
  });
});
