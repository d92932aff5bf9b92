import type { S3Client } from "@aws-sdk/client-s3";
import { ConfigError, type InvocationContext, memoryRunStore, recursive } from "@longhaul/core";
import type { HandOffMessage } from "@longhaul/core/parts";
import { describe, expect, it } from "vitest";
import { FaultyS3 } from "../../test/faulty-s3.ts";
import { type TransformObjectOptions, transformObject } from "./transform-object.ts";

const context: InvocationContext = {
  awsRequestId: "r-1",
  invokedFunctionArn: "arn:aws:lambda:eu-central-1:000000000000:function:f",
  functionVersion: "1",
  memoryLimitInMB: 128,
  getRemainingTimeInMillis: () => 60_000,
};

function handlerOf(options: Partial<TransformObjectOptions> = {}) {
  const s3 = new FaultyS3();
  const sent: HandOffMessage[] = [];
  const handler = recursive({
    ...transformObject({
      transform: (record) => record,
      outputBucket: "b",
      client: s3.connect().client as S3Client,
      driver: { name: "test", maxBytes: 1e6, send: async (message) => void sent.push(message) },
      ...options,
    }),
    store: memoryRunStore(),
  });
  return { s3, sent, call: (event: object) => handler(event, context) };
}

const textOf = (s3: FaultyS3, key: string) => Buffer.from(s3.objects.get(key)?.bytes ?? "").toString();

describe("recursive() of transformObject()", () => {
  it("makes the result of an object, line by line", async () => {
    const { s3, call } = handlerOf({ transform: (record) => ({ was: record }) });
    s3.put("in/a.ndjson", Buffer.from("1\n2\n"));
    expect(await call({ bucket: "b", key: "in/a.ndjson" })).toMatchObject({
      status: "done",
      result: { records: 2, written: 2, rejected: 0, result: { bucket: "b", key: "out/a.ndjson.ndjson" } },
    });
    expect(textOf(s3, "out/a.ndjson.ndjson")).toBe('{"was":1}\n{"was":2}\n');
  });

  it("begins at the record that a bare position counts", async () => {
    const { s3, call } = handlerOf();
    s3.put("in/a.ndjson", Buffer.from("1\n2\n"));
    await call({ bucket: "b", key: "in/a.ndjson", position: 1 });
    expect(textOf(s3, "out/a.ndjson.ndjson")).toBe("2\n");
  });

  it("sends an event of several objects on, one by one, the position with the first", async () => {
    const { sent, call } = handlerOf();
    const Records = ["a", "b"].map((key) => ({ s3: { bucket: { name: "b" }, object: { key } } }));
    expect(await call({ Records, position: 7 })).toMatchObject({
      status: "done",
      result: { status: "split", runs: 2 },
    });
    expect(sent.map(({ event }) => event)).toEqual([{ Records: [Records[0]], position: 7 }, { Records: [Records[1]] }]);
  });

  it("does nothing for a test of S3's", async () => {
    const outcome = await handlerOf().call({ Event: "s3:TestEvent", Bucket: "b" });
    expect(outcome).toMatchObject({ status: "done", result: { status: "test" } });
  });

  it.each([[{ Records: [] }], [{ Records: [{ messageId: "m", eventSource: "aws:sqs", body: "{}" }] }], [{ note: 1 }]])(
    "refuses an event that names no object: %j",
    async (event) => {
      expect(await handlerOf().call(event)).toMatchObject({ status: "failed", reason: { code: "EVENT" } });
    },
  );
});

describe("an option that cannot be used is refused, by name and with what to do", () => {
  it.each([
    [
      { batchSize: 0 },
      "The option batchSize of transformObject() must be a whole number above 0, not 0. Correct it, or leave it out for 500.",
    ],
    [{ outputBucket: "" }, "The option outputBucket of transformObject() must be the name of the bucket for results"],
    [{ batchsize: 5 }, 'transformObject() has no option "batchsize".'],
    [{ transform: undefined }, "transformObject() needs the function transform."],
  ])("%j", (options, message) => {
    const make = () => handlerOf(options as Partial<TransformObjectOptions>);
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(message);
  });
});
