import { describe, expect, it } from "vitest";
import { MessageError } from "./message-error.ts";
import { newsIn } from "./message-news.ts";

const record = (key: unknown) => ({ eventName: "ObjectCreated:Put", s3: { bucket: { name: "b" }, object: { key } } });
const test = { Event: "s3:TestEvent", Bucket: "b" };

describe("a message is files, tests, and what is odd beside them", () => {
  it.each<[string, unknown, object]>([
    ["a file", { Records: [record("a")] }, { files: [{ bucket: "b", key: "a" }], odd: [], tests: [] }],
    ["a test", test, { files: [], odd: [], tests: ["b"] }],
    [
      "a test through SNS",
      { Type: "Notification", Message: JSON.stringify(test) },
      { files: [], odd: [], tests: ["b"] },
    ],
    [
      "files, of which one has no key, and something else",
      { Records: [record("a"), record(7), null, record("b")] },
      {
        files: [{ key: "a" }, { key: "b" }],
        odd: [{ code: "MESSAGE_NO_KEY" }, { code: "MESSAGE_UNKNOWN" }],
        tests: [],
      },
    ],
  ])("%s", (_, content, news) => {
    expect(newsIn(JSON.stringify(content))).toMatchObject(news);
  });

  it.each([
    ["MESSAGE_NOT_JSON", "hello, queue"],
    ["MESSAGE_UNKNOWN", "[1]"],
    ["MESSAGE_NO_UPLOAD", JSON.stringify({ "detail-type": "Object Deleted", detail: {} })],
    ["MESSAGE_NO_BUCKET", JSON.stringify({ Records: [{ s3: { object: { key: "k" } } }] })],
    ["MESSAGE_NO_KEY", JSON.stringify({ Records: [record("")] })],
    ["MESSAGE_BAD_KEY", JSON.stringify({ Records: [record("100%")] })],
  ])("%s", (code, body) => {
    const { files, odd } = newsIn(body);
    expect(files).toEqual([]);
    expect(odd).toEqual([expect.any(MessageError)]);
    expect(odd[0]).toMatchObject({ code, fault: code });
  });
});
