import { EventError } from "@longhaul/core";
import { describe, expect, it } from "vitest";
import { sourceOf, uriOf } from "./source.ts";

const notification = (key: string) => ({ Records: [{ s3: { bucket: { name: "b" }, object: { key } } }] });

describe("an event names an object", () => {
  it.each<[string, object, string]>([
    ["a direct call, its key as it is", { bucket: "b", key: "a+b%20c" }, "a+b%20c"],
    ["an S3 notification, its key URL-decoded", notification("in/a+b%2Bc%F0%9F%9A%80.json"), "in/a b+c🚀.json"],
    [
      "an S3 notification that SNS wrapped",
      { Records: [{ EventSource: "aws:sns", Sns: { Message: JSON.stringify(notification("in/a+b")) } }] },
      "in/a b",
    ],
    ["EventBridge, its key as it is", { detail: { bucket: { name: "b" }, object: { key: "a+b%20c" } } }, "a+b%20c"],
  ])("%s", (_form, event, key) => {
    const before = structuredClone(event);
    expect(sourceOf(event)).toEqual({ bucket: "b", key });
    expect(event).toEqual(before);
  });

  it.each<[string, object, string]>([
    ["nothing", {}, "no news of an upload"],
    ["a bucket without a key", { bucket: "b" }, "names no key"],
    ["a key without a bucket", { key: "k" }, "names no bucket"],
    ["a key that is no text", { bucket: "b", key: 7 }, "names no key"],
    ["two records", { Records: [{}, {}] }, "names 2 objects; a run takes one"],
    ["a deletion", { Records: [{ eventName: "ObjectRemoved:Delete", s3: {} }] }, "not an upload"],
    ["a test", { Event: "s3:TestEvent" }, "a test of S3's"],
    ["a message of a queue", { Records: [{ eventSource: "aws:sqs", body: "{}" }] }, "use queuedRuns"],
    ["an SNS record", { Records: [{ Sns: {} }] }, "no S3 notification"],
    ["a record without a key", { Records: [{ s3: { bucket: { name: "b" } } }] }, "names no key"],
    ["a key that is not URL-encoded", notification("%zz"), 'the key "%zz" is not URL-encoded'],
    ["a key longer than keys get", { bucket: "b", key: "é".repeat(513) }, "key of 1026 bytes"],
  ])("or is refused: %s", (_form, event, message) => {
    expect(() => sourceOf(event)).toThrow(EventError);
    expect(() => sourceOf(event)).toThrow(message);
  });
});

it("an object's name in messages is one line, whatever its key", () => {
  expect(uriOf({ bucket: "b", key: 'a\n"b"' })).toBe('s3://b/a\\n\\"b\\"');
});
