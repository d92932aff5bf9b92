import { describe, expect, it } from "vitest";
import { invocation, manualHost } from "../../test/manual-host.ts";
import { defaultRunId, runIdOf } from "./run-id.ts";

const s3 = (object: object) => ({ Records: [{ eventSource: "aws:s3", s3: { bucket: { name: "in" }, object } }] });
const sns = (message: unknown) => ({
  Records: [{ Sns: { MessageId: "n-1", Message: typeof message === "string" ? message : JSON.stringify(message) } }],
});

describe("a run's id is the identity of its cause, so that a redelivered cause finds its run", () => {
  it.each([
    ["an S3 notification of a version", s3({ key: "a+b.csv", versionId: "v1", sequencer: "005" }), "s3:in/a+b.csv@v1"],
    ["an S3 notification", s3({ key: "a%20b.csv", sequencer: "005" }), "s3:in/a%20b.csv@005"],
    ["one of a suspended bucket", s3({ key: "a", versionId: "null", sequencer: "005" }), "s3:in/a@005"],
    ["one with an empty version", s3({ key: "a", versionId: "", sequencer: "005" }), "s3:in/a@005"],
    ["one that tells uploads from none", s3({ key: "a", versionId: "null", sequencer: "" }), "request:r-1"],
    ["an SQS message", { Records: [{ messageId: "m-1", body: "{}" }] }, "sqs:m-1"],
    ["an EventBridge event", { id: "e-1", detail: { bucket: {} } }, "event:e-1"],
    ["an S3 notification that SNS passed on", sns(s3({ key: "a", sequencer: "005" })), "s3:in/a@005"],
    ["several that it passed on at once", sns({ Records: [{}, {}] }), "sns:n-1"],
    ["a message of SNS", sns("no JSON"), "sns:n-1"],
    ["one that has no id", { Records: [{ Sns: {} }] }, "request:r-1"],
    ["one that is none", { Records: [{ Sns: null }] }, "request:r-1"],
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

describe("a run that is given no id is named for its function and its cause", () => {
  const event = s3({ key: "a.csv", sequencer: "005" });
  const id = (arn: string, scope?: string, tenantId?: string) =>
    defaultRunId(event, invocation(manualHost(), 1, { invokedFunctionArn: arn, tenantId }), scope);
  const arn = "arn:aws:lambda:eu-central-1:000000000000:function:thumbs";

  it("so that two functions can share a table, and one notification", () => {
    expect(id(arn)).toBe("thumbs/s3:in/a.csv@005");
    expect(id(arn.replace("thumbs", "index"))).toBe("index/s3:in/a.csv@005");
  });

  it("whatever its version or alias, so that it survives deployments", () => {
    expect(id(`${arn}:live`)).toBe(id(arn));
    expect(id(`${arn}:7`)).toBe(id(arn));
  });

  it("by the scope given, which survives a new name", () => {
    expect(id(arn.replace("thumbs", "thumbnails"), "thumbs")).toBe(id(arn));
  });

  it("by the cause that a client names beside the event, and not by the request, which is another at each try", () => {
    const byClient = (custom: unknown) =>
      defaultRunId({}, { awsRequestId: "r-1", invokedFunctionArn: arn, clientContext: { Custom: custom } });
    expect(byClient({ longhaulCause: "execution:import-7" })).toBe("thumbs/execution:import-7");
    for (const none of [undefined, null, "text", {}, { longhaulCause: 7 }, { longhaulCause: "" }]) {
      expect(byClient(none)).toBe("thumbs/request:r-1");
    }
    expect(defaultRunId({}, { awsRequestId: "r-1", invokedFunctionArn: arn, clientContext: null })).toBe(
      "thumbs/request:r-1",
    );
  });

  it("apart for each tenant", () => {
    expect(id(arn, undefined, "blue")).toBe("thumbs/blue/s3:in/a.csv@005");
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

  it("with the function's name", () => {
    const event = s3({ key: encodeURIComponent("🚀".repeat(256)), sequencer: "005" });
    expect(Buffer.byteLength(defaultRunId(event, invocation(manualHost(), 1)))).toBeLessThanOrEqual(1_024);
  });

  it("in bytes, not in characters", () => {
    const id = runIdOf({ id: "🚀".repeat(400), detail: {} }, "r-1");
    expect(Buffer.byteLength(id)).toBeLessThan(1_024);
    expect(id.isWellFormed()).toBe(true);
  });
});
