import { describe, expect, it } from "vitest";
import { type UploadNews, uploadNewsOf } from "./upload-news.ts";

const record = (key: unknown, more: object = {}) => ({
  eventName: "ObjectCreated:Put",
  s3: { bucket: { name: "b" }, object: { key } },
  ...more,
});
const withObject = (object: object) => ({ s3: { bucket: { name: "b" }, object: { key: "k", ...object } } });
const bySns = (content: unknown): object => ({
  Type: "Notification",
  MessageId: "m",
  Message: JSON.stringify(content),
});

/** Of an event as it is, and as text, in which it is told of the same. */
function newsOf(content: unknown): readonly UploadNews[] {
  const news = uploadNewsOf(content);
  expect(uploadNewsOf(JSON.stringify(content))).toEqual(news);
  return news;
}
const upload = (object: object) => [{ kind: "upload", object: { bucket: "b", ...object } }];

describe("[S3.1] keys", () => {
  it.each([
    ["a+b+c.ndjson", "a b c.ndjson"],
    ["1%2B1=2", "1+1=2"],
    ["%C3%BC/%F0%9F%9A%80", "ü/🚀"],
    ["100%25", "100%"],
    ["a%252Fb", "a%2Fb"],
  ])("%s in a notification is %s in S3", (encoded, key) => {
    expect(newsOf({ Records: [record(encoded)] })).toEqual(upload({ key }));
  });

  it("and an upload of some who imitate S3 is one too", () => {
    const imitated = record("k", { eventName: "s3:ObjectCreated:CompleteMultipartUpload" });
    expect(newsOf({ Records: [imitated] })).toEqual(upload({ key: "k" }));
  });

  it("stand alone where version, sequencer and ETag say nothing, or are no text", () => {
    for (const nothing of ["", null, 7, "\uD800"]) {
      const object = { key: "k", versionId: nothing, sequencer: nothing, eTag: nothing };
      const content = { Records: [{ s3: { bucket: { name: "b" }, object } }] };
      expect(newsOf(content), JSON.stringify(nothing)).toEqual(upload({ key: "k" }));
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
    expect(newsOf({ Records: [record(encodeURIComponent(key))] })).toEqual(upload({ key }));
  });

  it("are as they are in EventBridge's event", () => {
    const detail = { bucket: { name: "b" }, object: { key: "a+b%20c" } };
    expect(newsOf({ "detail-type": "Object Created", detail })).toEqual(upload({ key: "a+b%20c" }));
  });
});

describe("s3:TestEvent, sent when notifications are set up, is no upload", () => {
  const testEvent = { Service: "Amazon S3", Event: "s3:TestEvent", Bucket: "b", RequestId: "r" };
  it.each([
    ["straight", testEvent],
    ["through SNS", { Type: "Notification", Message: JSON.stringify(testEvent) }],
  ])("%s", (_, content) => {
    expect(newsOf(content)).toEqual([{ kind: "test", bucket: "b" }]);
  });
});

describe("what names no object is odd, and says why", () => {
  it.each<[fault: string, why: string, event: unknown]>([
    ["not-json", "a text that is not JSON", "hello, queue"],
    ["not-json", "an empty text", ""],
    ["not-json", "what SNS wrapped is not JSON", { Type: "Notification", Message: "hello" }],
    ["unknown", "no object", [1]],
    ["unknown", "null", null],
    ["unknown", "nothing", undefined],
    ["unknown", "a text within the text", JSON.stringify("text")],
    ["unknown", "nothing to do with S3", { order: 7 }],
    ["unknown", "empty Records", { Records: [] }],
    ["unknown", "a record that is none of S3", { Records: [{ dynamodb: {} }] }],
    ["unknown", "a record that is null", { Records: [null] }],
    ["no-upload", "a deletion", { Records: [record("k", { eventName: "ObjectRemoved:Delete" })] }],
    ["no-upload", "a deletion, by EventBridge", { "detail-type": "Object Deleted", detail: {} }],
    ["no-upload", "another event of EventBridge", { "detail-type": "CloudWatch Alarm State Change", detail: {} }],
    ["no-bucket", "no bucket", { Records: [{ s3: { object: { key: "k" } } }] }],
    ["no-bucket", "an empty bucket", { detail: { bucket: { name: "" }, object: { key: "k" } } }],
    ["no-key", "no key", { Records: [record(undefined)] }],
    ["no-key", "an empty key", { Records: [record("")] }],
    ["bad-key", "a key that is not URL-encoded", { Records: [record("100%")] }],
    ["bad-key", "a key too long for S3", { Records: [record("k".repeat(1025))] }],
    ["bad-key", "a key with half of a surrogate pair", { Records: [record("a\uD800")] }],
    ["bad-key", "one in EventBridge's event", { detail: { bucket: { name: "b" }, object: { key: "\uDC00" } } }],
    ["unknown", "a Message that is not of SNS", { Message: JSON.stringify({ Records: [record("k")] }) }],
    ["unknown", "SNS asks to confirm", { Type: "SubscriptionConfirmation", Message: "{}" }],
    ["unknown", "deeply nested", `${"[".repeat(100_000)}${"]".repeat(100_000)}`],
    [
      "unknown",
      "wrapped too often",
      [1, 2, 3, 4, 5].reduce((content: object) => bySns(content), { Records: [record("k")] }),
    ],
  ])("%s: %s", (fault, _, event) => {
    expect(uploadNewsOf(event)).toEqual([{ kind: "odd", fault, message: expect.stringMatching(/^.{20,400}$/) }]);
  });

  it.each([
    ["what is no JSON", `{${"x".repeat(100_000)}`],
    ["another event", { Records: [record("k", { eventName: "x".repeat(100_000) })] }],
    ["a bad key", { Records: [record(`${"x".repeat(100_000)}%`)] }],
    ["other fields", { ["x".repeat(100_000)]: 1 }],
  ])("with no more of %s than a message should hold", (_, event) => {
    expect(uploadNewsOf(event)).toEqual([expect.objectContaining({ message: expect.stringMatching(/^.{20,400}$/) })]);
  });
});

describe("[B12] what is odd keeps nothing from the uploads beside it", () => {
  const odd: readonly unknown[] = [
    null,
    7,
    {},
    { dynamodb: {} },
    record("100%"),
    record("k", { eventName: "ObjectRemoved:Delete" }),
    { s3: null },
    { s3: { bucket: null, object: null } },
    { Sns: { Message: "oops" } },
    { Sns: { Message: JSON.stringify({ Event: "s3:TestEvent", Bucket: "b" }) } },
  ];

  it.each(odd.map((each) => [JSON.stringify(each), each]))("%s", (_, each) => {
    const notification = { Records: [record("first"), each, record("last")] };
    for (const event of [notification, bySns(notification)]) {
      const news = newsOf(event);
      expect(news.map(({ kind }) => kind)).toEqual(["upload", expect.stringMatching(/^(odd|test)$/), "upload"]);
      expect(news.flatMap((one) => (one.kind === "upload" ? [one.object.key] : []))).toEqual(["first", "last"]);
    }
  });

  it("also of several messages that SNS passes to a function", () => {
    const Records = [
      { EventSource: "aws:sns", Sns: { Message: JSON.stringify({ Records: [record("a"), null] }) } },
      {
        EventSource: "aws:sns",
        Sns: {
          Message: JSON.stringify({
            "detail-type": "Object Created",
            detail: { bucket: { name: "b" }, object: { key: "b+c" } },
          }),
        },
      },
    ];
    expect(newsOf({ Records })).toMatchObject([...upload({ key: "a" }), { kind: "odd" }, ...upload({ key: "b+c" })]);
  });
});

describe("[B10] identity is the same, however it is written", () => {
  it("an ETag with quotes and without", () => {
    for (const eTag of ['"0123"', "0123"])
      expect(newsOf({ Records: [withObject({ eTag })] })).toEqual(upload({ key: "k", etag: "0123" }));
  });

  it('the version "null" tells no upload from another', () => {
    const object = { versionId: "null", sequencer: "0A" };
    expect(newsOf({ Records: [withObject(object)] })).toEqual(upload({ key: "k", sequencer: "0A" }));
    const detail = { bucket: { name: "b" }, object: { key: "k", "version-id": "null", sequencer: "0A" } };
    expect(newsOf({ detail })).toEqual(upload({ key: "k", sequencer: "0A" }));
  });
});
