import { describe, expect, it } from "vitest";
import { notificationMessage } from "./event-message.ts";

const EVENT = {
  bucketName: "in",
  key: "a@b",
  size: 9,
  etag: "e",
  sequencer: "01",
  atMs: 0,
  region: "us-east-1",
  accountId: "000000000000",
  requestId: "r",
  accessKeyId: "AKIA",
  sourceIp: "127.0.0.1",
};
const objectOf = (name: string): unknown =>
  JSON.parse(notificationMessage({ ...EVENT, name }, "id")).Records[0].s3.object;

describe("the object of an event", () => {
  it("has its size and its place in the order of events", () => {
    expect(objectOf("ObjectCreated:Put")).toEqual({ key: "a%40b", size: 9, eTag: "e", sequencer: "01" });
  });

  // LocalStack's recordings of AWS, test_s3_notifications_sqs.py::test_object_tagging_put_event and _delete_event.
  it.each(["ObjectTagging:Put", "ObjectTagging:Delete"])("has neither for %s", (name) => {
    expect(objectOf(name)).toEqual({ key: "a%40b", eTag: "e" });
  });
});
