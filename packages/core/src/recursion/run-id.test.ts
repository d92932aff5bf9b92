import { describe, expect, it } from "vitest";
import { runIdOf } from "./run-id.ts";

const s3 = (object: object) => ({ Records: [{ eventSource: "aws:s3", s3: { bucket: { name: "in" }, object } }] });

describe("a run's id is the identity of its cause, so that a redelivered cause finds its run", () => {
  it.each([
    ["an S3 notification of a version", s3({ key: "a+b.csv", versionId: "v1", sequencer: "005" }), "s3:in/a+b.csv@v1"],
    ["an S3 notification", s3({ key: "a%20b.csv", sequencer: "005" }), "s3:in/a%20b.csv@005"],
    ["an SQS message", { Records: [{ messageId: "m-1", body: "{}" }] }, "sqs:m-1"],
    ["an EventBridge event", { id: "e-1", detail: { bucket: {} } }, "event:e-1"],
    ["an event of one's own", { bucket: "in", key: "a.csv" }, "request:r-1"],
    ["something with an id that is no event", { id: "e-1" }, "request:r-1"],
    ["several records", { Records: [{ messageId: "m-1" }, { messageId: "m-2" }] }, "request:r-1"],
    ["records that are none", { Records: [null] }, "request:r-1"],
    ["records of another kind", { Records: "many" }, "request:r-1"],
  ])("%s", (_, event, id) => {
    expect(runIdOf(event, "r-1")).toBe(id);
  });

  it("where the request says nothing of the cause, by what does", () => {
    expect(runIdOf({ bucket: "in" }, "r-1", "sqs:m-1")).toBe("sqs:m-1");
    expect(runIdOf(s3({ key: "a", sequencer: "005" }), "r-1", "sqs:m-1")).toBe("s3:in/a@005");
  });
});

describe("an id fits a record's key and an envelope", () => {
  const long = (key: string) => runIdOf(s3({ key: encodeURIComponent(key), sequencer: "005" }), "r-1");

  it("though a key of 1,024 bytes is three times as long in a notification", () => {
    const id = long("🚀".repeat(256));
    expect(Buffer.byteLength(id)).toBeLessThan(1_024);
    expect(id).toMatch(/^s3:in\/%F0%9F%9A%80/);
  });

  it("and two long keys that begin alike have two ids", () => {
    expect(long(`${"🚀".repeat(255)}abcd`)).not.toBe(long(`${"🚀".repeat(255)}abce`));
    expect(long(`${"🚀".repeat(255)}abcd`)).toBe(long(`${"🚀".repeat(255)}abcd`));
  });

  it("in bytes, not in characters", () => {
    const id = runIdOf({ id: "🚀".repeat(400), detail: {} }, "r-1");
    expect(Buffer.byteLength(id)).toBeLessThan(1_024);
    expect(id.isWellFormed()).toBe(true);
  });
});
